import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  type ConfigSurroundings,
  configFolder,
  createKey,
  defaultKeyFile,
  keyFolder,
  keysIn,
  loadSigner,
} from '../runner/trace/keys.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'name',
    placeholder: 'NAME',
    help: 'What "new" calls the key, such as soc.example/ana. Default: a random name.',
  },
  {
    name: 'out',
    placeholder: 'FILE',
    help: 'Where "new" writes it; a new file. Default: default.key in your folder of keys.',
  },
];

export const KEYS_HELP = `countersign keys new|show|list [FILE] [--name NAME] [--out FILE]

Keys that sign checkpoints of traces. "new" makes one: the private key goes to a file that only you can read, the public key is
printed. "show" prints the public key of a file, by default of yours. "list" lists those in your folder of keys. A run signs with
default.key when there is one; see countersign run --key.

${describeOptions(OPTIONS)}

Exit: 0 done, 2 not understood or cannot be written, 3 no such key.
`;

/** What this process' user has, for `configFolder`. */
export function surroundings(): ConfigSurroundings {
  return { platform: process.platform, env: process.env, home: homedir() };
}

export function keys(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${KEYS_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(KEYS_HELP);
    return EXIT.ok;
  }
  const [what, file, ...more] = read.paths;
  const config = configFolder(surroundings());
  const { name, out } = read.options;
  if (more.length > 0) return usage('One key at a time.');
  if (what !== 'new' && (name !== undefined || out !== undefined)) return usage('Only "new" takes --name and --out.');
  switch (what) {
    case 'new':
      if (file !== undefined) return usage('Where the key goes is said with --out.');
      return newKey(
        path.resolve(out ?? defaultKeyFile(config)),
        name ?? `countersign-${randomBytes(4).toString('hex')}`,
        terminal,
      );
    case 'show':
      return showKey(path.resolve(file ?? defaultKeyFile(config)), terminal);
    case 'list':
      if (file !== undefined) return usage('"list" takes no file.');
      return listKeys(keyFolder(config), terminal);
    default:
      return usage(
        what === undefined ? 'What? Say new, show or list.' : `There is no "${plain(what)}": say new, show or list.`,
      );
  }
}

function newKey(file: string, name: string, terminal: Terminal): ExitCode {
  const made = createKey(file, name, randomBytes(32));
  if (!made.ok) {
    terminal.err(`${plain(made.message)}\n`);
    return EXIT.usage;
  }
  terminal.err(`The private key is in ${plain(file)}. Keep it to yourself; give others this public key:\n`);
  terminal.out(`${made.key.vkey}\n`);
  return EXIT.ok;
}

function showKey(file: string, terminal: Terminal): ExitCode {
  const loaded = loadSigner(file);
  if (!loaded.ok) {
    terminal.err(`${plain(loaded.message)}${loaded.missing ? ' Make one with "countersign keys new".' : ''}\n`);
    return EXIT.noInput;
  }
  terminal.out(`${loaded.signer.public.vkey}\n`);
  return EXIT.ok;
}

function listKeys(folder: string, terminal: Terminal): ExitCode {
  const found = keysIn(folder);
  if (found.length === 0)
    terminal.err(`There are no keys in ${plain(folder)}. Make one with "countersign keys new".\n`);
  for (const { file, loaded } of found) {
    terminal.out(`${plain(path.basename(file))}  ${plain(loaded.ok ? loaded.signer.public.vkey : loaded.message)}\n`);
  }
  return EXIT.ok;
}
