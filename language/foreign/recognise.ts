import type { Node } from '../syntax/tree.js';
import { isCacao, readCacao } from './cacao/read.js';
import { isElastic, readElastic } from './elastic/read.js';
import { isLogicApps, readLogicApps } from './logic-apps/read.js';
import type { ForeignPlaybook } from './model.js';
import { isXsoar, readXsoar } from './xsoar/read.js';

/** What a file is read into, by what it holds and not by its name; `undefined` when it is no playbook that is known here. */
export function readForeign(uri: string, root: Node | undefined): readonly ForeignPlaybook[] | undefined {
  const read = readByContent(uri, root);
  return read?.map((playbook) => ({ ...playbook, notUnderstood: distinct(playbook.notUnderstood) }));
}

function readByContent(uri: string, root: Node | undefined): readonly ForeignPlaybook[] | undefined {
  if (isXsoar(root)) return [readXsoar(uri, root)];
  if (isCacao(root)) return [readCacao(uri, root)];
  if (isElastic(root)) return [readElastic(uri, root)];
  if (isLogicApps(root)) return readLogicApps(uri, root);
  return undefined;
}

/** Each once: several ways may lead to the same fault. */
function distinct(notes: ForeignPlaybook['notUnderstood']): ForeignPlaybook['notUnderstood'] {
  const seen = new Set<string>();
  return notes.filter(({ uri, range, what }) => {
    const key = `${uri} ${range.start} ${what}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
