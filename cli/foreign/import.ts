import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { importAll } from '../../language/foreign/import/import-all.js';
import { FOREIGN_FORMATS } from '../../language/foreign/model.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { findForeign } from './found.js';

/** Imports the playbooks of another product in a file; `undefined` where it holds none. Nothing is written where one of its files is there already. */
export function importForeignFile(file: string, to: string, terminal: Terminal): ExitCode | undefined {
  const shown = plain(shownPath(file));
  const found = findForeign([file]);
  if (found.chosen.length === 0) return undefined;
  for (const complaint of found.complaints) terminal.err(`${plain(complaint)}\n`);
  const { find } = found.folder;
  const placeOf = (uri: string, offset: number): string =>
    `${path.basename(found.nameOf(uri))}:${found.linesOf(uri).positionAt(offset).line + 1}`;
  const made = importAll(found.chosen, { find, catalogs: found.catalogs, placeOf });
  if (!made.ok) {
    terminal.err(`${shown} is not imported. ${plain(made.why)}\n`);
    return EXIT.problems;
  }
  const { files, notes, undecided } = made;
  const there = files.filter(({ name }) => existsSync(path.join(to, name)));
  if (there.length > 0) {
    const names = there.map(({ name }) => `"${plain(shownPath(path.join(to, name)))}"`).join(', ');
    terminal.err(
      `${shown} is not imported: there is a file already at ${names}. Nothing is replaced; say another folder.\n`,
    );
    return EXIT.usage;
  }
  for (const { name, text } of files) {
    const target = path.join(to, name);
    try {
      mkdirSync(to, { recursive: true });
      writeFileSync(target, text, { flag: 'wx' });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      terminal.err(`"${plain(shownPath(target))}" cannot be written: ${plain(code)}.\n`);
      return EXIT.usage;
    }
    terminal.err(`${plain(shownPath(target))} is written.\n`);
  }
  for (const note of notes) terminal.err(`${plain(note)}\n`);
  const [first] = found.chosen;
  const product = first ? FOREIGN_FORMATS[first.format] : '';
  terminal.err(
    undecided === 0
      ? `Every act has the level it has in ${product}. "countersign check ${plain(to)}" says what is left to do.\n`
      : `${undecided === 1 ? '1 step is' : `${undecided} steps are`} as ${product} has ${undecided === 1 ? 'it' : 'them'}, and nobody here has decided so. Until somebody does, nothing of it runs: "countersign check ${plain(to)}" names each.\n`,
  );
  return EXIT.ok;
}
