import { Console } from 'node:console';
import { homedir } from 'node:os';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { chosenSigner, configFolder } from '../trace/keys.js';
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

const config = configFolder({ platform: process.platform, env: process.env, home: homedir() });

serve({
  input: process.stdin,
  output: process.stdout,
  clock: systemClock,
  ids: randomIds,
  random: systemRandom,
  signing: () => chosenSigner(undefined, config),
  signal: told.signal,
}).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
