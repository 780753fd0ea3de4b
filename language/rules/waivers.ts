import type { Step } from '../model/playbook.js';
import type { Policy, Waiver } from '../model/policy.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { EXAMPLE_HEAD } from './example.js';
import type { RuleName } from './names.js';
import { type RuleInfo, report } from './rule.js';

/**
 * The rules a policy may waive: requirements that an organization sets itself, and what it may take the risk of. Never what
 * makes a file readable, nor anything about who must approve: those hold at run time whatever is waived.
 */
export const WAIVABLE: readonly RuleName[] = [
  'missing-undo',
  'missing-accountable',
  'missing-budget',
  'missing-time-limit',
  'missing-max-calls',
  'unreviewed-decision',
  'unbounded-loop',
  'unsafe-retry',
  'abandoned-act',
];

/** Days before its end at which a waiver is mentioned. */
const SOON = 14;

const HEAD = EXAMPLE_HEAD.replace('example.policy.yaml', 'waivers.policy.yaml');
const BLOCK = `  - id: block
    action: mail.block_sender
    with: { sender: a@b.example }
    approval: { roles: [incident-commander], timeout: 1h }
`;
const WAIVED: RuleInfo['passing'] = { kind: 'playbook', text: HEAD + BLOCK };
const NAMED = HEAD.replace('waivers.policy.yaml', '«waivers.policy.yaml»');
const WITH_WAIVER = (expires: string): string => `policy: default
roles: { soc-manager: [eli@soc.example] }
waivers:
  - rule: missing-undo
    playbook: phishing-triage
    owner: soc-manager
    reason: The gateway's vendor delivers its undo with the next version.
    expires: ${expires}
`;

const invalidWaiver: RuleInfo = {
  name: 'invalid-waiver',
  group: 'structure',
  severity: 'error',
  what: 'A waiver names a step that its playbook does not have.',
  why: 'It waives nothing today, and whatever step gets that name tomorrow.',
  fix: 'Correct the step in the policy, or delete the waiver. In this example the policy waives missing-undo for the step `block`.',
  failing: {
    kind: 'playbook',
    text: `${NAMED}  - id: reputation\n    action: intel.domain_reputation\n    with: { domain: a.example }\n`,
  },
  passing: WAIVED,
};

const unusedWaiver: RuleInfo = {
  name: 'unused-waiver',
  group: 'hygiene',
  severity: 'warning',
  what: 'A waiver holds for this playbook and nothing here needs it.',
  why: 'It stays behind as leave to bring the fault back, and nobody would notice.',
  fix: 'Delete it from the policy. In this example the policy waives missing-undo for the step `block`.',
  failing: {
    kind: 'playbook',
    text: `${NAMED}  - id: block
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander], timeout: 1h }
`,
  },
  passing: WAIVED,
};

const expiredWaiver: RuleInfo = {
  name: 'expired-waiver',
  group: 'hygiene',
  severity: 'warning',
  what: 'A waiver is past its last day.',
  why: 'It no longer holds, so what it waived is a problem again; whoever reads the policy takes it for accepted.',
  fix: 'Mend what was waived and delete the waiver, or have its owner decide anew and set another day.',
  failing: { kind: 'policy', text: WITH_WAIVER('«2026-06-30»') },
  passing: { kind: 'policy', text: WITH_WAIVER('2027-06-30') },
};

const waiverEndsSoon: RuleInfo = {
  name: 'waiver-ends-soon',
  group: 'hygiene',
  severity: 'information',
  what: 'A waiver ends within two weeks.',
  why: 'From the day after, what it waives is a problem again, and playbooks that rest on it no longer run.',
  fix: 'Mend what is waived, or have its owner decide anew and set another day.',
  failing: { kind: 'policy', text: WITH_WAIVER('«2026-07-10»') },
  passing: { kind: 'policy', text: WITH_WAIVER('2027-06-30') },
};

export const WAIVER_RULES: readonly RuleInfo[] = [invalidWaiver, unusedWaiver, expiredWaiver, waiverEndsSoon];

/** What is wrong with a policy's waivers by themselves. Without a day nothing can be said, and none holds. */
export function* waiverProblems(policy: Policy, today: string | undefined): Generator<Problem> {
  if (today === undefined) return;
  for (const { rule, playbook, owner, expires } of policy.waivers) {
    if (expires.value < today) {
      yield report(
        expiredWaiver,
        expires.range,
        `This day has passed, so ${rule.value} is no longer waived for ${playbook.value}. Delete the waiver, or have ${owner} decide anew.`,
      );
    } else if (daysBetween(today, expires.value) <= SOON) {
      yield report(
        waiverEndsSoon,
        expires.range,
        `From the day after, ${rule.value} holds again for ${playbook.value} and its runs may be refused. Mend it by then, or have ${owner} decide anew.`,
      );
    }
  }
}

/**
 * The problems of a playbook with those waived made `information`, so that a reviewer still sees what was waived, by whom and
 * why; and what is wrong with the waivers themselves.
 */
export function withWaivers(
  problems: readonly Problem[],
  { playbook, policy, steps, uri }: Pick<PlaybookContext, 'playbook' | 'policy' | 'steps' | 'uri'>,
  today: string | undefined,
): readonly Problem[] {
  const at = playbook.policy;
  const waivers = (policy?.waivers ?? []).filter((waiver) => waiver.playbook.value === playbook.id?.value);
  if (!policy || !at || waivers.length === 0) return problems;
  const used = new Set<Waiver>();
  const out = problems.map((problem): Problem => {
    if (!WAIVABLE.includes(problem.rule) || problem.severity === 'information') return problem;
    const step = innermost(steps, problem);
    const matching = waivers.filter(
      ({ rule, step: only }) => rule.value === problem.rule && (only === undefined || only.value === step?.id.value),
    );
    const holding = matching.find((waiver) => today !== undefined && waiver.expires.value >= today);
    const waiver = holding ?? matching[0];
    if (!waiver) return problem;
    used.add(waiver);
    const { expires, owner, reason, range } = waiver;
    const written = { uri: policy.uri, range };
    if (holding) {
      return {
        ...problem,
        severity: 'information',
        message: `Waived until ${expires.value} by ${owner}, because: ${reason} What is waived: ${problem.message}`,
        related: [...problem.related, { ...written, message: 'Waived here.' }],
      };
    }
    const why =
      today === undefined ? 'Waived here until a day, and what day it is is not known.' : 'This waiver has ended.';
    return { ...problem, related: [...problem.related, { ...written, message: why }] };
  });
  for (const waiver of waivers) {
    const { rule, step, owner, expires, range } = waiver;
    const related = [{ uri: policy.uri, range, message: 'The waiver.' }];
    if (step && !steps.some((one) => one.id.value === step.value)) {
      out.push(
        report(
          invalidWaiver,
          at.range,
          `The policy waives ${rule.value} for a step "${step.value}" of this playbook, which has none of that name. Correct it in the policy, or delete the waiver.`,
          { related: related.filter((one) => one.uri !== uri) },
        ),
      );
    } else if (!used.has(waiver) && today !== undefined && expires.value >= today) {
      out.push(
        report(
          unusedWaiver,
          at.range,
          `The policy waives ${rule.value}${step ? ` for "${step.value}"` : ''} until ${expires.value}, and nothing here needs that. Ask ${owner} to delete the waiver.`,
          { related },
        ),
      );
    }
  }
  return out;
}

/** The step a problem stands in: the innermost around it. */
function innermost(steps: readonly Step[], { range }: Problem): Step | undefined {
  return steps.findLast((step) => step.node.range.start <= range.start && range.start < step.node.range.end);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}
