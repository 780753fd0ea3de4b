import type { ComparedAct } from '../../../server/protocol/compare-requests.js';
import type { BoundaryItem } from '../../../server/protocol/requests.js';

/** One fact about an act, before and now. */
export interface FactRow {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

const LEVELS: { readonly [L in BoundaryItem['autonomy']]: string } = {
  autonomous: 'autonomous: nobody is asked',
  notify: 'notify: nobody is asked, people are told',
  approve: 'approve: people are asked first',
  assist: 'assist: a person does it, prepared for them',
  manual: 'manual: a person does it',
};

const VERDICTS: { readonly [V in BoundaryItem['verdict']]: string } = {
  proven: 'proven',
  runtime: 'checked at run time',
  violated: 'violated',
  unknown: 'unknown',
};

const NOT_THERE = 'not there, or never runs';

/**
 * What is known of an act on both sides, what differs first, and in the order in which a reviewer asks. Facts that are empty on
 * both are left out.
 */
export function factRows({ before, after }: ComparedAct): readonly FactRow[] {
  const row = (name: string, say: (item: BoundaryItem) => string, without = ''): FactRow => ({
    name,
    before: before === null ? without : say(before),
    now: after === null ? without : say(after),
  });
  const rows = [
    row('Level', ({ autonomy }) => LEVELS[autonomy], NOT_THERE),
    row('Approval', approvalWords),
    row('Acts on', ({ scope }) => scope),
    row('Bounds', ({ bounds }) => bounds.join('; ')),
    row('Untrusted values', ({ untrusted }) => untrusted.join(', ')),
    row('Undone by', ({ undo }) => undo ?? 'nothing'),
    row('Answers for it', ({ accountable }) => accountable ?? 'nobody'),
    row('Verdict', ({ verdict, because }) => `${VERDICTS[verdict]}. ${because}`),
  ].filter(({ before, now }) => before !== '' || now !== '');
  return [...rows.filter(isChanged), ...rows.filter((one) => !isChanged(one))];
}

export function isChanged({ before, now }: FactRow): boolean {
  return before !== now;
}

function approvalWords({ approval, autonomy }: BoundaryItem): string {
  if (approval === null) return autonomy === 'approve' ? 'nobody can give it' : '';
  const { quorum, roles, gate, expires } = approval;
  const people = quorum === 1 ? '1 person' : `${quorum} people`;
  return `${people} of ${roles.join(' or ') || 'no role'} at "${gate}", valid ${expires === null ? 'until the run ends' : `for ${expires}`}`;
}

/** Acts that a reviewer looks at together, with where each is in the list that was shown. */
export interface ActGroup {
  readonly title: string;
  readonly acts: readonly { readonly act: ComparedAct; readonly index: number }[];
}

/** What counts as widened and nobody agreed to comes first, and of that first what needs no person. */
export function groupsOf(acts: readonly ComparedAct[]): readonly ActGroup[] {
  const all = acts.map((act, index) => ({ act, index }));
  const more = ({ act }: (typeof all)[number]): boolean => act.class === 'widened' || act.class === 'incomparable';
  const word = ({ act }: (typeof all)[number]): boolean => act.onCatalogsWord;
  const agreed = ({ act }: (typeof all)[number]): boolean => act.acknowledged !== null;
  const open = all.filter((one) => more(one) && !agreed(one));
  return [
    { title: 'May do more without a person', acts: open.filter((one) => !word(one) && one.act.withoutPerson) },
    { title: 'May do more, with a person', acts: open.filter((one) => !word(one) && !one.act.withoutPerson) },
    { title: 'New, and only reads or records on the word of its catalog', acts: open.filter(word) },
    { title: 'May do more, as acknowledged', acts: all.filter((one) => more(one) && agreed(one)) },
    { title: 'May do less', acts: all.filter((one) => !more(one)) },
  ].filter((group) => group.acts.length > 0);
}
