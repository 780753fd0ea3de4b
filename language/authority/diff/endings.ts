import type { Handler, Step } from '../../model/playbook.js';
import type { Flow } from '../flow.js';
import { type Edge, type EdgeKind, nodesOf } from '../graph.js';

/** The edges on which a playbook ends so that its caller goes on: after its last step, or at a stop that is a success. */
export function successesOf({ graph, structure }: Flow, steps: readonly Step[]): readonly Edge[] {
  const found: Edge[] = [];
  const edgesOf = (step: Step, ...kinds: readonly EdgeKind[]): readonly Edge[] =>
    nodesOf(graph, step).flatMap((node) => (graph.nodes[node]?.edges ?? []).filter(({ kind }) => kinds.includes(kind)));
  const add = (step: Step, ...kinds: readonly EdgeKind[]): void => {
    found.push(...edgesOf(step, ...kinds));
  };
  const branch = (step: Step, name: string, inner: readonly Step[]): void => {
    if (inner.length > 0) last(inner);
    else found.push(...edgesOf(step, 'branch').filter((edge) => edge.branch === name));
  };
  const handler = (step: Step, { steps: inner, then }: Handler, ...kinds: readonly EdgeKind[]): void => {
    if (then !== 'continue') return;
    if (inner.length > 0) last(inner);
    else add(step, ...kinds);
  };
  const last = (list: readonly Step[]): void => {
    const step = list.at(-1);
    if (!step) return;
    add(step, 'skipped');
    handler(step, step.onError, 'failed', 'overrun');
    switch (step.kind) {
      case 'action':
      case 'agent':
      case 'manual':
      case 'call':
        add(step, 'ok');
        break;
      case 'gate':
        add(step, 'approved');
        handler(step, step.onReject, 'rejected');
        handler(step, step.onTimeout, 'timed-out');
        break;
      case 'if':
        branch(step, 'then', step.then);
        branch(step, 'else', step.else);
        break;
      case 'switch':
        for (const one of step.cases) branch(step, String(one.value.value), one.steps);
        if (step.default) branch(step, 'default', step.default);
        break;
      case 'for-each':
        add(step, 'done');
        break;
      case 'parallel':
        add(step, 'joined', 'ok');
        break;
      case 'stop':
        break;
    }
  };
  last(steps);
  for (const step of structure.steps) {
    if (step.kind === 'stop' && ['completed', 'escalated'].includes(step.outcome.value)) add(step, 'stopped');
  }
  return found;
}
