import type { SyntaxTree } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';
import { isCacao, readCacao } from './cacao/read.js';
import { isElastic, readElastic } from './elastic/read.js';
import { isGoogleSecops, readGoogleSecops } from './google-secops/read.js';
import { isLogicApps, readLogicApps } from './logic-apps/read.js';
import type { ForeignPlaybook, NotUnderstood } from './model.js';
import { isN8n, readN8n } from './n8n/read.js';
import { isShuffle, readShuffle } from './shuffle/read.js';
import { isSplunkSoar } from './splunk-soar/blocks.js';
import { readSplunkSoar } from './splunk-soar/read.js';
import { isStackstorm, readStackstorm } from './stackstorm/read.js';
import { isTines, readTines } from './tines/read.js';
import { isXsoar, readXsoar } from './xsoar/read.js';

/** A file that a playbook in several files has beside it. */
export interface FileBeside {
  readonly uri: string;
  readonly tree: Pick<SyntaxTree, 'root' | 'problems'>;
}

/**
 * What a file is read into, by what it holds and not by its name; `undefined` when it is no playbook that is known here. Never
 * throws, whatever the file holds.
 *
 * @param filesIn the files of a folder beside it
 */
export function readForeign(
  uri: string,
  tree: Pick<SyntaxTree, 'root' | 'problems'>,
  filesIn: (folder: string) => readonly FileBeside[],
): readonly ForeignPlaybook[] | undefined {
  const read = readByContent(uri, tree.root, filesIn);
  return read?.map((playbook) => ({
    ...playbook,
    notUnderstood: distinct([...faultsOf(uri, tree), ...playbook.notUnderstood]),
  }));
}

function readByContent(
  uri: string,
  root: Node | undefined,
  filesIn: (folder: string) => readonly FileBeside[],
): readonly ForeignPlaybook[] | undefined {
  if (isXsoar(root)) return [readXsoar(uri, root)];
  if (isCacao(root)) return [readCacao(uri, root)];
  if (isElastic(root)) return [readElastic(uri, root)];
  if (isLogicApps(root)) return readLogicApps(uri, root);
  if (isGoogleSecops(root)) return [readGoogleSecops(uri, root, filesIn('steps'))];
  if (isStackstorm(root)) return [readStackstorm(uri, root)];
  if (isSplunkSoar(root)) return [readSplunkSoar(uri, root)];
  if (isShuffle(root)) return [readShuffle(uri, root)];
  if (isTines(root)) return [readTines(uri, root)];
  if (isN8n(root)) return [readN8n(uri, root)];
  return undefined;
}

/** What the reader of YAML and JSON could not read: parts of the file may be missing. */
export function faultsOf(uri: string, { problems }: Pick<SyntaxTree, 'problems'>): readonly NotUnderstood[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ range: { start, end }, message }) => ({
      uri,
      range: { start, end },
      what: `The file has a fault here, so parts of it may be missing: ${message}`,
      breaks: true,
    }));
}

/** Each once: several ways may lead to the same fault. */
function distinct(notes: readonly NotUnderstood[]): readonly NotUnderstood[] {
  const seen = new Set<string>();
  return notes.filter(({ uri, range, what }) => {
    const key = `${uri} ${range.start} ${what}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
