import type { Expression } from '../../language/expressions/expression.js';
import { allSteps, type ForEachStep } from '../../language/model/playbook.js';
import type { Json } from '../protocol/trace.js';
import { ENGINE, inside, pathOf, type RunContext } from './context.js';
import { cancelled, failed, type Left, ok } from './ending.js';
import { runSteps } from './run-steps.js';
import { evaluate } from './values.js';

export type Items =
  | { readonly ok: true; readonly name: string; readonly items: readonly Json[]; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** The items a loop would go over with what exists now. A list longer than its `max` has none: part of it is no answer. */
export function itemsOf(context: RunContext, step: ForEachStep): Items {
  if (!step.item || !step.in) return { ok: false, reason: 'What it goes over cannot be read.' };
  const text = textOf(step.in);
  const result = evaluate(context, step.in);
  if (!result.ok) return { ok: false, reason: `"${text}" has no value: ${result.reason}` };
  if (!isList(result.value)) return { ok: false, reason: `"${text}" is no list.` };
  const { length } = result.value;
  if (!(length <= step.max)) {
    return { ok: false, reason: `"${text}" has ${length} items, and at most ${step.max} are allowed.` };
  }
  return { ok: true, name: step.item.value, items: result.value, text };
}

/** Runs the body once for each item, one after the other. What its steps return is seen in the same round only. */
export async function runForEach(context: RunContext, step: ForEachStep): Promise<Left> {
  const list = itemsOf(context, step);
  if (!list.ok) return failed(list.reason);
  const { frame } = context;
  const body = [...allSteps(step.steps)].map((one) => one.id.value);
  const of = list.items.length;
  for (const [index, item] of list.items.entries()) {
    if (context.signal.aborted) return cancelled(context.signal);
    context.apply({ kind: 'steps-cleared', frame, steps: body });
    await context.journal.write('iteration', pathOf(context, step), ENGINE, { index, of, item });
    const round = { ...inside(context, step), items: { ...context.items, [list.name]: item } };
    const ending = await runSteps(round, step.steps, `item ${index + 1} of ${of} of "${list.text}"`);
    if (ending) return { outcome: 'stopped', ending };
  }
  context.apply({ kind: 'steps-cleared', frame, steps: body });
  return ok({ count: of });
}

function textOf(expression: Expression): string {
  return expression.parsed.text.trim();
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
