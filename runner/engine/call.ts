import type { Limit } from '../../language/authority/effective-autonomy.js';
import { resolveReference } from '../../language/host.js';
import type { CallStep } from '../../language/model/playbook.js';
import type { Json, JsonObject } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import type { BudgetScope } from './budget.js';
import { ENGINE, type EnginePlaybook, inside, pathOf, type RunContext } from './context.js';
import { type Ending, failed, type Left, ok } from './ending.js';
import { runSteps } from './run-steps.js';
import { evaluate, fill } from './values.js';

/** Playbooks nested deeper than this are not run: nobody could follow what they do. */
const MAX_CALL_DEPTH = 8;

/**
 * Runs another playbook over the same alert, with steps, inputs and approvals of its own. It is held to the caller's
 * policy and to the least of what both allow; `stop` in it ends it and not the run.
 */
export async function runCall(context: RunContext, step: CallStep): Promise<Left> {
  const callee = calleeOf(context, step);
  if (!callee.ok) return failed(callee.reason);
  const inputs = inputsFor(context, step, callee.loaded);
  if (!inputs.ok) return failed(inputs.reason);

  const path = pathOf(context, step);
  const { loaded } = callee;
  const { playbook } = loaded;
  const frame = context.nextKey();
  const within: RunContext = {
    ...inside(context, step),
    loaded,
    prefix: `${path}/`,
    callers: [...context.callers, context.loaded.uri],
    inputs: inputs.value,
    items: {},
    frame,
    scopes: playbook.budget ? [scopeOf(context, path, playbook.budget), ...context.scopes] : context.scopes,
  };
  await context.journal.write('called', path, ENGINE, {
    playbook: playbook.id?.value ?? '',
    version: playbook.version?.value ?? '',
    file: context.placeOf(loaded.uri, { start: 0, end: 0 })?.file ?? loaded.uri,
    inputs: inputs.value ?? {},
  });
  context.apply({ kind: 'frame-opened', frame, from: null });
  context.apply({ kind: 'playbook-crossed', prefix: within.prefix });
  const ended = await runSteps(within, playbook.steps, '');
  const ending: Ending = ended ?? { outcome: 'completed', reason: 'Every step was run.', verdict: undefined };
  const verdict = verdictOf(within, ending);
  const [own] = within.scopes;
  if (playbook.budget && own) context.apply({ kind: 'scopes-ended', scopes: [own.key] });
  context.apply({ kind: 'playbook-crossed', prefix: within.prefix });
  context.apply({ kind: 'frame-closed', frame });
  return leftBy(ending, verdict, playbook.id?.value ?? step.target.value);
}

/** The verdict a playbook ended with; `null` where none can be told. */
export function verdictOf(context: RunContext, { verdict }: Ending): Json {
  if (verdict !== undefined) return verdict;
  const expression = context.loaded.playbook.verdict;
  const result = expression && evaluate(context, expression);
  return result?.ok ? result.value : null;
}

function leftBy(ending: Ending, verdict: Json, name: string): Left {
  const { outcome, reason } = ending;
  if (ending.wholeRun) return { outcome: 'stopped', ending };
  switch (outcome) {
    case 'completed':
    case 'escalated':
      return ok({ outcome, verdict });
    case 'cancelled':
      return { outcome: 'stopped', ending };
    case 'stopped':
    case 'denied':
    case 'failed':
      return { outcome: 'failed', error: `"${name}" ended ${outcome}: ${reason}`, ends: outcome };
  }
}

/** The playbook a step of `loaded` calls, under the caller's policy and limits, as it is while it runs. */
export function calledBy(loaded: EnginePlaybook, prefix: string, step: CallStep): EnginePlaybook | undefined {
  const callee = loaded.calls.get(step)?.loaded;
  const { policy, breaker } = loaded;
  return callee && { ...callee, policy, breaker, limits: limitsAt({ loaded, prefix }, step) };
}

type Found = { readonly ok: true; readonly loaded: EnginePlaybook } | { readonly ok: false; readonly reason: string };

/** The playbook a step names, under the caller's policy and limits. */
function calleeOf(context: RunContext, step: CallStep): Found {
  const { loaded, callers } = context;
  const name = step.target.value;
  const callee = loaded.calls.get(step);
  if (!callee || callee.fault === 'missing') return no(`There is no playbook "${name}" to run.`);
  if (callee.fault === 'broken') return no(`"${name}" has errors, so it is not run.`);
  if (callee.fault === 'recursive' || callers.includes(callee.uri) || loaded.uri === callee.uri) {
    return no(`"${name}" leads back to a playbook that calls it, so it is not run.`);
  }
  if (!callee.loaded) return no(`"${name}" could not be read, so it is not run.`);
  if (callers.length >= MAX_CALL_DEPTH) {
    return no(`"${name}" would be called ${callers.length + 1} deep; at most ${MAX_CALL_DEPTH} are run.`);
  }
  const { playbook } = callee.loaded;
  const policy = playbook.policy && resolveReference(callee.uri, playbook.policy.value);
  if (policy !== undefined && policy !== loaded.policy?.uri) {
    return no(
      `"${name}" names another policy than this playbook. A run has one policy, so what is called must name the same one or none.`,
    );
  }
  return { ok: true, loaded: calledBy(loaded, context.prefix, step) ?? callee.loaded };
}

/** What bounds the called playbook from outside: the call, the calling playbook, and whatever calls that. */
function limitsAt({ loaded, prefix }: Pick<RunContext, 'loaded' | 'prefix'>, step: CallStep): readonly Limit[] {
  const own = loaded.playbook.autonomy;
  const at = (level: NonNullable<typeof own>, by: string): Limit => ({
    level: level.value,
    by,
    uri: loaded.uri,
    range: level.range,
  });
  return [
    ...(step.autonomy ? [at(step.autonomy, `the limit of the call "${prefix}${step.id.value}"`)] : []),
    ...(own ? [at(own, 'the limit of the calling playbook')] : []),
    ...(loaded.limits ?? []),
  ];
}

function inputsFor(
  context: RunContext,
  step: CallStep,
  { playbook }: EnginePlaybook,
): { readonly ok: true; readonly value: JsonObject | undefined } | { readonly ok: false; readonly reason: string } {
  const given: { [name: string]: Json } = Object.create(null);
  for (const argument of step.with) {
    const value = fill(context, argument.value);
    if (!value.ok) return no(`The input "${argument.name.value}" has no value: ${value.reason}`);
    given[argument.name.value] = value.value;
  }
  if (playbook.inputs === undefined) {
    return step.with.length === 0
      ? { ok: true, value: undefined }
      : no(`"${step.target.value}" takes no inputs, and is given ${Object.keys(given).join(', ')}.`);
  }
  const value = plainJson(given);
  const problem = context.schemas.problem(playbook.inputs, value);
  if (problem !== null) return no(`What "${step.target.value}" is given does not fit its inputs: ${problem}.`);
  return { ok: true, value: given };
}

function scopeOf(context: RunContext, path: string, limits: BudgetScope['limits']): BudgetScope {
  return { key: context.nextKey(), step: path, limits, startedAt: context.clock.monotonic(), standsStill: false };
}

function no(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
