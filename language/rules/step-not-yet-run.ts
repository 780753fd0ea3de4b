import { reachableFrom } from '../authority/graph.js';
import { problemRange } from '../expressions/template.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const stepNotYetRun: PlaybookRule = {
  name: 'step-not-yet-run',
  group: 'structure',
  severity: 'error',
  partial: false,
  what: 'An expression reads the result of a step that can only run later, or never before it.',
  why: 'There is no result to read: the step fails at run time, in the middle of an attack.',
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
  *check(context): Generator<Problem> {
    const { graph, sites, stepOf } = context;
    const after = new Map<number, ReadonlySet<number>>();
    for (const site of sites) {
      const here = site.step && graph.nodeOf.get(site.step);
      if (here === undefined) continue;
      for (const reference of site.checked.references) {
        const [variable, id] = reference.path;
        const producer = variable?.name === 'steps' && id ? stepOf.get(id.name) : undefined;
        const at = producer && graph.nodeOf.get(producer);
        if (!id || !producer || at === undefined) continue;
        const reached = after.get(at) ?? reachableFrom(graph, at);
        after.set(at, reached);
        if (reached.has(here)) continue;
        const itself = producer === site.step;
        yield report(
          this,
          problemRange(site.expression, id.start, id.end, context.text),
          itself
            ? `"${id.name}" is this very step: its result does not exist yet. Read an earlier step’s.`
            : `"${id.name}" never runs before this: there is no result to read here. Move "${id.name}" up, or read another step’s result.`,
        );
      }
    }
  },
};
