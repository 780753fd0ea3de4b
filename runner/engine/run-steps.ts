import type { Handler, IfStep, Step, StepKind, StopStep, SwitchStep } from '../../language/model/playbook.js';
import type { Json, SourcePlace } from '../protocol/trace.js';
import { runAction } from './action.js';
import { runAgent } from './agent.js';
import { NO_LIMITS } from './budget.js';
import { runCall } from './call.js';
import { ENGINE, inside, pathOf, type RunContext } from './context.js';
import { cancelled, describeHandler, type Ending, failed, type Left, ok, type Unsuccessful } from './ending.js';
import { runGate } from './gate.js';
import { runForEach } from './loop.js';
import { runManual } from './manual.js';
import { runParallel } from './parallel.js';
import { titleOf } from './people.js';
import { evaluate, fillText } from './values.js';

/**
 * Runs steps from top to bottom.
 * @param because why the first of them is entered, for the trace; empty when it is simply next
 * @returns how the run ends, `undefined` when it goes on after the last step
 */
export async function runSteps(
  context: RunContext,
  steps: readonly Step[],
  because: string,
): Promise<Ending | undefined> {
  for (const step of steps) {
    if (context.signal.aborted) return cancelled(context.signal).ending;
    const ending = await runStep(context, step, because);
    if (ending) return ending;
  }
  return undefined;
}

async function runStep(context: RunContext, step: Step, because: string): Promise<Ending | undefined> {
  const { journal, loaded, frame, within, branch } = context;
  const id = pathOf(context, step);
  const where = { ...(within === null ? {} : { within }), ...(branch === null ? {} : { branch }) };
  const place: SourcePlace = context.placeOf(loaded.uri, step.id.range) ?? { file: loaded.uri, line: 0, character: 0 };
  const guard = guardOf(context, step);
  if (guard.kind === 'closed') {
    await journal.write('step.skipped', id, ENGINE, { kind: step.kind, because: guard.because, place, ...where });
    context.apply({
      kind: 'step-ended',
      frame,
      step: step.id.value,
      result: { outcome: 'skipped', output: undefined },
    });
    return undefined;
  }
  await journal.write('step.entered', id, ENGINE, {
    kind: step.kind,
    title: titleOf(step),
    because: [because, guard.kind === 'open' ? guard.because : ''].filter((part) => part !== '').join('; '),
    place,
    ...where,
  });
  const bounded = timed(context, step);
  const left = guard.kind === 'unknown' ? failed(guard.because) : await runBody(bounded, step);
  const [own] = bounded.scopes;
  if (bounded !== context && own) context.apply({ kind: 'scopes-ended', scopes: [own.key] });
  const handling = 'error' in left ? handlerOf(step, left) : undefined;
  const output = 'output' in left ? left.output : undefined;
  context.apply({ kind: 'step-ended', frame, step: step.id.value, result: { outcome: left.outcome, output } });
  await journal.write('step.left', id, ENGINE, {
    outcome: left.outcome,
    output: output ?? null,
    error: errorOf(left),
    handler: handling ? describeHandler(handling.key, handling.handler) : null,
  });
  if (left.outcome === 'stopped') return left.ending;
  return 'error' in left && handling ? handle(context, id, left, handling.handler) : undefined;
}

/** What went wrong; for a step that was cut short, what cut it short. */
function errorOf(left: Left): string | null {
  if ('error' in left) return left.error;
  return left.outcome === 'stopped' && left.ending.outcome === 'cancelled' ? left.ending.reason : null;
}

type Guard = { readonly kind: 'none' } | { readonly kind: 'open' | 'closed' | 'unknown'; readonly because: string };

function guardOf(context: RunContext, { when }: Step): Guard {
  if (when === undefined) return { kind: 'none' };
  const text = when.parsed.text.trim();
  const result = evaluate(context, when);
  if (!result.ok)
    return {
      kind: 'unknown',
      because: `Whether it runs cannot be told, because "${text}" has no value: ${result.reason}`,
    };
  if (result.value === true) return { kind: 'open', because: `"${text}" is true` };
  if (result.value === false) return { kind: 'closed', because: `"${text}" is false` };
  return { kind: 'unknown', because: `Whether it runs cannot be told, because "${text}" is neither true nor false.` };
}

/** A step that holds others bounds them with its `timeout`; the rest see to theirs themselves. */
function timed(context: RunContext, step: Step): RunContext {
  const { clock, scopes } = context;
  if (!step.timeout || !HOLDING.has(step.kind)) return context;
  const limits = { ...NO_LIMITS, time: step.timeout.value };
  const scope = {
    key: context.nextKey(),
    step: pathOf(context, step),
    limits,
    startedAt: clock.monotonic(),
    standsStill: true,
  } as const;
  return { ...context, scopes: [scope, ...scopes] };
}

const HOLDING: ReadonlySet<StepKind> = new Set(['if', 'switch', 'for-each', 'parallel', 'call']);

function runBody(context: RunContext, step: Step): Promise<Left> {
  switch (step.kind) {
    case 'action':
      return runAction(context, step);
    case 'agent':
      return runAgent(context, step);
    case 'gate':
      return runGate(context, step);
    case 'manual':
      return runManual(context, step);
    case 'if':
      return runIf(context, step);
    case 'switch':
      return runSwitch(context, step);
    case 'for-each':
      return runForEach(context, step);
    case 'parallel':
      return runParallel(context, step);
    case 'call':
      return runCall(context, step);
    case 'stop':
      return runStop(context, step);
  }
}

async function runIf(context: RunContext, step: IfStep): Promise<Left> {
  if (!step.condition) return failed('Its condition cannot be read.');
  const text = step.condition.parsed.text.trim();
  const result = evaluate(context, step.condition);
  if (!result.ok) return failed(`"${text}" has no value: ${result.reason}`);
  if (typeof result.value !== 'boolean') return failed(`"${text}" is neither true nor false.`);
  return take(context, step, text, result.value, result.value ? 'then' : 'else', result.value ? step.then : step.else);
}

async function runSwitch(context: RunContext, step: SwitchStep): Promise<Left> {
  if (!step.on) return failed('What it switches on cannot be read.');
  const text = step.on.parsed.text.trim();
  const result = evaluate(context, step.on);
  if (!result.ok) return failed(`"${text}" has no value: ${result.reason}`);
  const found = step.cases.find((candidate) => candidate.value.value === result.value);
  if (found) return take(context, step, text, result.value, String(found.value.value), found.steps);
  if (step.default) return take(context, step, text, result.value, 'default', step.default);
  return failed(`"${text}" is ${JSON.stringify(result.value)}, for which there is no case and no default.`);
}

async function take(
  context: RunContext,
  step: Step,
  expression: string,
  value: Json,
  taken: string,
  steps: readonly Step[],
): Promise<Left> {
  await context.journal.write('branch', pathOf(context, step), ENGINE, { expression, value, taken });
  const ending = await runSteps(inside(context, step), steps, `"${expression}" is ${JSON.stringify(value)}`);
  return ending ? { outcome: 'stopped', ending } : ok(undefined);
}

async function runStop(context: RunContext, step: StopStep): Promise<Left> {
  const reason = step.reason ? fillText(context, step.reason) : undefined;
  const verdict = step.verdict ? evaluate(context, step.verdict) : undefined;
  // A run that is to end ends, whether or not its reason can be put into words.
  const words = reason?.ok ? reason.text : `The run ended at "${pathOf(context, step)}".`;
  return {
    outcome: 'stopped',
    ending: { outcome: step.outcome.value, reason: words, verdict: verdict?.ok ? verdict.value : undefined },
  };
}

function handlerOf(step: Step, { outcome }: Unsuccessful): { readonly key: string; readonly handler: Handler } {
  if (step.kind === 'gate' && outcome === 'rejected') return { key: 'on-reject', handler: step.onReject };
  if (step.kind === 'gate' && outcome === 'timed-out') return { key: 'on-timeout', handler: step.onTimeout };
  return { key: 'on-error', handler: step.onError };
}

async function handle(
  context: RunContext,
  id: string,
  left: Unsuccessful,
  handler: Handler,
): Promise<Ending | undefined> {
  const ending = await runSteps(context, handler.steps, `"${id}" ended ${left.outcome}`);
  if (ending) return ending;
  if (handler.then === 'continue') return undefined;
  const outcome = handler.steps.length > 0 ? 'stopped' : left.ends;
  return { outcome, reason: `"${id}" ended ${left.outcome}: ${left.error}`, verdict: undefined };
}
