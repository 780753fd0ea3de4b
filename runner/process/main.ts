import { Console } from 'node:console';
import { homedir } from 'node:os';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { chosenSigner, configFolder } from '../trace/keys.js';
import { serve } from './serve.js';

// Standard output belongs to the protocol; what a dependency prints goes where people read it.
globalThis.console = new Console(process.stderr);
// The editor may die while it is written to; the end of the input says so as well.
process.stdout.on('error', () => {});

const config = configFolder({ platform: process.platform, env: process.env, home: homedir() });

serve({
  input: process.stdin,
  output: process.stdout,
  clock: systemClock,
  ids: randomIds,
  random: systemRandom,
  signing: () => chosenSigner(undefined, config),
}).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
