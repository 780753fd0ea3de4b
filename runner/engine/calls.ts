import { nameOf, originOf } from '../../language/authority/trust.js';
import type { Expression } from '../../language/expressions/expression.js';
import type { Tool } from '../../language/model/catalog.js';
import type { ActionStep } from '../../language/model/playbook.js';
import { newCall } from '../decide/call.js';
import type { WhereResult } from '../decide/decide.js';
import type { Call, Json, JsonObject } from '../protocol/trace.js';
import type { RunContext } from './context.js';
import { evaluate, fill } from './values.js';

export type ResolvedCall =
  | { readonly ok: true; readonly call: Call; readonly tool: Tool | undefined }
  | { readonly ok: false; readonly reason: string };

/** The call an action would make with what exists now. The same digest means: the same call. */
export function resolveCall(context: RunContext, step: ActionStep, id: string): ResolvedCall {
  const args: { [name: string]: Json } = Object.create(null);
  for (const argument of step.with) {
    const value = fill(context, argument.value);
    if (!value.ok) {
      return {
        ok: false,
        reason: `The argument "${argument.name.value}" of ${step.tool.value} has no value: ${value.reason}`,
      };
    }
    args[argument.name.value] = value.value;
  }
  const tool = context.loaded.tools.get(step.tool.value);
  return { ok: true, call: newCall(id, step.tool.value, tool, args, context.binding), tool };
}

/** Whether the arguments lie within the declared bounds. Anything but `true` is outside. */
export function checkWhere(context: RunContext, where: Expression | undefined, args: JsonObject): WhereResult {
  if (where === undefined) return { kind: 'none' };
  const text = where.parsed.text.trim();
  const result = evaluate(context, where, { args });
  if (!result.ok)
    return { kind: 'unmet', reason: `"${text}" cannot be evaluated: ${result.reason.replace(/\.$/, '')}` };
  return result.value === true ? { kind: 'met' } : { kind: 'unmet', reason: `"${text}" does not hold for this call` };
}

/** Names of the untrusted values that reach the arguments of an action. */
export function untrustedInputs({ loaded }: RunContext, step: ActionStep): readonly string[] {
  const names = new Set<string>();
  for (const site of loaded.sites) {
    if (site.step !== step || site.slot !== 'argument') continue;
    for (const reference of site.checked.references) {
      // The organization's context is trusted data.
      if (reference.path[0]?.name === 'context' && loaded.context.size > 0) continue;
      const origin = originOf(reference, loaded.stepOf);
      if (origin === 'untrusted' || origin === 'entities') names.add(nameOf(reference));
    }
  }
  return [...names];
}
