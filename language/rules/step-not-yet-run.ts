import { hiddenBy, type Order, orderOf } from '../authority/precedence.js';
import { problemRange } from '../expressions/template.js';
import type { Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { Range } from '../syntax/tree.js';
import { type PlaybookRule, report } from './rule.js';

export const stepNotYetRun: PlaybookRule = {
  name: 'step-not-yet-run',
  group: 'structure',
  severity: 'error',
  partial: false,
  what: 'An expression reads the result of a step that can only run later, or whose result cannot be seen from there.',
  why: 'There is no result to read, or not one of which it is certain that it is there: the step fails at run time, in the middle of an attack. What runs in a loop is seen in the same round only; what runs on a parallel branch not on another, and after `parallel: any` not at all.',
  fix: 'Move the step that produces the value before the one that reads it.',
  failing: {
    kind: 'steps',
    text: `  - id: decide
    if: steps.«reputation».output.score > 80
    then:
      - id: finish
        stop: { outcome: escalated, reason: Bad domain }
  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: decide
    if: steps.reputation.output.score > 80
    then:
      - id: finish
        stop: { outcome: escalated, reason: Bad domain }
`,
  },
  *check({ sites, stepOf, places, text, uri }): Generator<Problem> {
    for (const site of sites) {
      for (const reference of site.checked.references) {
        const [variable, id] = reference.path;
        const producer = variable?.name === 'steps' && id ? stepOf.get(id.name) : undefined;
        if (!id || !producer) continue;
        const order = site.step ? orderOf(places, producer, site.step) : 'before';
        const range = (): Range => problemRange(site.expression, id.start, id.end, text);
        if (order !== 'before') {
          yield report(this, range(), outOfOrder(order, id.name));
          continue;
        }
        const hider = hiddenBy(places, producer, site.step);
        // What the run concluded is worked out where it ends, which may be before a branch has ended.
        if (!hider || (hider.kind === 'parallel' && !site.step)) continue;
        yield report(this, range(), hidden(hider, id.name), {
          related: [{ uri, range: hider.id.range, message: `"${hider.id.value}" is around "${id.name}".` }],
        });
      }
    }
  },
};

function outOfOrder(order: Exclude<Order, 'before'>, id: string): string {
  switch (order) {
    case 'same':
      return `"${id}" is this very step: its result does not exist yet. Read an earlier step’s.`;
    case 'inside':
      return `"${id}" is still running here, so it has no result yet. Read it in a step after "${id}".`;
    case 'exclusive':
      return `"${id}" is on another branch, which does not run when this one does: there is no result to read here. Move "${id}" before the branches, or read another step’s result.`;
    case 'apart':
      return `"${id}" runs beside this step, on another branch: it may not have ended, so its result cannot be read here. Read it after the parallel step, or move "${id}" to this branch.`;
    case 'ended':
    case 'later':
      return `"${id}" never runs before this: there is no result to read here. Move "${id}" up, or read another step’s result.`;
  }
}

function hidden(hider: Step, id: string): string {
  return hider.kind === 'for-each'
    ? `"${id}" runs once for each item of "${hider.id.value}", so behind the loop there is no one result of it. Read it in the body of the loop; "steps.${hider.id.value}.output.count" is how many items there were.`
    : `"${hider.id.value}" goes on when its first branch has ended, so it is never certain that "${id}" has run. Make it "parallel: all", or read the result in the same branch.`;
}
