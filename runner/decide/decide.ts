import { approvalRequirement } from '../../language/authority/approval-requirement.js';
import type { EffectiveAutonomy } from '../../language/authority/effective-autonomy.js';
import { ceilingsOn } from '../../language/authority/effective-autonomy.js';
import type { Tool } from '../../language/model/catalog.js';
import { isConsequential } from '../../language/model/levels.js';
import type { Policy } from '../../language/model/policy.js';
import type { Call } from '../protocol/trace.js';
import { type HeldApproval, judgeApprovals } from './approval.js';
import type { DecisionRule } from './rules.js';

/** Everything a decision about one call depends on. Nothing else is looked at. */
export interface DecideInput {
  readonly call: Pick<Call, 'tool' | 'digest'>;
  /** The catalog's entry; `undefined` when no catalog has the tool. */
  readonly tool: Tool | undefined;
  /** What the call acts on, for the policy's tags; `null` where it is missing or no text. */
  readonly target: string | null;
  readonly step: StepAuthority;
  readonly effective: Pick<EffectiveAutonomy, 'level' | 'because'>;
  readonly policy: Policy | undefined;
  /** Approvals given in this run; those for other steps are passed over. */
  readonly approvals: readonly HeldApproval[];
  readonly asked: Asked;
  /** Present when a person takes back an act with this call. */
  readonly undo?: UndoRequest;
  /** Names the limit that one more call would break, with its number; `null` when none. */
  readonly budgetExceeded: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A person takes back an act that ran at level `notify`. */
export interface UndoRequest {
  readonly by: string;
  /** Who was told of the act, could have approved it or answers for it. */
  readonly people: readonly string[];
  /** Milliseconds since the epoch; from then on it is too late. `null`: not before the run ends. */
  readonly until: number | null;
  /** Whether it was taken back before. */
  readonly done: boolean;
}

/** What the playbook lets the calling step do. */
export interface StepAuthority {
  readonly id: string;
  readonly kind: 'action' | 'agent';
  /** Exact names of the tools it may call. */
  readonly grants: readonly string[];
  /** What is wrong with the arguments by the tool's input schema; `null` when nothing is. */
  readonly argumentsProblem: string | null;
  readonly where: WhereResult;
  /** Calls of this tool the step made so far, and may make at most. */
  readonly calls: number;
  readonly maxCalls: number | null;
  /** People who are told of an act at level `notify`. */
  readonly told: readonly string[];
  /** Why nobody could take back an act with this tool, a clause for people; `null` when somebody could. */
  readonly undoProblem: string | null;
}

export type WhereResult =
  /** No bounds are declared. */
  | { readonly kind: 'none' }
  | { readonly kind: 'met' }
  /** False, not a boolean, or it could not be evaluated. */
  | { readonly kind: 'unmet'; readonly reason: string };

/** Whether an inline approval can be asked for this call, or what came of asking. */
export type Asked =
  | { readonly kind: 'cannot' }
  | { readonly kind: 'can' }
  | { readonly kind: 'rejected' | 'timed-out' | 'unsatisfied'; readonly because: string };

export type Decision =
  | {
      readonly decision: 'permit';
      readonly rule: DecisionRule;
      readonly reason: string;
      /** The approval it rests on and uses up once; `null` when it needs none. */
      readonly approval: HeldApproval | null;
      readonly approvedBy: readonly string[];
    }
  | { readonly decision: 'deny' | 'needs-approval'; readonly rule: DecisionRule; readonly reason: string };

/**
 * The policy decision point: whether one exact call may run now. Pure, total, default deny: whatever is missing, unknown
 * or unclear denies. A consequential call is permitted only under a policy, and then only at level `notify` or
 * `autonomous` in force or by a valid approval of the very same call.
 */
export function decide(input: DecideInput): Decision {
  const { call, tool, step, effective, policy } = input;
  if (tool === undefined || tool.name.value !== call.tool) {
    return deny('unknown-tool', `No catalog of this playbook describes ${quoted(call.tool)}.`);
  }
  const name = tool.name.value;
  if (!step.grants.includes(name)) return deny('not-granted', `${name} is not granted to the step "${step.id}".`);
  if (policy?.forbid.some((tool) => tool.value === name)) {
    return deny('forbidden-by-policy', `The policy forbids ${name}, whoever approves.`);
  }
  const harmless = !isConsequential(tool.effect);
  if (!harmless && policy === undefined) {
    return deny(
      'no-policy',
      `Without a policy nobody holds a role, so ${name} (${tool.effect ?? 'unknown effect'}) cannot be authorized.`,
    );
  }
  if (step.argumentsProblem !== null) {
    return deny('arguments-invalid', `The arguments do not fit the input of ${name}: ${step.argumentsProblem}.`);
  }
  if (step.where.kind === 'unmet') {
    return deny('where-unmet', `The arguments lie outside the bounds of "${step.id}": ${step.where.reason}.`);
  }
  if (step.maxCalls !== null && !(step.calls < step.maxCalls)) {
    return deny('max-calls-reached', `"${step.id}" may call ${name} at most ${step.maxCalls} times.`);
  }
  if (input.budgetExceeded !== null) return deny('budget-exceeded', `The budget is used up: ${input.budgetExceeded}.`);
  if (effective.level === 'manual') {
    return deny('level-manual', `A person does this step: ${effective.because}.`);
  }
  // To take an act back is a matter of who asks and when, also where the tool for it would do no harm.
  if (harmless && input.undo === undefined) {
    return tool.effect === 'read'
      ? permit('read-only', `${name} only reads.`)
      : permit('record', `${name} only adds to the record of the case.`);
  }
  if (policy === undefined)
    return deny('no-policy', 'Without a policy nothing consequential runs, and nobody holds a role.');
  return input.undo ? decideUndo(input, tool, policy, input.undo) : decideAct(input, tool, policy);
}

function decideAct(input: DecideInput, tool: Tool, policy: Policy): Decision {
  const { level, because } = input.effective;
  const name = tool.name.value;
  switch (level) {
    case 'assist':
      return deny('level-assist', `A person performs ${name} themselves: ${because}.`);
    case 'approve':
      return byApproval(
        input,
        tool,
        policy,
        isAlwaysGated(tool, policy) ? 'always-gate' : 'approval-required',
        because,
      );
    case 'notify':
    case 'autonomous': {
      const doubt = doubtAbout(input, tool, policy, level);
      if (doubt) return byApproval(input, tool, policy, doubt.rule, doubt.reason);
      return permit(level, because);
    }
    default:
      return deny('undecidable', `The level in force cannot be read.`);
  }
}

/**
 * Whether a person may take an act back. Asking for it is their approval of that exact call: so the tool that undoes it asks
 * no more than one person, and they hold every role the policy wants of who approves it.
 */
function decideUndo(input: DecideInput, tool: Tool, policy: Policy, undo: UndoRequest): Decision {
  const { level, because } = input.effective;
  const name = tool.name.value;
  if (level === 'assist') return deny('level-assist', `A person performs ${name} themselves: ${because}.`);
  if (undo.done) return deny('undo-closed', 'The act was taken back before.');
  if (undo.until !== null && !(input.now < undo.until)) {
    return deny('undo-closed', 'The time in which the act could be taken back is over.');
  }
  const requirement = approvalRequirement(tool, policy, input.target);
  const holds = (roles: readonly string[]): boolean =>
    roles.some((role) => policy.roles.get(role)?.some((person) => person.value === undo.by));
  if (!undo.people.includes(undo.by) || !requirement.roleSets.every(holds)) {
    return deny('undo-not-authorized', `${quoted(undo.by)} may not take this act back with ${name}.`);
  }
  if (!(requirement.quorum <= 1)) {
    return deny('quorum-not-reached', `${name} takes ${requirement.quorum} people: ${requirement.because}.`);
  }
  return {
    decision: 'permit',
    rule: 'undo',
    reason: `${undo.by} takes the act back.`,
    approval: null,
    approvedBy: [undo.by],
  };
}

/** Why an act at `notify` or `autonomous` needs a person's approval all the same. */
function doubtAbout(
  { step }: DecideInput,
  tool: Tool,
  policy: Policy,
  level: 'notify' | 'autonomous',
): { readonly rule: DecisionRule; readonly reason: string } | undefined {
  const name = tool.name.value;
  if (isAlwaysGated(tool, policy)) return { rule: 'always-gate', reason: `the policy always gates ${name}` };
  if (tool.effect === undefined) return { rule: 'unknown-effect', reason: `what ${name} does is not known` };
  if (level === 'notify') {
    if (!tool.reversible || tool.undo === undefined) {
      return { rule: 'notify-bounds', reason: `${name} cannot be undone by whoever is told` };
    }
    if (step.undoProblem !== null) return { rule: 'notify-bounds', reason: step.undoProblem };
    if (step.told.length === 0) return { rule: 'notify-bounds', reason: 'nobody would be told' };
  } else if (!tool.reversible && ceilingsOn(tool, policy).length === 0) {
    return { rule: 'irreversible', reason: `${name} cannot be undone and the policy states nothing for it` };
  }
  if (step.kind === 'agent' && step.where.kind === 'none' && Object.keys(tool.input.properties ?? {}).length > 0) {
    return {
      rule: 'unbounded-arguments',
      reason: `the agent chooses the arguments of ${name} and no "where" bounds them`,
    };
  }
  return undefined;
}

function byApproval(input: DecideInput, tool: Tool, policy: Policy, missing: DecisionRule, because: string): Decision {
  const { call, step, asked } = input;
  const judged = judgeApprovals(input.approvals, step.id, call.digest, tool, policy, input.target, input.now);
  if (judged.ok) {
    return {
      decision: 'permit',
      rule: 'approved',
      reason: `Approved at "${judged.approval.gate}" by ${judged.people.join(', ')}.`,
      approval: judged.approval,
      approvedBy: judged.people,
    };
  }
  switch (asked.kind) {
    case 'can':
      return {
        decision: 'needs-approval',
        rule: missing,
        reason: `A person must approve this exact call: ${because}.`,
      };
    case 'rejected':
      return deny('approval-rejected', asked.because);
    case 'timed-out':
      return deny('approval-timed-out', asked.because);
    case 'unsatisfied':
      return deny('quorum-not-reached', asked.because);
    case 'cannot':
      return judged.rule === 'approval-required'
        ? deny(missing, `${judged.reason} It needs approval: ${because}.`)
        : deny(judged.rule, judged.reason);
    default:
      return deny('undecidable', 'What came of asking for approval cannot be read.');
  }
}

function isAlwaysGated(tool: Tool, policy: Policy): boolean {
  return policy.alwaysGate.some((name) => name.value === tool.name.value);
}

function permit(rule: DecisionRule, reason: string): Decision {
  return { decision: 'permit', rule, reason: sentence(reason), approval: null, approvedBy: [] };
}

function deny(rule: DecisionRule, reason: string): Decision {
  return { decision: 'deny', rule, reason };
}

/** Starts with a capital, unless with the name of a tool, which is written one way. */
function sentence(text: string): string {
  const start = /^\w+\.\w/.test(text) ? text.slice(0, 1) : text.slice(0, 1).toUpperCase();
  return `${start}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** A name that came from a model, bounded. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
