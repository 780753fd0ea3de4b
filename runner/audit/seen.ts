import { createEvaluator } from '../../language/expressions/evaluate.js';
import type { Expression } from '../../language/expressions/expression.js';
import { alertValue } from '../../language/model/entities.js';
import { allSteps, childLists, type ForEachStep, type Step } from '../../language/model/playbook.js';
import type { Json, JsonObject, TraceLine } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import { type AuditedPlaybook, type Place, placeOf } from './place.js';

/** What expressions saw when a call was made, put together again from the lines before it. */
export interface Seen {
  add(line: TraceLine): void;
  /** Whether `where` holds for the arguments at a place; everything but `true` is no. */
  holds(where: Expression, place: Place, args: JsonObject): boolean;
}

export function seenBy(root: AuditedPlaybook, alert: Json, inputs: JsonObject | undefined): Seen {
  const evaluator = createEvaluator();
  const known = plainJson(alertValue(alert));
  /** By prefix: how its steps ended and what they returned. */
  const results = new Map<string, Map<string, Json>>();
  const inputsOf = new Map<string, JsonObject>(inputs === undefined ? [] : [['', inputs]]);
  /** By path of a loop: the item it is at. */
  const items = new Map<string, Json>();

  const resultsAt = (prefix: string): Map<string, Json> => {
    const found = results.get(prefix) ?? new Map();
    results.set(prefix, found);
    return found;
  };

  return {
    add(line) {
      const { step: path } = line;
      if (path === null) return;
      const cut = path.lastIndexOf('/') + 1;
      const prefix = path.slice(0, cut);
      switch (line.event) {
        case 'step.left':
          resultsAt(prefix).set(path.slice(cut), { outcome: line.data.outcome, output: line.data.output });
          return;
        case 'step.skipped':
          resultsAt(prefix).set(path.slice(cut), { outcome: 'skipped' });
          return;
        case 'called':
          results.set(`${path}/`, new Map());
          inputsOf.set(`${path}/`, line.data.inputs);
          return;
        case 'iteration': {
          items.set(path, line.data.item);
          const loop = placeOf(root, path)?.step;
          const body = loop?.kind === 'for-each' ? loop.steps : [];
          for (const one of allSteps(body)) resultsAt(prefix).delete(one.id.value);
          return;
        }
        default:
          return;
      }
    },
    holds(where, { step, playbook, prefix }, args) {
      const given = inputsOf.get(prefix);
      const variables: { [name: string]: Json } = {
        alert: known,
        steps: Object.fromEntries(results.get(prefix) ?? []),
        ...(given === undefined ? {} : { inputs: given }),
        ...(playbook.context.size === 0 ? {} : { context: Object.fromEntries(playbook.context) }),
      };
      for (const loop of loopsAround(playbook.playbook.steps, step) ?? []) {
        const item = items.get(prefix + loop.id.value);
        if (loop.item && item !== undefined) variables[loop.item.value] = item;
      }
      const result = evaluator.evaluate(where.parsed, { ...variables, args });
      return result.ok && result.value === true;
    },
  };
}

/** The loops in whose body a step stands; `undefined` when it is not below `steps`. */
function loopsAround(steps: readonly Step[], wanted: Step): readonly ForEachStep[] | undefined {
  for (const step of steps) {
    if (step === wanted) return [];
    for (const { edge, steps: below } of childLists(step)) {
      const found = loopsAround(below, wanted);
      if (found) return step.kind === 'for-each' && edge === 'steps' ? [step, ...found] : found;
    }
  }
  return undefined;
}
