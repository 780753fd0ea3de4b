import { reachableFrom, START } from '../authority/graph.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const unreachableStep: PlaybookRule = {
  name: 'unreachable-step',
  group: 'structure',
  severity: 'warning',
  tag: 'unnecessary',
  partial: false,
  what: 'No path of the playbook reaches a step.',
  why: 'What reads as a safeguard is never run.',
  fix: 'Move the step before the one that ends the run, or delete it.',
  failing: {
    kind: 'steps',
    text: `  - id: finish
    stop: { outcome: completed, reason: Done }
  - id: «reputation»
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: finish
    stop: { outcome: completed, reason: Done }
`,
  },
  *check({ graph, steps }): Generator<Problem> {
    const reached = reachableFrom(graph, START);
    let before = true;
    for (const step of steps) {
      const node = graph.nodeOf.get(step);
      const reachable = node !== undefined && reached.has(node);
      // A whole stretch is one fault: mark its first step only.
      if (!reachable && before) {
        yield report(
          this,
          step.id.range,
          `Nothing leads to "${step.id.value}": every path before it ends the run. Move it up, or delete it.`,
        );
      }
      before = reachable;
    }
  },
};
