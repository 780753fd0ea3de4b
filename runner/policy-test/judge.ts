import {
  type ApprovalRequirement,
  approvalRequirement,
  eligibleApprovers,
} from '../../language/authority/approval-requirement.js';
import { type EffectiveAutonomy, effectiveAutonomy } from '../../language/authority/effective-autonomy.js';
import { undoProblem } from '../../language/authority/undo.js';
import type { Tool } from '../../language/model/catalog.js';
import type { Policy } from '../../language/model/policy.js';
import type { ExpectedAct, Outcome } from '../../language/model/policy-test.js';
import { taggedTarget } from '../decide/call.js';
import { type Decision, decide } from '../decide/decide.js';

/** What tests are judged with. */
export interface TestedPolicy {
  /** The file of the tests. */
  readonly uri: string;
  readonly policy: Policy;
  readonly tools: ReadonlyMap<string, Tool>;
}

/** One act of a test: a test of all targets with a tag, or of any holders of a role, has several. */
export interface JudgedAct {
  readonly tool: Tool;
  /** What the act is on as the decision point sees it: `null` where the tool names no target. */
  readonly target: string | null;
  /** Who approves. */
  readonly people: readonly string[];
  readonly effective: EffectiveAutonomy;
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly requirement: ApprovalRequirement;
  /** How many different people must approve. */
  readonly quorum: number;
  /** Who may approve, sorted. */
  readonly approvers: readonly string[];
}

/**
 * The acts of a test, each decided on by the decision point itself, at the level in force that analysis and runs work out. The
 * playbook is taken to do its part: it grants the tool, the arguments fit and lie within bounds, somebody is told.
 */
export function judge(test: ExpectedAct, tested: TestedPolicy): readonly JudgedAct[] {
  const tool = toolOf(test, tested);
  return targetsOf(test, tested.policy).flatMap((named) => {
    const target = taggedTarget(tool, tool.target ? { [tool.target.value]: named } : {});
    return choicesOf(test, tool, target, tested.policy).map((people) => judgeAct(test, tool, target, people, tested));
  });
}

function judgeAct(
  test: ExpectedAct,
  tool: Tool,
  target: string | null,
  people: readonly string[],
  { uri, policy, tools }: TestedPolicy,
): JudgedAct {
  const name = tool.name.value;
  const autonomy = test.autonomy ?? { value: 'autonomous', range: test.range };
  const playbook = { autonomy: undefined, defaults: { autonomy: undefined } };
  const found = effectiveAutonomy({ autonomy }, tool, { uri, playbook, policy }, target);
  // There is no step here that could say it.
  const says = test.autonomy ? 'the test says' : 'the test gives no level, so it takes';
  const effective = found.decidedAt?.range === autonomy.range ? { ...found, because: `${says} ${found.level}` } : found;
  const requirement = approvalRequirement(tool, policy, target);
  const roles = rolesOf(test, policy);
  const excluded = excludedOf(test);
  const approval = {
    gate: 'gate',
    step: 'act',
    call: 'call',
    digest: name,
    approvers: people,
    roles,
    excluded,
    quorum: test.quorum,
    expires: null,
    usesLeft: 1,
  };
  const decision = decide({
    call: { tool: name, digest: name },
    tool,
    target,
    step: {
      id: 'act',
      kind: 'action',
      grants: [name],
      argumentsProblem: null,
      where: { kind: 'met' },
      calls: 0,
      maxCalls: null,
      told: ['whoever is told'],
      undoProblem: tools.get(name) === tool ? (undoProblem(tool, tools) ?? null) : null,
    },
    effective,
    policy,
    approvals: people.length > 0 ? [approval] : [],
    asked: { kind: people.length > 0 ? 'cannot' : 'can' },
    budgetExceeded: null,
    now: 0,
  });
  return {
    tool,
    target,
    people,
    effective,
    decision,
    outcome: decision.decision === 'permit' ? 'allowed' : decision.decision === 'deny' ? 'denied' : 'needs-approval',
    requirement,
    quorum: Math.max(test.quorum, requirement.quorum),
    approvers: mayApprove(test, tool, target, policy),
  };
}

/** A name that no catalog has: names of tools there have no spaces. */
const UNNAMED = 'a tool the policy does not name';

function toolOf({ tool: named, effect, reversible, range }: ExpectedAct, { uri, tools }: TestedPolicy): Tool {
  const known = named && tools.get(named.value);
  if (known) return known;
  const back = reversible?.value ?? false;
  return {
    name: named ?? { value: UNNAMED, range },
    description: '',
    effect: effect?.value,
    reversible: back,
    undo: back ? { value: UNNAMED, range } : undefined,
    input: { type: 'object', properties: { target: { type: 'string' } }, required: ['target'] },
    inputRanges: new Map(),
    output: { type: 'object' },
    target: { value: 'target', range },
    autonomy: undefined,
    idempotent: false,
    backend: { kind: 'recorded' },
    uri,
    node: { kind: 'map', entries: [], flow: false, range },
  };
}

/** Bears no tag, unless it is one that everything bears: a policy's targets have names. */
const ORDINARY = '';

function targetsOf({ target, tag }: ExpectedAct, policy: Policy): readonly string[] {
  if (tag) return (policy.tags.get(tag.value) ?? []).map(({ value }) => value);
  return [target?.value ?? ORDINARY];
}

function rolesOf({ roles }: ExpectedAct, policy: Policy): readonly string[] {
  return roles ? roles.map(({ value }) => value) : [...policy.roles.keys()];
}

function excludedOf({ requester, distinctFrom }: ExpectedAct): readonly string[] {
  return [...(requester ? [requester] : []), ...distinctFrom].map(({ value }) => value);
}

function mayApprove(test: ExpectedAct, tool: Tool, target: string | null, policy: Policy): readonly string[] {
  const roles = rolesOf(test, policy).map((value) => ({ value, range: test.range }));
  const excluded = new Set(excludedOf(test));
  return eligibleApprovers({ roles }, approvalRequirement(tool, policy, target), policy).filter(
    (person) => !excluded.has(person),
  );
}

/**
 * Who approves. Of any holders of a role there are two choices to judge, those who count for most and for least: approvals
 * are counted, so what comes of every other choice lies between.
 */
function choicesOf(
  test: ExpectedAct,
  tool: Tool,
  target: string | null,
  policy: Policy,
): readonly (readonly string[])[] {
  const named = test.approvedBy.map(({ value }) => value);
  const any = test.approvedByAny;
  if (!any) return [named];
  const may = new Set(mayApprove(test, tool, target, policy));
  const others = [...new Set((policy.roles.get(any.role.value) ?? []).map(({ value }) => value))]
    .filter((person) => !named.includes(person))
    .sort();
  const most = [...others.filter((one) => may.has(one)), ...others.filter((one) => !may.has(one))].slice(0, any.count);
  const least = [...others.filter((one) => !may.has(one)), ...others.filter((one) => may.has(one))].slice(0, any.count);
  const isSame = most.every((person) => least.includes(person));
  return (isSame ? [most] : [most, least]).map((chosen) => [...named, ...chosen]);
}
