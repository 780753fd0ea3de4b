import { Console } from 'node:console';
import { randomIds, systemClock } from '../system.js';
import { serve } from './serve.js';

// Standard output belongs to the protocol; what a dependency prints goes where people read it.
globalThis.console = new Console(process.stderr);
// The editor may die while it is written to; the end of the input says so as well.
process.stdout.on('error', () => {});

// A process that is told to end closes the traces of its runs first.
const told = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => told.abort(`The runner process was told to end (${signal})`));
}

const { stdin: input, stdout: output } = process;
serve({ input, output, clock: systemClock, ids: randomIds, signal: told.signal }).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
