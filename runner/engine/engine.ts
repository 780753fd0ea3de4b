import { createEvaluator } from '../../language/expressions/evaluate.js';
import { alertEntities, alertValue } from '../../language/model/entities.js';
import { newFloor } from '../deadline.js';
import { createEnforcer } from '../enforce/enforce.js';
import type { Ids } from '../ports.js';
import type { Act, OpenUndo, Review } from '../protocol/result.js';
import type { Json, JsonObject, RunOutcome, TraceEvents, Usage } from '../protocol/trace.js';
import type { ToolHost } from '../tools/port.js';
import { plainJson } from '../trace/canonical.js';
import { type BudgetScope, limitsForTrace, usageOf, withLeastLimits } from './budget.js';
import { verdictOf } from './call.js';
import { ENGINE, type RunContext } from './context.js';
import type { Ending } from './ending.js';
import type { Break } from './renew.js';
import { newTurnQueue } from './reserve.js';
import { drawBy } from './review.js';
import { runSteps } from './run-steps.js';
import { FIRST_FRAME, FIRST_STATE, NOTHING_SPENT, type RunState, reduce } from './state.js';
import { newUndoDesk } from './undo-desk.js';

/** What a run is started with. */
export interface EngineParts
  extends Pick<
    RunContext,
    | 'loaded'
    | 'evidence'
    | 'heldOut'
    | 'binding'
    | 'model'
    | 'approver'
    | 'journal'
    | 'clock'
    | 'schemas'
    | 'user'
    | 'signal'
    | 'placeOf'
  > {
  /** What the playbook's `inputs` get, fitting their schema; absent: it has none. */
  readonly inputs?: JsonObject | undefined;
  /** The alert as it came. */
  readonly alert: Json;
  readonly host: ToolHost;
  readonly ids: Ids;
  /** Why the run is to end, once somebody outside of it said so. */
  readonly stopped?: (() => string | undefined) | undefined;
  /** Paths of the steps that are drawn for review; absent: by chance. */
  readonly sampled?: ReadonlySet<string> | undefined;
  /** Whether a step was drawn, where that is settled. */
  readonly drawn?: ((step: string) => boolean | undefined) | undefined;
  /** When the run was cut off; absent: never. */
  readonly breaks?: (() => readonly Break[]) | undefined;
  /** Who had it go on; absent: nobody. */
  readonly resumers?: (() => readonly string[]) | undefined;
  readonly opened: TraceEvents['run.opened'];
}

export interface EngineResult {
  readonly outcome: RunOutcome;
  readonly verdict: Json;
  readonly reason: string;
  readonly acts: readonly Act[];
  readonly reviews: readonly Review[];
  readonly undo: readonly OpenUndo[];
  readonly usage: Usage;
}

/**
 * Runs a playbook over one alert, from `run.opened` to `run.closed`. Whatever goes wrong in the run is its outcome; it
 * rejects when the journal cannot be written, and then nothing further was done.
 */
export async function runEngine(parts: EngineParts): Promise<EngineResult> {
  const {
    loaded,
    journal,
    clock,
    binding,
    host,
    ids,
    opened,
    inputs,
    sampled,
    drawn,
    stopped,
    breaks,
    resumers,
    ...rest
  } = parts;
  const draw = drawBy(() => ids.next('draw'), sampled);
  const floor = newFloor();
  const run: BudgetScope = {
    key: 'run',
    step: null,
    limits: withLeastLimits(loaded.playbook.budget),
    startedAt: clock.monotonic(),
    standsStill: false,
  };
  let state: RunState = FIRST_STATE;
  let calls = 0;
  let keys = 0;
  const context: RunContext = {
    ...rest,
    loaded,
    journal,
    clock,
    binding,
    alert: plainJson(alertValue(parts.alert)),
    entities: alertEntities(parts.alert),
    enforcer: createEnforcer({ binding, journal, host, clock, ids, floor, ...(stopped ? { stopped } : {}) }),
    evaluator: createEvaluator(),
    floor,
    turns: newTurnQueue(),
    desk: newUndoDesk(floor),
    draw: (step, rate) => drawn?.(step) ?? draw(step, rate),
    breaks: breaks ?? (() => []),
    resumers: resumers ?? (() => []),
    cancel: parts.signal,
    prefix: '',
    callers: [],
    inputs: inputs === undefined ? undefined : plainObject(inputs),
    items: {},
    frame: FIRST_FRAME,
    within: null,
    branch: null,
    place: undefined,
    scopes: [run],
    nextCallId: () => `call-${++calls}`,
    nextKey: () => `key-${++keys}`,
    state: () => state,
    apply: (event) => {
      state = reduce(state, event);
    },
  };
  await journal.write('run.opened', null, ENGINE, { ...opened, limits: limitsForTrace(run.limits) });
  const ended = await runSteps(context, loaded.playbook.steps, '').catch((error: unknown) => {
    context.desk.withdraw();
    throw error;
  });
  await context.desk.close();
  const ending: Ending = ended ?? { outcome: 'completed', reason: 'Every step was run.', verdict: undefined };
  const verdict = verdictOf(context, ending);
  const spent = state.spent.get(run.key) ?? NOTHING_SPENT;
  const { toolCalls } = spent;
  const usage = usageOf(spent);
  const elapsedMs = clock.monotonic() - run.startedAt;
  await journal.write('budget', null, ENGINE, { scope: 'run', ...usage, toolCalls, elapsedMs, exceeded: null });
  await journal.write('run.closed', null, ENGINE, {
    outcome: ending.outcome,
    verdict,
    reason: ending.reason,
    usage,
    lines: journal.lines + 1,
  });
  const { acts, reviews, undoable: undo } = state;
  return { outcome: ending.outcome, verdict, reason: ending.reason, acts, reviews, undo, usage };
}

function plainObject(inputs: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, plainJson(value)]));
}
