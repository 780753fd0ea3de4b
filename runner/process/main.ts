import { Console } from 'node:console';
import { randomIds, systemClock } from '../system.js';
import { serve } from './serve.js';

// Standard output belongs to the protocol; what a dependency prints goes where people read it.
globalThis.console = new Console(process.stderr);
// The editor may die while it is written to; the end of the input says so as well.
process.stdout.on('error', () => {});

serve({ input: process.stdin, output: process.stdout, clock: systemClock, ids: randomIds }).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
