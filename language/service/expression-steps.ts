import { itemRead } from '../authority/reads.js';
import type { LoadedPlaybook } from '../load.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Range } from '../syntax/tree.js';
import type { Occurrence } from './occurrences.js';

/** Every `steps.<id>` in the expressions of a playbook, with where the id stands in the file. */
export function stepReferences({ sites, text }: LoadedPlaybook): { readonly name: string; readonly range: Range }[] {
  const found: { name: string; range: Range }[] = [];
  for (const { expression, checked } of sites) {
    for (const { path } of checked.references) {
      const [root, step] = path;
      if (root?.name !== 'steps' || !step) continue;
      const range = sourceRange(expression.node, text, expression.offset + step.start, expression.offset + step.end);
      found.push({ name: step.name, range });
    }
  }
  return found;
}

/** Every item of a loop, input and name of the organization's context that the expressions of a playbook read. */
export function variableReferences({ sites, text, flow }: LoadedPlaybook): Occurrence[] {
  const found: Occurrence[] = [];
  for (const { step, expression, checked } of sites) {
    const loops = (step && flow.structure.placeOf.get(step)?.loops) ?? [];
    for (const reference of checked.references) {
      const [root, member] = reference.path;
      const loop = itemRead(reference, loops);
      const kind = root?.name === 'inputs' ? 'input' : root?.name === 'context' ? 'context' : undefined;
      const word = loop ? root : kind ? member : undefined;
      if (!word) continue;
      const range = sourceRange(expression.node, text, expression.offset + word.start, expression.offset + word.end);
      found.push({
        kind: loop ? 'item' : (kind ?? 'item'),
        name: loop ? loop.id.value : word.name,
        range,
        declares: false,
      });
    }
  }
  return found;
}
