import { approvalRequirement } from '../authority/approval-requirement.js';
import type { ActionStep, AgentStep, Step } from '../model/playbook.js';
import type { Fix, Problem } from '../problem.js';
import { type Entry, entryOf } from '../syntax/tree.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';
import { untagged } from './unsatisfiable-gate.js';

const STEP = `  - id: suspend
    action: identity.suspend
    autonomy: autonomous
    «undecided»: "In the original: A path leads to it on which no person is asked."
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const undecidedStep: PlaybookRule = {
  name: 'undecided-step',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'A step does what a playbook of another product did, and nobody here has decided that it should.',
  why: 'Most automation acts without a person because nobody ever asked. Taking it over does not make that a decision, so until a person decides, the step is no permission and the playbook does not run.',
  fix: 'Decide on the level: let a person approve the act, or keep what the original did, and take `undecided` away.',
  failing: { kind: 'steps', text: STEP },
  passing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    autonomy: approve
    approval: { roles: [incident-commander], timeout: 15m }
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check(context): Generator<Problem> {
    for (const step of context.steps) {
      const entry = step.undecided && entryOf(step.node, 'undecided');
      if (!entry) continue;
      const act = context.actsAt.get(step)?.[0];
      const said = step.undecided?.value.trim() ?? '';
      const what = act
        ? `${act.toolName.value} (${act.effect}) is at level "${act.autonomy.undecided ?? act.autonomy.level}" because the original is, and nobody here has decided that.`
        : 'The step is as the original has it, and nobody here has decided that it should be.';
      yield report(
        this,
        entry.key.range,
        `${what}${said === '' ? '' : ` ${said}`} Let a person approve it, or keep it; then take "undecided" away.`,
        { fixes: [...approvedBy(context, step, entry), ...kept(context, step, entry)] },
      );
    }
  },
};

/** A person approves the exact call. */
function approvedBy(context: PlaybookContext, step: Step, entry: Entry): readonly Fix[] {
  if ((step.kind !== 'action' && step.kind !== 'agent') || (context.actsAt.get(step) ?? []).length === 0) return [];
  const gone = step.approval ? lineOf(context.text, entry) : undefined;
  const role = roleFor(context);
  // Of a tag only the run knows: the approval then asks more people by itself.
  const policy = context.policy && untagged(context.policy);
  const acts = context.actsAt.get(step) ?? [];
  const quorum = Math.max(1, ...acts.map(({ tool }) => approvalRequirement(tool, policy).quorum));
  if (step.approval && !gone) return [];
  return [
    {
      title: step.approval ? 'A person approves it' : `A person approves it: ${role}`,
      edits: [
        ...loweredTo(step),
        gone ?? {
          range: { start: entry.key.range.start, end: endOf(entry) },
          newText: `approval: { roles: [${role}], ${quorum > 1 ? `quorum: ${quorum}, ` : ''}timeout: 15m }`,
        },
      ],
      safe: false,
      every: 'A person approves every act here that nobody has decided on',
    },
  ];
}

function loweredTo({ autonomy }: ActionStep | AgentStep): Fix['edits'] {
  return autonomy ? [{ range: autonomy.range, newText: 'approve' }] : [];
}

/** What the original did is what is wanted here, too. */
function kept({ text }: PlaybookContext, step: Step, entry: Entry): readonly Fix[] {
  const gone = lineOf(text, entry);
  const level = step.autonomy ? ` "${step.autonomy.value}"` : ' it';
  return gone ? [{ title: `Keep${level}: we decided so`, edits: [gone], safe: false }] : [];
}

function roleFor({ playbook, policy }: PlaybookContext): string {
  const held = [...(policy?.roles ?? [])].find(([, people]) => people.length > 0)?.[0];
  return playbook.accountable?.value ?? held ?? [...(policy?.roles.keys() ?? [])][0] ?? 'analyst';
}

/** The lines of an entry that has them for itself, taken away. */
function lineOf(text: string, entry: Entry): Fix['edits'][number] | undefined {
  const start = text.lastIndexOf('\n', entry.key.range.start - 1) + 1;
  const next = text.indexOf('\n', endOf(entry));
  const end = next < 0 ? text.length : next + 1;
  const isAlone =
    text.slice(start, entry.key.range.start).trim() === '' &&
    text.slice(endOf(entry), end).trim().replace(/^#.*/, '') === '';
  return isAlone ? { range: { start, end }, newText: '' } : undefined;
}

function endOf({ key, value }: Entry): number {
  return value?.range.end ?? key.range.end;
}
