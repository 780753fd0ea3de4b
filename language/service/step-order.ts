import type { Tool } from '../model/catalog.js';
import { isConsequential } from '../model/levels.js';
import { allSteps, childLists, type Playbook, type Step } from '../model/playbook.js';

/** The steps before and after a step on the ways through the playbook, in source order. */
export interface StepSurroundings {
  /** Steps that come first in the lists around it, with everything inside them. */
  readonly before: readonly Step[];
  /** Steps that follow in the lists around it, with everything inside them. */
  readonly after: readonly Step[];
}

/** What runs before and after the innermost step at `offset`; other branches are neither. */
export function surroundingsOf(playbook: Playbook, offset: number): StepSurroundings {
  // A half-typed step may end before the cursor: at the top level the last one begun counts.
  const index = playbook.steps.findLastIndex((step) => step.node.range.start <= offset);
  return around(playbook.steps, index, offset) ?? { before: [...allSteps(playbook.steps)], after: [] };
}

function around(steps: readonly Step[], index: number, offset: number): StepSurroundings | undefined {
  const step = steps[index];
  if (!step) return undefined;
  const before = [...allSteps(steps.slice(0, index))];
  const after = [...allSteps(steps.slice(index + 1))];
  for (const list of childLists(step)) {
    const inner = list.steps.findIndex(({ node: { range } }) => range.start <= offset && offset <= range.end);
    const inside = around(list.steps, inner, offset);
    if (inside) return { before: [...before, step, ...inside.before], after: [...inside.after, ...after] };
  }
  return { before, after };
}

/** Whether a step can do something that needs authority. A tool no catalog knows counts. */
export function isConsequentialStep(step: Step, tools: ReadonlyMap<string, Tool>): boolean {
  const acts = (tool: string): boolean => isConsequential(tools.get(tool)?.effect);
  if (step.kind === 'action') return acts(step.tool.value);
  return step.kind === 'agent' && step.tools.some((grant) => acts(grant.tool.value));
}
