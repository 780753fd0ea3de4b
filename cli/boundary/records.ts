import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RECORD } from '../../revisions/index.js';
import { readText } from '../../runner/node-files.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { below, shownPath, statOf } from '../files.js';
import { count, plain, type Terminal } from '../terminal.js';
import { replaceText } from '../write-file.js';
import type { FileBoundary } from './boundary.js';
import { isRecord, playbookOf, recordOf, recordText, sameRecord } from './record-text.js';

/** Writes the record of each playbook beside it. One that says what is so is left alone. @param given what was named */
export function writeRecords(results: readonly FileBoundary[], given: readonly string[], terminal: Terminal): ExitCode {
  let code: ExitCode = EXIT.ok;
  for (const result of results) {
    const said = writeRecord(result);
    if (said.ok) terminal.out(`${said.changed ? 'written ' : 'is right'}  ${shown(recordOf(result.file))}\n`);
    else {
      terminal.err(`${shown(recordOf(result.file))}: ${plain(said.reason)}.\n`);
      code = EXIT.problems;
    }
  }
  for (const record of leftOver(given)) {
    terminal.err(`${shown(record)} is of a playbook that is gone. Delete it.\n`);
    if (code === EXIT.ok) code = EXIT.stale;
  }
  return code;
}

type Written = { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly reason: string };

function writeRecord({ boundary, file }: FileBoundary): Written {
  const [record, text] = [recordOf(file), recordText(boundary, file)];
  const was = readText(record);
  if (was.ok) {
    if (sameRecord(was.text, text)) return { ok: true, changed: false };
    if (!isRecord(was.text))
      return { ok: false, reason: 'this is no boundary record, so it is left alone. Move it out of the way' };
    const fault = replaceText(record, was.text, text);
    return fault === undefined ? { ok: true, changed: true } : { ok: false, reason: fault };
  }
  if (was.fault !== 'missing') return { ok: false, reason: was.reason };
  try {
    writeFileSync(record, text, { flag: 'wx' });
    return { ok: true, changed: true };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { ok: false, reason: `it could not be written${why}` };
  }
}

/** Compares each record with what the playbook may do now. @param given what was named */
export function checkRecords(results: readonly FileBoundary[], given: readonly string[], terminal: Terminal): ExitCode {
  const wrong: string[] = [];
  for (const { boundary, file } of results) {
    const was = readText(recordOf(file));
    if (!was.ok && was.fault === 'missing') wrong.push(`missing    ${shown(recordOf(file))}`);
    else if (!was.ok || !sameRecord(was.text, recordText(boundary, file)))
      wrong.push(`stale      ${shown(recordOf(file))}`);
  }
  const left = leftOver(given).map((record) => `left over  ${shown(record)}`);
  for (const line of [...wrong, ...left]) terminal.out(`${terminal.paint('red', '✗')} ${line}\n`);
  const counted = count(results.length, 'boundary record');
  if (wrong.length + left.length === 0) {
    terminal.out(`${terminal.paint('green', '✓')} ${counted}, all as it is\n`);
    return EXIT.ok;
  }
  if (wrong.length > 0) terminal.err('Run "countersign boundary --write", look at what changed, and commit it.\n');
  if (left.length > 0) terminal.err('What is left over is of playbooks that are gone. Delete it.\n');
  return EXIT.stale;
}

function shown(file: string): string {
  return plain(shownPath(file));
}

/** The records below the named folders whose playbooks are gone. */
function leftOver(given: readonly string[]): readonly string[] {
  return given
    .filter((one) => statOf(one)?.isDirectory() ?? false)
    .flatMap((folder) => [...recordsBelow(path.resolve(folder))])
    .filter((record) => !existsSync(playbookOf(record)))
    .sort();
}

function* recordsBelow(folder: string): Generator<string> {
  for (const file of below(folder, (name) => name.endsWith(RECORD) && name !== RECORD)) {
    const text = readText(file);
    if (text.ok && isRecord(text.text)) yield file;
  }
}
