import { handlerOf } from '../authority/precedence.js';
import type { Tool } from '../model/catalog.js';
import { isConsequential } from '../model/levels.js';
import { allSteps, childLists, type Playbook, type Step } from '../model/playbook.js';

/** The steps before and after a step on the ways through the playbook, in source order. */
export interface StepSurroundings {
  /** Steps that come first in the lists around it, with everything inside them. */
  readonly before: readonly Step[];
  /** Those of `before` whose result can be read: not what runs in a loop, or in one branch of several of which one suffices. */
  readonly visible: readonly Step[];
  /** Steps that follow in the lists around it, with everything inside them. */
  readonly after: readonly Step[];
}

/** What runs before and after the innermost step at `offset`; other branches are neither. */
export function surroundingsOf(playbook: Playbook, offset: number): StepSurroundings {
  // A half-typed step may end before the cursor: at the top level the last one begun counts.
  const index = playbook.steps.findLastIndex((step) => step.node.range.start <= offset);
  return around(playbook.steps, index, offset) ?? { ...earlier(playbook.steps), after: [] };
}

function around(steps: readonly Step[], index: number, offset: number): StepSurroundings | undefined {
  const step = steps[index];
  if (!step) return undefined;
  const { before, visible } = earlier(steps.slice(0, index));
  const after = [...allSteps(steps.slice(index + 1))];
  for (const list of childLists(step)) {
    const inner = list.steps.findIndex(({ node: { range } }) => range.start <= offset && offset <= range.end);
    const inside = around(list.steps, inner, offset);
    if (!inside) continue;
    return {
      before: [...before, step, ...inside.before],
      visible: [...visible, step, ...inside.visible],
      after: [...inside.after, ...after],
    };
  }
  return { before, visible, after };
}

function earlier(steps: readonly Step[]): Pick<StepSurroundings, 'before' | 'visible'> {
  return { before: [...allSteps(steps)], visible: [...visibleOf(steps)] };
}

/** Steps whose results are there behind a list of steps; see the rule `step-not-yet-run`. */
function* visibleOf(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const list of childLists(step)) {
      const hidden = step.kind === 'for-each' || (step.kind === 'parallel' && step.join.value === 'any');
      if (!hidden || handlerOf(step, list.steps)) yield* visibleOf(list.steps);
    }
  }
}

/** Whether a step can do something that needs authority. A tool no catalog knows counts. */
export function isConsequentialStep(step: Step, tools: ReadonlyMap<string, Tool>): boolean {
  const acts = (tool: string): boolean => isConsequential(tools.get(tool)?.effect);
  if (step.kind === 'action') return acts(step.tool.value);
  return step.kind === 'agent' && step.tools.some((grant) => acts(grant.tool.value));
}
