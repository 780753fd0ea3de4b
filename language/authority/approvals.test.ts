import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadPlaybook } from '../load.js';
import type { Step } from '../model/playbook.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import type { Act } from './acts.js';
import { END, type Graph, START } from './graph.js';
import { describePath } from './paths.js';

const host = { read: (uri: string): string | undefined => EXAMPLE_FILES[uri.replace('file:///w/', '')] };

/** A playbook of the shape a random tree describes. */
type Shape =
  | { readonly kind: 'act' | 'read' | 'manual' | 'stop' }
  | {
      readonly kind: 'gate';
      readonly grants: number;
      readonly reject: 'stop' | 'continue' | 'steps';
      readonly then: 'stop' | 'continue';
      readonly steps: readonly Shape[];
    }
  | {
      readonly kind: 'if';
      readonly then: readonly Shape[];
      readonly else: readonly Shape[];
      readonly continues: boolean;
    };

const shapes: fc.Arbitrary<readonly Shape[]> = fc.letrec<{ list: readonly Shape[]; shape: Shape }>((tie) => ({
  list: fc.array(tie('shape'), { minLength: 1, maxLength: 3, depthIdentifier: 'shape' }),
  shape: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'shape' },
    fc.record({
      kind: fc.constantFrom('act' as const, 'act' as const, 'read' as const, 'manual' as const, 'stop' as const),
    }),
    fc.record({
      kind: fc.constant('gate' as const),
      grants: fc.nat({ max: 15 }),
      reject: fc.constantFrom('stop' as const, 'continue' as const, 'steps' as const),
      then: fc.constantFrom('stop' as const, 'continue' as const),
      steps: tie('list'),
    }),
    fc.record({ kind: fc.constant('if' as const), then: tie('list'), else: tie('list'), continues: fc.boolean() }),
  ),
})).list;

function write(list: readonly Shape[]): string {
  const lines: string[] = [];
  let acts = 0;
  let others = 0;
  const put = (steps: readonly Shape[], indent: string): void => {
    for (const shape of steps) {
      const id = shape.kind === 'act' ? `act_${acts++}` : `s_${others++}`;
      lines.push(`${indent}- id: ${id}`);
      const at = `${indent}  `;
      switch (shape.kind) {
        case 'act':
          lines.push(`${at}action: identity.suspend`, `${at}with: { user: a@b.example }`, `${at}on-error: continue`);
          break;
        case 'read':
          lines.push(`${at}action: intel.domain_reputation`, `${at}with: { domain: a.example }`);
          break;
        case 'manual':
          lines.push(`${at}manual: { task: Look, role: analyst }`);
          break;
        case 'stop':
          lines.push(`${at}stop: { outcome: completed, reason: Done }`);
          break;
        case 'gate': {
          const grants = [0, 1, 2, 3].filter((bit) => shape.grants & (1 << bit)).map((bit) => `act_${bit}`);
          lines.push(`${at}gate: { ask: Go?, grants: [${grants.join(', ')}], approvers: { roles: [analyst] } }`);
          if (shape.reject === 'steps') {
            lines.push(`${at}on-reject:`, `${at}  then: ${shape.then}`, `${at}  steps:`);
            put(shape.steps, `${at}    `);
          } else lines.push(`${at}on-reject: ${shape.reject}`);
          break;
        }
        case 'if':
          lines.push(`${at}if: alert.severity_id > 3`, `${at}then:`);
          put(shape.then, `${at}  `);
          lines.push(`${at}else:`);
          put(shape.else, `${at}  `);
          if (shape.continues) lines.push(`${at}on-error: continue`);
          break;
      }
    }
  };
  put(list, '  ');
  return `${EXAMPLE_HEAD}${lines.join('\n')}\n`;
}

/** Whether some walk of the graph reaches the act with no approval in hand: every walk tried, one after the other. */
function someWalkIsBare(graph: Graph, act: Act): boolean {
  const walk = (at: number, held: ReadonlySet<Step>): boolean => {
    if (at === END) return false;
    const node = graph.nodes[at];
    if (node?.step === act.step && held.size === 0) return true;
    return (node?.edges ?? []).some((edge) => {
      const next = new Set(held);
      const { step } = node ?? {};
      if (
        step?.kind === 'gate' &&
        edge.kind === 'approved' &&
        step.grants.some((grant) => grant.value === act.step.id.value)
      )
        next.add(step);
      if (step === act.step && edge.kind !== 'skipped') next.clear();
      return walk(edge.to, next);
    });
  };
  return walk(START, new Set());
}

describe('proof of approvals', () => {
  it('agrees with trying every walk', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const loaded = loadPlaybook('file:///w/x.playbook.yaml', write(list), host);
        for (const act of loaded.acts) {
          const verdict = loaded.verdictOf.get(act);
          assert.equal(verdict?.kind === 'violated', someWalkIsBare(loaded.graph, act), act.step.id.value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives a path that can be walked and holds no approval', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const loaded = loadPlaybook('file:///w/x.playbook.yaml', write(list), host);
        for (const act of loaded.acts) {
          const verdict = loaded.verdictOf.get(act);
          if (verdict?.kind !== 'violated') continue;
          let at = loaded.graph.nodes[START]?.edges[0]?.to;
          let held = 0;
          for (const { step, edge } of verdict.path) {
            assert.equal(at === undefined ? undefined : loaded.graph.nodes[at]?.step, step, describePath(verdict.path));
            assert.ok(at !== undefined && loaded.graph.nodes[at]?.edges.includes(edge));
            if (
              step.kind === 'gate' &&
              edge.kind === 'approved' &&
              step.grants.some((grant) => grant.value === act.step.id.value)
            )
              held = 1;
            if (step === act.step) held = 0;
            at = edge.to;
          }
          assert.equal(at, loaded.graph.nodeOf.get(act.step));
          assert.equal(held, 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
