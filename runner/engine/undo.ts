import { effectiveAutonomy } from '../../language/authority/effective-autonomy.js';
import { undoInputs, undoProblem } from '../../language/authority/undo.js';
import type { Tool } from '../../language/model/catalog.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import { newCall, taggedTarget } from '../decide/call.js';
import type { UndoAnswer, UndoOffer } from '../protocol/messages.js';
import type { Actor, Call, Json, JsonObject } from '../protocol/trace.js';
import { wellFormed } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { pathOf, type RunContext } from './context.js';
import { holdersOf, titleOf, toldBy } from './people.js';

/** An act at level `notify`, and what takes it back. */
export interface Undoable {
  readonly step: ActionStep | AgentStep;
  readonly call: Call;
  readonly tool: Tool;
  /** With arguments made from the act's and its result. */
  readonly arguments: JsonObject;
  readonly undo: Tool;
  /** Who may take it back, as far as the policy lets them. */
  readonly people: readonly string[];
  /** Milliseconds since the epoch; `null`: as long as the run goes on. */
  readonly until: number | null;
}

/** What takes an act back; `undefined` where nothing can. */
export function undoableOf(
  context: RunContext,
  step: ActionStep | AgentStep,
  call: Call,
  tool: Tool | undefined,
  result: Json,
): Undoable | undefined {
  const undo = tool?.undo && context.loaded.tools.get(tool.undo.value);
  if (!tool || !undo || undoProblem(tool, context.loaded.tools) !== undefined) return undefined;
  const args: { [name: string]: Json } = Object.create(null);
  for (const { name, from } of undoInputs(tool, undo)) {
    const source = from === 'argument' ? call.arguments : isJsonObject(result) ? result : {};
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (from !== 'nowhere' && value !== undefined) args[name] = value;
  }
  const within = step.kind === 'action' ? step.undoWithin?.value : undefined;
  const until = within === undefined ? null : context.clock.now() + within;
  return { step, call, tool, arguments: args, undo, people: mayUndo(context, step), until };
}

/** Those who were told, and those who could have approved the act or answer for it. */
export function mayUndo(context: Pick<RunContext, 'loaded'>, step: ActionStep | AgentStep): readonly string[] {
  const { playbook } = context.loaded;
  const accountable = step.accountable?.value ?? playbook.accountable?.value;
  const roles = [
    ...(step.approval?.roles ?? []).map((role) => role.value),
    ...(accountable === undefined ? [] : [accountable]),
  ];
  return [...new Set([...toldBy(context, step), ...holdersOf(context, roles)])].sort();
}

/**
 * Offers people to take an act back while the run goes on. An answer that is there at once is acted on at once; one that
 * comes later, between two effects of the run. The run does not wait for any: once it is over, nobody is asked any more.
 */
export async function offerUndo(context: RunContext, act: Undoable): Promise<void> {
  const { approver, desk, clock } = context;
  if (!approver.offerUndo) return;
  const offer: UndoOffer = {
    run: context.binding.run,
    step: pathOf(context, act.step),
    title: titleOf(act.step),
    call: act.call,
    undo: { tool: act.undo.name.value, arguments: act.arguments },
    people: act.people,
    until: act.until === null ? null : new Date(act.until).toISOString(),
    windowMs: act.until === null ? null : act.until - clock.now(),
  };
  const answer = answered(() => approver.offerUndo?.(offer, desk.signal));
  if (!(answer instanceof Promise)) {
    if (answer) await takeBack(context, act, answer);
    return;
  }
  desk.later(answer, (given) => takeBack(context, act, given));
}

function answered(
  ask: () => UndoAnswer | undefined | Promise<UndoAnswer | undefined>,
): UndoAnswer | undefined | Promise<UndoAnswer | undefined> {
  try {
    const answer = ask();
    return answer instanceof Promise ? answer.catch(() => undefined) : answer;
  } catch {
    return undefined;
  }
}

export type TakeBackContext = Pick<
  RunContext,
  'loaded' | 'prefix' | 'journal' | 'schemas' | 'enforcer' | 'cancel' | 'apply' | 'state' | 'binding' | 'nextCallId'
> & { readonly approver: Pick<RunContext['approver'], 'how'> };

/** Takes an act back as a person asks for it, by the same way as any call: decided, permitted, written, executed. */
export async function takeBack(
  context: TakeBackContext,
  {
    step,
    call: act,
    arguments: args,
    undo,
    people,
    until,
  }: Pick<Undoable, 'step' | 'call' | 'arguments' | 'undo' | 'people' | 'until'>,
  answer: UndoAnswer,
): Promise<'undone' | 'failed' | 'denied'> {
  const { loaded, journal, schemas, enforcer, cancel, apply } = context;
  const path = pathOf(context, step);
  const by: Actor = { kind: 'human', id: wellFormed(answer.as), how: context.approver.how };
  const call = newCall(context.nextCallId(), undo.name.value, undo, args, context.binding);
  await journal.write('proposed', path, by, { call, untrusted: [] });
  const target = taggedTarget(undo, args);
  const { decision, permit } = await enforcer.authorize(
    {
      call,
      tool: undo,
      step: {
        id: path,
        kind: 'action',
        grants: [undo.name.value],
        argumentsProblem: schemas.problem(undo.input, args),
        where: { kind: 'none' },
        calls: 0,
        maxCalls: null,
        told: people,
        undoProblem: null,
      },
      effective: effectiveAutonomy(step, undo, loaded, target),
      policy: loaded.policy,
      approvals: [],
      asked: { kind: 'cannot' },
      // What people take back is not the playbook's spending.
      budgetExceeded: null,
      undo: { by: answer.as, people, until, done: context.state().undone.has(act.id) },
    },
    null,
  );
  const record = (executed: boolean, rule: string, simulated: boolean): void =>
    apply({
      kind: 'acted',
      act: {
        step: path,
        tool: call.tool,
        effect: call.effect,
        target: call.target,
        decision: executed ? 'allowed' : 'denied',
        rule,
        approvedBy: executed ? [answer.as] : [],
        simulated,
        executed,
      },
    });
  if (permit === undefined) {
    record(false, decision.rule, false);
    return 'denied';
  }
  // Before the effect: a second person must not take back what is being taken back.
  apply({ kind: 'undone', call: act.id });
  const execution = await enforcer.execute(permit, call, by, cancel);
  if (execution.kind === 'refused') {
    record(false, execution.rule, false);
    return 'denied';
  }
  record(true, decision.rule, execution.simulated);
  await journal.write('undone', path, by, {
    call: act.id,
    by: call.id,
    ok: execution.ok,
    reason: wellFormed(answer.reason),
  });
  if (execution.ok) apply({ kind: 'taken-back', call: act.id });
  return execution.ok ? 'undone' : 'failed';
}
