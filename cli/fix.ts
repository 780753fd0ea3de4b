import { applyConfig, checkFile, configFinder, mend } from '../language/index.js';
import { nodeFiles, readText } from '../runner/node-files.js';
import { shownPath, uriOf } from './files.js';
import { count, plain, type Terminal } from './terminal.js';
import { replaceText } from './write-file.js';

/** A mended catalog or policy can bring out problems of the playbooks that use it, and so on. */
const MAX_ROUNDS = 5;

/**
 * Applies the safe fixes of what is reported in these files, and writes the files that changed. Says on the error stream
 * what it did, so that results stay what they are. `false` when a file could not be written.
 */
export function fixFiles(files: readonly string[], review: boolean, terminal: Terminal): boolean {
  const failed = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const changed = files.filter((file) => !failed.has(file) && fixFile(file, review, terminal, failed));
    if (changed.length === 0) break;
  }
  return failed.size === 0;
}

/** Whether the file is another one now. */
function fixFile(file: string, review: boolean, terminal: Terminal, failed: Set<string>): boolean {
  const read = readText(file);
  if (!read.ok) return false;
  const uri = uriOf(file);
  const disk = nodeFiles();
  const config = configFinder(disk, [uriOf('.')])(uri);
  const { text, done } = mend(read.text, (now) => {
    const { problems } = checkFile(uri, now, disk);
    return applyConfig(config, uri, now, problems, { review }).problems;
  });
  if (text === read.text) return false;
  const name = plain(shownPath(file));
  const wrong = replaceText(file, read.text, text);
  if (wrong !== undefined) {
    failed.add(file);
    terminal.err(`${name} was not fixed: ${wrong}.\n`);
    return false;
  }
  terminal.err(`${name}: ${count(done.length, 'problem')} fixed\n`);
  for (const { rule, title } of done) terminal.err(`  ${plain(title)}  ${terminal.paint('dim', rule)}\n`);
  return true;
}
