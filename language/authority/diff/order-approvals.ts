import { type ApprovalFacts, isCoveredBy } from './approval-facts.js';
import { type Compared, clause, validity } from './difference.js';

/** How the approvals that let two acts run differ; both are at level `approve`. */
export function compareApprovals({ base, head, say }: Compared): void {
  if (head.unapproved && !base.unapproved)
    say(
      'approval',
      'wider',
      head.cell.verdict === 'unknown'
        ? `whether it is approved cannot be told: ${clause(head.cell.because)}`
        : `a path leads to it without approval: ${clause(head.cell.because)}`,
    );
  if (base.unapproved && !head.unapproved) say('approval', 'narrower', 'every path to it has an approval now');
  // Where no approval is needed on some path, those of other paths add nothing.
  const isNew = (approval: ApprovalFacts, others: readonly ApprovalFacts[]): boolean =>
    !others.some((other) => isCoveredBy(approval, other));
  const wider = base.unapproved ? [] : head.approvals.filter((approval) => isNew(approval, base.approvals));
  const narrower = head.unapproved ? [] : base.approvals.filter((approval) => isNew(approval, head.approvals));
  for (const approval of wider) {
    const before = nearest(approval, base.approvals);
    say('approval', 'wider', before ? easier(approval, before) : `the approval of "${approval.shown}" is enough now`);
  }
  for (const approval of narrower) {
    const after = nearest(approval, head.approvals);
    const words = after ? easier(approval, after, true) : `the approval of "${approval.shown}" is not enough any more`;
    say('approval', 'narrower', words);
  }
}

/** The approval of the same gate, or the only one there is. */
function nearest(approval: ApprovalFacts, others: readonly ApprovalFacts[]): ApprovalFacts | undefined {
  return others.find((other) => other.gate === approval.gate) ?? (others.length === 1 ? others[0] : undefined);
}

/** In what an approval is easier to get, or good for more, than another one. `back`: told from the other side. */
function easier(approval: ApprovalFacts, other: ApprovalFacts, back = false): string {
  const [is, was] = back ? [other, approval] : [approval, other];
  const words: string[] = [];
  const more = approval.people.filter((person) => !other.people.includes(person));
  if (more.length > 0) words.push(`${more.join(', ')} ${back ? 'may not approve it any more' : 'may approve it, too'}`);
  if (approval.quorum < other.quorum) words.push(`${people(is.quorum)} must approve it, ${was.quorum} before`);
  if (approval.expires > other.expires)
    words.push(`an approval is valid ${validity(is.expires)}, ${validity(was.expires)} before`);
  if (approval.uses > other.uses)
    words.push(`an approval is good for ${times(is.uses)}, ${is.uses === was.uses ? '' : was.uses} before`);
  const apart = other.apart.filter((gate) => !approval.apart.includes(gate));
  if (apart.length > 0)
    words.push(
      back
        ? `who approved at ${quoted(apart)} may not approve it any more`
        : `who approved at ${quoted(apart)} may approve it, too`,
    );
  return `at "${is.shown}" ${words.join('; ')}`;
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function times(count: number): string {
  return count === 1 ? '1 execution' : `${count} executions`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' and ');
}
