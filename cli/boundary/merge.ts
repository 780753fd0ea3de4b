import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { boundaryOf, loadPlaybook } from '../../language/index.js';
import { hostOfTree, mergedTree, RECORD, rootOf, uriIn } from '../../revisions/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { plain, type Terminal } from '../terminal.js';
import { playbookOf, recordText } from './record-text.js';

/** What the driver is called in `.gitattributes` and the configuration of git. */
const DRIVER = 'countersign-boundary';

/**
 * Answers git when it merges a record: with the record of the merged playbook, whatever the two records say. Where that
 * cannot be told the record is left as ours with exit code 1, which git takes for a conflict.
 *
 * @param result the file that git wants the result in, with ours in it
 * @param record path of the record in the repository, as git says it: from the root
 */
export async function mergeRecord(result: string, record: string, terminal: Terminal): Promise<ExitCode> {
  const no = (reason: string): ExitCode => {
    terminal.err(
      `${plain(record)} cannot be merged: ${plain(reason)}. Merge the playbook, then run "countersign boundary --write" and add the record.\n`,
    );
    return EXIT.problems;
  };
  if (!record.endsWith(RECORD)) return no(`its name does not end in ${RECORD}`);
  const root = await rootOf(process.cwd());
  if (!root.ok) return no(root.reason);
  const merged = await mergedTree(root.value, process.env, DRIVER);
  if (!merged.ok) return no(merged.reason);
  const { tree, conflicts } = merged.value;
  const playbook = playbookOf(record);
  const host = hostOfTree(tree, root.value, undefined);
  const uri = uriIn(root.value, playbook);
  const text = host.read(uri);
  if (text === undefined) return no(`the merge has no ${path.posix.basename(playbook)}`);
  const loaded = loadPlaybook(uri, text, host);
  const restsOn = new Set([uri, ...loaded.dependencies]);
  const open = [...conflicts].find((file) => restsOn.has(uriIn(root.value, file)));
  if (open !== undefined) return no(`${open}, which it rests on, is in conflict itself`);
  writeFileSync(result, recordText(boundaryOf(loaded), playbook));
  return EXIT.ok;
}
