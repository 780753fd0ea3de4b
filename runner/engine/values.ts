import type { EvaluationResult } from '../../language/expressions/evaluate.js';
import type { Expression, Template } from '../../language/expressions/expression.js';
import { evaluateTemplate } from '../../language/expressions/template.js';
import type { Json } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import { type RunContext, resultsOf } from './context.js';

type Variables = { readonly [name: string]: Json };

/**
 * What expressions see now: the alert, what the playbook is given, how the steps so far ended and what they returned, and
 * the items of the loops around.
 */
export function variables(context: RunContext, extra: Variables = {}): Variables {
  const steps: { [id: string]: Json } = Object.create(null);
  for (const [id, { outcome, output }] of resultsOf(context)) {
    steps[id] = output === undefined ? { outcome } : { outcome, output };
  }
  const { alert, inputs, items, loaded } = context;
  return {
    alert,
    steps,
    ...(inputs === undefined ? {} : { inputs }),
    ...(loaded.context.size === 0 ? {} : { context: Object.fromEntries(loaded.context) }),
    ...items,
    ...extra,
  };
}

/** The value of an expression now. */
export function evaluate(context: RunContext, expression: Expression, extra?: Variables): EvaluationResult {
  return plain(context.evaluator.evaluate(expression.parsed, variables(context, extra)));
}

/** The value of a template now. */
export function fill(context: RunContext, template: Template): EvaluationResult {
  return plain(evaluateTemplate(template, variables(context), context.evaluator));
}

/** The text of a template now. */
export function fillText(
  context: RunContext,
  template: Template,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const result = fill(context, template);
  if (!result.ok) return result;
  return { ok: true, text: typeof result.value === 'string' ? result.value : JSON.stringify(result.value) };
}

function plain(result: EvaluationResult): EvaluationResult {
  return result.ok ? { ok: true, value: plainJson(result.value) } : result;
}
