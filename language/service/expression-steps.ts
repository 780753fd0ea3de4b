import type { LoadedPlaybook } from '../load.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Range } from '../syntax/tree.js';

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
