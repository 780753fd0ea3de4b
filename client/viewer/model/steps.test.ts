import assert from 'node:assert/strict';
import fc from 'fast-check';
import { structured } from '../testing/structured-trace.test.js';
import { covered, type Part, type StepNode, StepTree } from './steps.js';

function treeOf(lines: ReturnType<typeof structured>['lines']): StepTree {
  const tree = new StepTree();
  for (const line of lines) tree.add(line);
  return tree;
}

function outline(nodes: readonly StepNode[], depth = 0): string[] {
  return nodes.flatMap((node) => [
    `${'  '.repeat(depth)}${node.path} ${node.outcome ?? 'open'}`,
    ...node.lanes.flatMap((lane) => [
      `${'  '.repeat(depth)} [${lane.name}${lane.stopped ? ' stopped' : ''}]`,
      ...outline(lane.steps, depth + 1),
    ]),
  ]);
}

describe('The steps of a run', () => {
  const tree = treeOf(structured().lines);

  it('stand in their branches, rounds and called playbooks, with what became of each', () => {
    assert.deepEqual(outline(tree.top), [
      'both ok',
      ' [a]',
      '  left ok',
      ' [b stopped]',
      '  right ok',
      ' [c stopped]',
      'loop failed',
      ' [round 1 of 2]',
      '  body ok',
      '   [inner 2]',
      '    body/ask approved',
      '    body/act ok',
      ' [round 2 of 2]',
      '  body failed',
      'later skipped',
      'last open',
    ]);
  });

  it('say why a step or a branch was not run', () => {
    const [both] = tree.top;
    assert.equal(tree.top.find(({ path }) => path === 'later')?.because, '"x" is false');
    assert.equal(both?.lanes[1]?.note, 'Ended before its end: another branch was first.');
    assert.equal(both?.lanes[2]?.note, 'Ended before its first step.');
  });

  it('count acts and denials where they happened, and tell waiting from working', () => {
    const act = tree.stepOf('body/act', 99);
    assert.deepEqual([act?.acts, act?.denials], [1, 0]);
    assert.equal(tree.stepOf('left', 99)?.acts, 0, 'a note is no act');
    assert.equal(tree.stepOf('last', 99)?.denials, 1);
    assert.deepEqual(
      tree.waits.map(({ kind, state }) => [kind, state]),
      [['approval', '']],
    );
    assert.equal(tree.stepOf('last', 99)?.parts[0]?.state, 'denied');
  });

  it('are found for a line, the right round of several', () => {
    const { lines } = structured();
    const second = lines.findLastIndex(({ event, step }) => event === 'step.entered' && step === 'body');
    assert.equal(tree.stepOf('body', second - 1)?.occurrence, 1);
    assert.equal(tree.stepOf('body', second)?.occurrence, 2);
    assert.equal(tree.stepOf('body', 0), undefined);
    assert.equal(tree.stepOf('nowhere', 5), undefined);
  });

  it('survive a trace that breaks off anywhere, and lines in any order', () => {
    const { lines } = structured();
    fc.assert(
      fc.property(fc.shuffledSubarray([...lines]), (some) => {
        const any = treeOf(some);
        let count = 0;
        const visit = (nodes: readonly StepNode[]): void => {
          for (const node of nodes) {
            count += 1;
            for (const lane of node.lanes) visit(lane.steps);
          }
        };
        visit(any.top);
        assert.equal(count, any.count, 'every step stands somewhere');
      }),
    );
  });
});

describe('Time that parts cover', () => {
  const part = (from: number, to: number | undefined): Part => ({
    kind: 'approval',
    label: '',
    at: 0,
    from,
    to,
    state: '',
    turn: undefined,
  });

  it('counts what overlaps once, within the range, and what has no end to the end', () => {
    assert.equal(covered([part(0, 10), part(5, 20), part(90, undefined)], 0, 100, 100), 30);
    assert.equal(covered([part(0, 10), part(5, 20)], 8, 12, 100), 4);
    assert.equal(covered([], 0, 100, 100), 0);
  });

  it('is never more than the range', () => {
    const parts = fc.array(fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]) => part(Math.min(a, b), Math.max(a, b))));
    fc.assert(
      fc.property(parts, fc.nat(100), fc.nat(100), (some, from, length) => {
        const sum = covered(some, from, from + length, 200);
        const points = Array.from({ length: length + 1 }, (_, index) => from + index);
        const whole = points.slice(0, -1).filter((at) => some.some((one) => one.from <= at && (one.to ?? 0) >= at + 1));
        assert.equal(sum, whole.length);
      }),
    );
  });
});
