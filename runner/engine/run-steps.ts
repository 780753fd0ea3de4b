import type { Handler, IfStep, Step, StopStep, SwitchStep } from '../../language/model/playbook.js';
import type { Json, SourcePlace } from '../protocol/trace.js';
import { runAction } from './action.js';
import { runAgent } from './agent.js';
import { ENGINE, type RunContext } from './context.js';
import { CANCELLED, describeHandler, type Ending, failed, type Left, ok, type Unsuccessful } from './ending.js';
import { runGate } from './gate.js';
import { runManual } from './manual.js';
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
    if (context.signal.aborted) return endingOf(CANCELLED);
    const ending = await runStep(context, step, because);
    if (ending) return ending;
  }
  return undefined;
}

async function runStep(context: RunContext, step: Step, because: string): Promise<Ending | undefined> {
  const { journal, loaded } = context;
  const id = step.id.value;
  const place: SourcePlace = context.placeOf(loaded.uri, step.id.range) ?? { file: loaded.uri, line: 0, character: 0 };
  const guard = guardOf(context, step);
  if (guard.kind === 'closed') {
    await journal.write('step.skipped', id, ENGINE, { kind: step.kind, because: guard.because, place });
    context.apply({ kind: 'step-ended', step: id, result: { outcome: 'skipped', output: undefined } });
    return undefined;
  }
  await journal.write('step.entered', id, ENGINE, {
    kind: step.kind,
    title: titleOf(step),
    because: [because, guard.kind === 'open' ? guard.because : ''].filter((part) => part !== '').join('; '),
    place,
  });
  const left = guard.kind === 'unknown' ? failed(guard.because) : await runBody(context, step);
  const handling = 'error' in left ? handlerOf(step, left) : undefined;
  const output = 'output' in left ? left.output : undefined;
  context.apply({ kind: 'step-ended', step: id, result: { outcome: left.outcome, output } });
  await journal.write('step.left', id, ENGINE, {
    outcome: left.outcome,
    output: output ?? null,
    error: 'error' in left ? left.error : null,
    handler: handling ? describeHandler(handling.key, handling.handler) : null,
  });
  if (left.outcome === 'stopped') return left.ending;
  return 'error' in left && handling ? handle(context, id, left, handling.handler) : undefined;
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
    case 'parallel':
    case 'call':
      return Promise.resolve(failed(`A step of kind "${step.kind}" cannot be run yet.`));
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
  return branch(
    context,
    step,
    text,
    result.value,
    result.value ? 'then' : 'else',
    result.value ? step.then : step.else,
  );
}

async function runSwitch(context: RunContext, step: SwitchStep): Promise<Left> {
  if (!step.on) return failed('What it switches on cannot be read.');
  const text = step.on.parsed.text.trim();
  const result = evaluate(context, step.on);
  if (!result.ok) return failed(`"${text}" has no value: ${result.reason}`);
  const found = step.cases.find((candidate) => candidate.value.value === result.value);
  if (found) return branch(context, step, text, result.value, String(found.value.value), found.steps);
  if (step.default) return branch(context, step, text, result.value, 'default', step.default);
  return failed(`"${text}" is ${JSON.stringify(result.value)}, for which there is no case and no default.`);
}

async function branch(
  context: RunContext,
  step: Step,
  expression: string,
  value: Json,
  taken: string,
  steps: readonly Step[],
): Promise<Left> {
  await context.journal.write('branch', step.id.value, ENGINE, { expression, value, taken });
  const ending = await runSteps(context, steps, `"${expression}" is ${JSON.stringify(value)}`);
  return ending ? { outcome: 'stopped', ending } : ok(undefined);
}

async function runStop(context: RunContext, step: StopStep): Promise<Left> {
  const reason = step.reason ? fillText(context, step.reason) : undefined;
  const verdict = step.verdict ? evaluate(context, step.verdict) : undefined;
  // A run that is to end ends, whether or not its reason can be put into words.
  const words = reason?.ok ? reason.text : `The run ended at "${step.id.value}".`;
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

function endingOf(left: typeof CANCELLED): Ending {
  return left.ending;
}
