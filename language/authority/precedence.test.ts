import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { reachableFrom } from './graph.js';

const host = { read: (uri: string): string | undefined => EXAMPLE_FILES[uri.replace('file:///w/', '')] };

/** Lines of steps, drawn from a list of numbers: every construct that changes what follows what. */
function stepsFrom(draw: () => number): string {
  let ids = 0;
  const list = (depth: number, indent: string): string => {
    const count = 1 + (draw() % 3);
    return Array.from({ length: count }, () => step(depth, indent)).join('');
  };
  const handler = (key: string, depth: number, indent: string): string => {
    switch (draw() % 4) {
      case 0:
        return `${indent}  ${key}: continue\n`;
      case 1:
        return `${indent}  ${key}: stop\n`;
      case 2:
        return depth <= 0 ? '' : `${indent}  ${key}:\n${list(depth - 1, `${indent}    `)}`;
      default:
        return depth <= 0
          ? ''
          : `${indent}  ${key}:\n${indent}    then: continue\n${indent}    steps:\n${list(depth - 1, `${indent}      `)}`;
    }
  };
  const step = (depth: number, indent: string): string => {
    const head = `${indent}- id: s${ids++}\n${draw() % 6 === 0 ? `${indent}  when: alert.severity_id > 3\n` : ''}`;
    const nested = (): string => list(depth - 1, `${indent}      `);
    switch (depth <= 0 ? draw() % 2 : draw() % 8) {
      case 0:
        return `${head}${indent}  action: intel.domain_reputation\n${indent}  with: { domain: a.example }\n${handler('on-error', depth, indent)}`;
      case 1:
        return `${head}${indent}  stop: { outcome: completed, reason: Done }\n`;
      case 2:
        return `${head}${indent}  gate: { ask: Go?, grants: [s0], approvers: { roles: [analyst] } }\n${handler('on-reject', depth, indent)}${handler('on-timeout', depth, indent)}`;
      case 3:
        return `${head}${indent}  if: alert.severity_id > 3\n${indent}  then:\n${list(depth - 1, `${indent}    `)}${draw() % 2 ? `${indent}  else:\n${list(depth - 1, `${indent}    `)}` : ''}`;
      case 4:
        return `${head}${indent}  switch: alert.severity_id\n${indent}  cases:\n${indent}    1:\n${nested()}${indent}    2:\n${nested()}`;
      case 5:
        return `${head}${indent}  for-each: { item: x, in: alert.entities.users, max: ${1 + (draw() % 2)} }\n${indent}  steps:\n${list(depth - 1, `${indent}    `)}`;
      case 6:
        return `${head}${indent}  parallel: ${draw() % 2 ? 'all' : 'any'}\n${indent}  branches:\n${indent}    a:\n${nested()}${indent}    b:\n${nested()}`;
      default:
        return `${head}${indent}  manual: { task: Look, role: analyst }\n${handler('on-error', depth, indent)}`;
    }
  };
  return list(3, '  ');
}

describe('what may come before what', () => {
  it('is what the graph says', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 40, maxLength: 200 }), (numbers) => {
        let at = 0;
        const text = EXAMPLE_HEAD + stepsFrom(() => numbers[at++ % numbers.length]!);
        const { flow, steps, graph } = loadPlaybook('file:///w/x.playbook.yaml', text, host);
        for (const first of steps) {
          const after = reachableFrom(graph, graph.nodeOf.get(first)!);
          for (const second of steps)
            assert.equal(
              flow.mayPrecede(first, second),
              after.has(graph.nodeOf.get(second)!),
              `${first.id.value} before ${second.id.value} in\n${text}`,
            );
        }
      }),
      { numRuns: 150 },
    );
  });
});
