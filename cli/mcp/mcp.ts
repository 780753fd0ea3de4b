import { Console } from 'node:console';
import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { randomIds, systemClock, systemRandom } from '../../runner/index.js';
import { chosenSigner, configFolder } from '../../runner/trace/keys.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { statOf } from '../files.js';
import { surroundings } from '../keys.js';
import { INTERRUPTS } from '../run.js';
import { plain, type Terminal } from '../terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'personal',
    values: ['keep', 'commit'],
    help: 'Whether traces of dry runs name the alert’s people by tokens. Default: keep.',
  },
];

export const MCP_HELP = `countersign mcp FOLDER… [--personal keep|commit]

Offers a language model four tools over the Model Context Protocol, on standard input and output: check a file, explain a rule
or an act, show what a playbook may do, dry-run a playbook offline. It reads files of the folders alone, and writes nothing
but traces of dry runs, in traces/ of the folder. Nothing it offers approves anything, and it reaches no model and no server.

${describeOptions(OPTIONS)}

Exit: 0 when the client is gone, 2 not understood, 3 no such folder, 5 the client sent what cannot be read.
`;

/** Answers a client of the Model Context Protocol until it goes. */
export async function mcp(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${MCP_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(MCP_HELP);
    return EXIT.ok;
  }
  if (read.paths.length === 0) return usage('Which folder may it read? Give its path.');
  for (const folder of read.paths) {
    if (statOf(folder)?.isDirectory()) continue;
    terminal.err(`There is no folder "${plain(folder)}".\n`);
    return EXIT.noInput;
  }
  // Named as they really are, so that paths a client takes from its own surroundings fit.
  const folders = [...new Set(read.paths.map((folder) => realpathSync(path.resolve(folder))))];
  // Standard output belongs to the protocol; what a dependency prints goes where people read it.
  globalThis.console = new Console(process.stderr);
  const stop = new AbortController();
  const interrupt = (signal: string): void => stop.abort(`The server was told to end (${signal})`);
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  const config = configFolder(surroundings());
  try {
    // The protocol's library is loaded for this command alone: others do not pay for it.
    const { serveMcp } = await import('./serve.js');
    const fault = await serveMcp({
      input: process.stdin,
      output: process.stdout,
      parts: {
        clock: systemClock,
        ids: randomIds,
        random: systemRandom,
        signing: () => chosenSigner(undefined, config),
      },
      surroundings: {
        folders,
        traces: folders.map((folder) => path.join(folder, 'traces')),
        // Whoever starts it for a folder says so by that.
        trusted: true,
        user: userInfo().username,
        personal: read.options.personal === 'commit' ? 'commit' : 'keep',
        unsaved: [],
      },
      signal: stop.signal,
    });
    if (fault === undefined) return EXIT.ok;
    terminal.err(`${plain(fault)}\n`);
    return EXIT.failed;
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
    // What it still writes nobody reads.
    process.stdin.destroy();
  }
}
