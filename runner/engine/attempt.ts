import { effectiveAutonomy } from '../../language/authority/effective-autonomy.js';
import { undoProblem } from '../../language/authority/undo.js';
import type { Expression } from '../../language/expressions/expression.js';
import type { Tool } from '../../language/model/catalog.js';
import { isConsequential } from '../../language/model/levels.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import { durationWordsOf } from '../../language/service/duration-words.js';
import { taggedTarget } from '../decide/call.js';
import { type Asked, type DecideInput, decide } from '../decide/decide.js';
import type { Authorization } from '../enforce/enforce.js';
import type { Act } from '../protocol/result.js';
import type { Actor, Call, Json, JsonObject, SourcePlace } from '../protocol/trace.js';
import { askApproval } from './approval-round.js';
import { amount, type BudgetScope, exceeded, least, timeLeft } from './budget.js';
import { checkWhere } from './calls.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { cancelled, endedByPerson, type Stopped } from './ending.js';
import { performingRole, toldBy } from './people.js';
import { drawForReview } from './review.js';
import { askTask } from './task.js';
import { offerUndo, undoableOf } from './undo.js';

/** One proposed call and what the playbook says about it. */
export interface Proposal {
  readonly step: ActionStep | AgentStep;
  readonly call: Call;
  readonly tool: Tool | undefined;
  /** Exact names of the tools the step may call. */
  readonly grants: readonly string[];
  readonly where: Expression | undefined;
  /** Calls of this tool the step made so far. */
  readonly calls: number;
  readonly maxCalls: number | null;
  /** Who proposes it. */
  readonly actor: Actor;
  readonly untrusted: readonly string[];
  readonly scopes: readonly BudgetScope[];
  /** What is wrong with the arguments before their schema is looked at. */
  readonly malformed?: string;
}

export type Attempted =
  /** `changed`: the arguments that people put in the place of those proposed. */
  | { readonly kind: 'done'; readonly output: Json; readonly changed?: JsonObject }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'denied'; readonly rule: string; readonly error: string }
  /** The run ends here. */
  | { readonly kind: 'stopped'; readonly left: Stopped };

/**
 * Takes one proposed call all the way: proposed, decided, where it must be approved or performed by a person, executed,
 * and told. Every attempt at a consequential act is recorded, whatever became of it.
 */
export async function attempt(context: RunContext, first: Proposal): Promise<Attempted> {
  const { apply } = context;
  await propose(context, first);
  const authorized = await authorize(context, first);
  if ('left' in authorized) return { kind: 'stopped', left: authorized.left };
  const { proposal } = authorized;
  const { step, call } = proposal;
  const { decision, permit } = authorized.authorization;
  const act = actOf(context, proposal, decision.rule, decision.decision === 'permit' ? decision.approvedBy : []);
  if (decision.decision !== 'permit' || permit === undefined) {
    if (isForAPerson(decision.rule, step)) return perform(context, proposal, decision.rule);
    record(context, proposal, { ...act, decision: 'denied' });
    return { kind: 'denied', rule: decision.rule, error: decision.reason };
  }

  // Used up before the effect: however the execution ends, it was this approval's one.
  if (decision.approval) apply({ kind: 'approval-used', approval: decision.approval });
  apply({ kind: 'spent', scopes: proposal.scopes.map((scope) => scope.key), amount: amount({ toolCalls: 1 }) });
  const limit = least([
    step.kind === 'action' ? step.timeout?.value : undefined,
    timeLeft(context.state(), proposal.scopes, context.clock.monotonic()),
  ]);
  // An effect under way completes, whichever branch ends first; an answer to a question need not be waited for.
  const abandon = isConsequential(proposal.tool?.effect) ? context.cancel : context.signal;
  const execution = await context.enforcer.execute(permit, call, proposal.actor, context.signal, limit, abandon);
  if (execution.kind === 'refused') {
    record(context, proposal, { ...act, decision: 'denied', rule: execution.rule });
    return execution.rule === 'cancelled'
      ? { kind: 'stopped', left: cancelled(context.signal) }
      : { kind: 'denied', rule: execution.rule, error: execution.reason };
  }
  record(context, proposal, { ...act, simulated: execution.simulated, executed: true });
  if (decision.rule === 'notify') await tell(context, proposal, execution.ok ? execution.result : null);
  if (decision.rule === 'notify' || decision.rule === 'autonomous') await drawForReview(context, step, proposal);
  // What was cut short because the run ended did not fail: no handler takes over.
  if (!execution.ok && context.cancel.aborted) return { kind: 'stopped', left: cancelled(context.cancel) };
  if (!execution.ok) return { kind: 'failed', error: execution.error };
  const changed = call.digest === first.call.digest ? {} : { changed: call.arguments };
  return { kind: 'done', output: execution.result, ...changed };
}

async function propose(context: RunContext, { step, call, actor, untrusted }: Proposal): Promise<void> {
  await context.journal.write('proposed', pathOf(context, step), actor, { call, untrusted });
  context.apply({ kind: 'proposed', call: call.id });
}

/** Why a call would be denied whoever approved it; `undefined` when it would not. */
export function denialOf(context: RunContext, proposal: Omit<Proposal, 'actor' | 'untrusted'>): string | undefined {
  const { call, tool, step } = proposal;
  const preview = decide({
    ...decideInput(context, proposal, { kind: 'can' }),
    target: taggedTarget(tool, call.arguments),
    now: context.clock.now(),
  });
  if (preview.decision !== 'deny') return undefined;
  return `"${step.id.value}" would be denied even if it were approved (${preview.rule}): ${preview.reason}`;
}

/** What the decision point is told about a proposal. */
function decideInput(
  context: RunContext,
  proposal: Omit<Proposal, 'actor' | 'untrusted'>,
  asked: Asked,
): Omit<DecideInput, 'call' | 'target' | 'now'> & { readonly call: Call } {
  const { loaded, clock, schemas } = context;
  const { step, call, tool } = proposal;
  return {
    call,
    tool,
    step: {
      id: pathOf(context, step),
      kind: step.kind,
      grants: proposal.grants,
      argumentsProblem: proposal.malformed ?? (tool === undefined ? null : schemas.problem(tool.input, call.arguments)),
      where: checkWhere(context, proposal.where, call.arguments),
      calls: proposal.calls,
      maxCalls: proposal.maxCalls,
      told: toldBy(context, step),
      undoProblem: tool === undefined ? 'it is not known' : (undoProblem(tool, loaded.tools) ?? null),
    },
    effective: effectiveAutonomy(step, tool, loaded, taggedTarget(tool, call.arguments)),
    policy: loaded.policy,
    approvals: context.state().approvals,
    asked,
    budgetExceeded: exceeded(context.state(), proposal.scopes, 'tool-call', clock.monotonic()),
  };
}

/** Decides on a proposal, and asks people about it where the step says so. What they make of it is the proposal then. */
async function authorize(
  context: RunContext,
  proposal: Proposal,
): Promise<{ readonly authorization: Authorization; readonly proposal: Proposal } | { readonly left: Stopped }> {
  const { step, call, tool } = proposal;
  const place = placeOf(context, proposal);
  const { approval } = step;
  const first = await context.enforcer.authorize(
    decideInput(context, proposal, { kind: approval ? 'can' : 'cannot' }),
    place,
  );
  if (first.decision.decision !== 'needs-approval' || approval === undefined) {
    return { authorization: first, proposal };
  }
  const answered = await askApproval(context, {
    step,
    approval,
    ask: `Run ${call.tool}${call.target === null ? '' : ` on ${call.target}`}?`,
    evidence: [],
    calls: [
      {
        step: pathOf(context, step),
        call,
        tool,
        original: call.digest,
        recheck: (one) => denialOf(context, { ...proposal, call: one }),
      },
    ],
  });
  if (answered.outcome === 'cancelled') return { left: cancelled(context.signal) };
  if (answered.outcome === 'ended') return { left: endedByPerson(answered.because) };
  let asApproved = proposal;
  if (answered.outcome === 'approved') {
    context.apply({
      kind: 'approved',
      gate: pathOf(context, step),
      people: answered.people,
      approvals: answered.approvals,
    });
    const [approved] = answered.calls;
    if (approved && approved.call.digest !== call.digest) {
      const untrusted = answered.changedBy.map((person) => `changed by ${person}`);
      asApproved = { ...proposal, call: approved.call, untrusted: [...proposal.untrusted, ...untrusted] };
      const by = answered.changedBy.at(-1) ?? '';
      await propose(context, { ...asApproved, actor: { kind: 'human', id: by, how: context.approver.how } });
    }
  }
  const asked: Asked =
    answered.outcome === 'approved' ? { kind: 'cannot' } : { kind: answered.outcome, because: answered.because };
  const authorization = await context.enforcer.authorize(decideInput(context, asApproved, asked), place);
  return { authorization, proposal: asApproved };
}

/** Where the level in force is written: the limit that lowers it, else the step's own word, else the tool's name. */
function placeOf({ placeOf: place, loaded }: RunContext, { step, tool, call }: Proposal): SourcePlace | null {
  const { ceiling } = effectiveAutonomy(step, tool, loaded, taggedTarget(tool, call.arguments));
  if (ceiling?.uri !== undefined && ceiling.range !== undefined) return place(ceiling.uri, ceiling.range);
  return place(loaded.uri, step.autonomy?.range ?? loaded.playbook.defaults.autonomy?.range ?? step.keyRange);
}

/** At `assist`, and for an action at `manual`, a person does what the AI may not. */
function isForAPerson(rule: string, step: ActionStep | AgentStep): boolean {
  return rule === 'level-assist' || (rule === 'level-manual' && step.kind === 'action');
}

async function perform(context: RunContext, proposal: Proposal, rule: string): Promise<Attempted> {
  const { step, call, tool } = proposal;
  const role = performingRole(context, step);
  const nobody = `A person is to perform ${call.tool} themselves, and no role is named that could. Name one as "accountable".`;
  const result = role
    ? await askTask(context, {
        step,
        task: `Perform ${call.tool}${call.target === null ? '' : ` on ${call.target}`} yourself, with exactly these arguments.`,
        role,
        fields: tool !== undefined && !isConsequential(tool.effect) ? tool.output : undefined,
        call,
      })
    : ({ kind: 'not-done', error: nobody } as const);
  if (result.kind === 'cancelled') return { kind: 'stopped', left: cancelled(context.signal) };
  if (result.kind === 'done') {
    record(context, proposal, actOf(context, proposal, rule, [result.as]));
    return { kind: 'done', output: result.output };
  }
  record(context, proposal, { ...actOf(context, proposal, rule, []), decision: 'denied' });
  return { kind: 'denied', rule, error: result.error };
}

function actOf(context: RunContext, { step, call }: Proposal, rule: string, approvedBy: readonly string[]): Act {
  return {
    step: pathOf(context, step),
    tool: call.tool,
    effect: call.effect,
    target: call.target,
    decision: 'allowed',
    rule,
    approvedBy,
    simulated: false,
    executed: false,
  };
}

function record({ apply }: RunContext, { tool }: Proposal, act: Act): void {
  if (isConsequential(tool?.effect)) apply({ kind: 'acted', act });
}

/** Tells people of an act that ran without asking, and offers them to take it back. */
async function tell(context: RunContext, { step, call, tool }: Proposal, result: Json): Promise<void> {
  const path = pathOf(context, step);
  const undoable = undoableOf(context, step, call, tool, result);
  const within = step.kind === 'action' && step.undoWithin ? ` within ${durationWordsOf(step.undoWithin.value)}` : '';
  const words = undoable ? ` Undo it with ${undoable.undo.name.value}${within}.` : '';
  const until = undoable && undoable.until !== null ? new Date(undoable.until).toISOString() : null;
  await context.journal.write('notified', path, ENGINE, {
    call: call.id,
    roles: step.notify?.roles.map((role) => role.value) ?? [],
    people: toldBy(context, step),
    message: `${call.tool} was run${call.target === null ? '' : ` on ${call.target}`} without asking, as "${path}" allows.${words}`,
    ...(undoable ? { undo: { tool: undoable.undo.name.value, arguments: undoable.arguments, until } } : {}),
  });
  if (!undoable) return;
  const { people, undo } = undoable;
  const { tool: name, target, id } = call;
  context.apply({
    kind: 'undo-offered',
    undo: { step: path, call: id, tool: name, target, undo: undo.name.value, people, until },
  });
  await offerUndo(context, undoable);
}
