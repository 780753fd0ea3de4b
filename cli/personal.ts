import { takeLock } from '../runner/trace/lock.js';
import { erasePersonal, type PersonalData, readPersonal } from '../runner/trace/personal-file.js';
import { sideFiles } from '../runner/trace/side-files.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { count, plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [{ name: 'all', flag: true, help: 'Erase every value.' }];

export const PERSONAL_HELP = `countersign personal list|erase TRACE [VALUE…] [--all]

What the tokens of a trace stand for that was written with --personal commit. "list" prints each token with its value. "erase"
forgets values for good: the trace stays as it is and valid, and nobody can tell any more what their tokens stood for.

${describeOptions(OPTIONS)}

Exit: 0 done, 2 not understood or not possible, 3 nothing there.
`;

export async function personal(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${PERSONAL_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(PERSONAL_HELP);
    return EXIT.ok;
  }
  const [what, trace, ...values] = read.paths;
  const all = read.flags.has('all');
  if (what !== 'list' && what !== 'erase') return usage('What? Say list or erase.');
  if (trace === undefined) return usage('Of which trace? Give its path.');
  if (what === 'list' && (all || values.length > 0)) return usage('"list" takes a trace and nothing more.');
  if (what === 'erase' && all === values.length > 0) return usage('Erase what? Give values, or --all.');
  const file = sideFiles(trace).personal;
  const found = readPersonal(file);
  if (!found.ok) {
    terminal.err(
      `${plain(found.message)}${found.missing ? ' The trace was not written with --personal commit, or all of it is gone.' : ''}\n`,
    );
    return EXIT.noInput;
  }
  return what === 'list' ? list(found.data, terminal) : erase(trace, found.data, values, all, terminal);
}

function list({ entries, digests, unfit }: PersonalData, terminal: Terminal): ExitCode {
  for (const { type, value, token } of entries) terminal.out(`${plain(type)}\t${plain(value)}\t${plain(token)}\n`);
  if (digests === null) terminal.err('Some values were erased.\n');
  if (unfit > 0) terminal.err(`${count(unfit, 'line')} of the file do not fit their token, and say nothing.\n`);
  return EXIT.ok;
}

async function erase(
  trace: string,
  data: PersonalData,
  values: readonly string[],
  all: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  // A run that is going on would write them again.
  const side = sideFiles(trace);
  const lock = takeLock(side.lock);
  if (!lock.ok) {
    terminal.err(`${plain(lock.message)}\n`);
    return EXIT.usage;
  }
  try {
    const erased = await erasePersonal(side.personal, data, { values, all });
    if (erased === 0 && !all) {
      terminal.err('None of these values has a token in this trace. "countersign personal list" tells which have.\n');
      return EXIT.noInput;
    }
    terminal.out(`${count(erased, 'value')} erased.\n`);
    return EXIT.ok;
  } finally {
    lock.release();
  }
}
