import { boundaryOf } from '../../language/authority/boundary.js';
import { loadPlaybook } from '../../language/load.js';
import { hostOfTree, type TreeReview, uriIn } from '../../revisions/index.js';
import { recordOf, recordText, sameRecord } from '../boundary/record-text.js';

export interface StaleRecord {
  /** Path of the record. */
  readonly file: string;
  readonly why: 'stale' | 'missing' | 'left over';
}

/**
 * The boundary records of HEAD that do not say what is so: of playbooks that have one on either side, as far as the playbook,
 * anything it names, or the record itself was touched. Paths are from the root.
 */
export function staleRecordsOf({ base, head, playbooks }: TreeReview, root: string): readonly StaleRecord[] {
  const host = hostOfTree(head, root, undefined);
  return playbooks.flatMap((file): readonly StaleRecord[] => {
    const [was, is] = [file.base, file.head].map((path) => (path === undefined ? undefined : recordOf(path)));
    const before = was === undefined ? undefined : base.read(was);
    const gone =
      was !== undefined && was !== is && head.read(was) !== undefined ? [{ file: was, why: 'left over' as const }] : [];
    if (file.head === undefined || is === undefined) return gone;
    const now = head.read(is);
    if ((before === undefined && now === undefined) || (!file.review.touched && now === before)) return gone;
    if (now === undefined) return [...gone, { file: is, why: 'missing' }];
    const uri = uriIn(root, file.head);
    const right = recordText(boundaryOf(loadPlaybook(uri, host.read(uri) ?? '', host)), file.head);
    return sameRecord(now, right) ? gone : [...gone, { file: is, why: 'stale' }];
  });
}
