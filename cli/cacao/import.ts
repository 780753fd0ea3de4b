import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { otherThanMeant, readExport } from '../../language/foreign/cacao/read-export.js';
import { MAX_LENGTH } from '../../language/index.js';
import { readText } from '../../runner/node-files.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { idOfName } from './ids.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'to', placeholder: 'DIR', help: 'The folder it goes to. A file that is there is never replaced.' },
];

export const IMPORT_HELP = `countersign import FILE --to DIR

Writes a playbook of another product as one of ours, with those it calls from the same folder, a catalog of its tools and a policy that
permits nothing. Every act keeps the level it has in fact. What runs without a person there is marked as decided by nobody, which is an
error until a person decides. Of a CACAO file that "countersign export --cacao" wrote, it writes the playbook itself, if the file
still says what that says.

${describeOptions(OPTIONS)}

Exit: 0 written, 1 the file has faults or is not as it was exported, 2 not understood, no playbook that is known, or a file is there
already, 3 no such file.
`;

export async function importPlaybook(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${IMPORT_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(IMPORT_HELP);
    return EXIT.ok;
  }
  const [file, ...more] = read.paths;
  const { to } = read.options;
  if (file === undefined || more.length > 0) return usage('Which playbook? Give the path of one file.');
  if (to === undefined) return usage('Where to? Say --to DIR.');
  if (!statOf(file)?.isFile()) {
    terminal.err(`There is no file "${plain(file)}".\n`);
    return EXIT.noInput;
  }
  const shown = plain(shownPath(file));
  const text = readText(file, MAX_LENGTH);
  if (!text.ok) {
    terminal.err(`${shown} cannot be read: ${text.reason}.\n`);
    return EXIT.noInput;
  }
  const found = readExport(text.text.replace(/^\uFEFF/, ''), idOfName);
  if (!found.ok && found.foreign) {
    const { importForeignFile } = await import('../foreign/import.js');
    const code = importForeignFile(file, to, terminal);
    if (code === undefined)
      terminal.err(
        `${shown} is not imported. It is no playbook of a product that is known: docs/foreign.md lists them.\n`,
      );
    return code ?? EXIT.usage;
  }
  if (!found.ok) {
    const next =
      'It was changed after it was exported, or another version exported it: ask whoever sent it for the playbook itself.';
    terminal.err(`${shown} is not imported. ${plain(found.why)} ${next}\n`);
    return EXIT.problems;
  }
  const textIn = (reference: string): string | undefined => {
    const there = readText(path.resolve(to, reference));
    return there.ok ? there.text : undefined;
  };
  const other = otherThanMeant(found.calls, textIn, idOfName);
  if (other !== undefined) {
    terminal.err(
      `${shown} is not imported. It calls "${plain(other)}", and there is another playbook of that name in "${plain(to)}" than the one it was exported with. Import it into another folder.\n`,
    );
    return EXIT.problems;
  }
  const target = path.join(to, found.file);
  try {
    mkdirSync(to, { recursive: true });
    writeFileSync(target, found.source, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'EEXIST' ? 'there is a file already' : code;
    terminal.err(`"${plain(shownPath(target))}" cannot be written: ${plain(why)}.\n`);
    return EXIT.usage;
  }
  terminal.err(
    `${plain(shownPath(target))} is written. Catalogs, policy, context and playbooks it refers to are not in a CACAO file: with yours beside it, "countersign check" says what it may do here.\n`,
  );
  return EXIT.ok;
}
