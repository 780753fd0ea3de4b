import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EdgeKind } from '../../authority/graph.js';
import type { Doing, ForeignEdge, ForeignStep } from '../model.js';
import { type FlowGraph, flowGraph, isFailure, type Way } from './graph.js';
import type { Plan, Planned } from './planned.js';
import { planOf } from './structure.js';

/** What a step of a random graph does: mostly nothing that matters for the ways through it. */
const doings = fc.constantFrom<Doing[]>(
  { kind: 'flow' },
  { kind: 'flow' },
  { kind: 'task', text: 'Look' },
  { kind: 'ask', question: 'Go on?', who: [], expires: null },
);

const edges = fc.record({
  by: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 2, arbitrary: fc.integer({ min: 5, max: 30 }) },
    { weight: 2, arbitrary: fc.integer({ min: -4, max: 0 }) },
  ),
  kind: fc.constantFrom<EdgeKind[]>('branch', 'branch', 'branch', 'failed', 'item', 'item'),
  says: fc.constantFrom<('approves' | 'refuses' | undefined)[]>(undefined, 'approves', 'refuses'),
});

/** Graphs in which a run takes one way at each step; with `forks`, or several that begin together. */
const graphsWith = (forks: boolean): fc.Arbitrary<FlowGraph> =>
  fc
    .array(fc.record({ does: doings, edges: fc.array(edges, { maxLength: 3, size: 'max' }) }), {
      minLength: 1,
      maxLength: 24,
      size: 'max',
    })
    .map((drawn): FlowGraph => {
      const range = { start: 0, end: 0 };
      const steps = drawn.map(({ does, edges: out }, at): ForeignStep => {
        const to = (by: number): ForeignEdge['to'] => (at + by < drawn.length ? Math.max(0, at + by) : 'end');
        const id = `step ${at}`;
        return {
          id,
          uri: 'file:///w/p.yml',
          range,
          does,
          join: 'any',
          part: false,
          edges: out.map(({ by, kind, says }, way) => ({
            to: to(by),
            kind,
            // A label of its own keeps two edges from being one fork.
            // Others are taken whatever becomes of the rest, if a condition holds.
            ...(forks && by % 3 === 0 ? { alone: true as const, when: `condition ${way % 2}` } : {}),
            branch: forks && by % 2 === 0 ? 'together' : `way ${way}`,
            ...(says && does.kind === 'ask' ? { person: { says, asked: id } } : {}),
          })),
        };
      });
      return flowGraph({ steps });
    });

class EndOfRun extends Error {}
class EndOfPart extends Error {}

/**
 * Runs a plan, taking ways as they are drawn, and checks at each step that the original comes to this very step by the way that
 * was taken before, and that it ends where the plan does.
 */
function walk({ nodes, start, end }: FlowGraph, plan: Plan, draw: (most: number) => number): void {
  /** Where the original is now: in several places where several things began together, and in none when all are over. */
  let here = new Set<number>();
  let inBranches = 0;
  const goTo = (node: number): void => {
    if (node !== end) here.add(node);
  };
  const leave = (node: number): void => {
    assert.ok(here.delete(node), `the plan does ${node} and the original is at ${[...here].join()}`);
  };
  const waysOf = (node: number): readonly Way[] => {
    const found = nodes[node];
    return found?.kind === 'step' ? found.ways : [];
  };
  const goesRight = (node: number): readonly Way[] => waysOf(node).filter(({ kind }) => !isFailure(kind));
  const goesWrong = (node: number): readonly Way[] => waysOf(node).filter(({ kind }) => isFailure(kind));
  const isOver = (): void => assert.equal(here.size, 0, `the plan ends and the original is at ${[...here].join()}`);
  /** What ends the run here. */
  const ended = (): never => {
    isOver();
    assert.equal(inBranches, 0, 'what ends in a branch ends all of them');
    throw new EndOfRun();
  };

  function list(steps: readonly Planned[], isPart: boolean): void {
    for (const [index, step] of steps.entries()) one(step, steps[index + 1], isPart);
  }

  /** Takes the only way there is; of several, the step that follows takes one. */
  function take(node: number, ways: readonly Way[], next: Planned | undefined): void {
    const [only] = ways;
    if (ways.length > 1) assert.ok(next?.kind === 'choose' && next.node === node);
    else goTo(only?.to ?? end);
  }

  function one(step: Planned, next: Planned | undefined, isPart: boolean): void {
    switch (step.kind) {
      case 'do': {
        const { failed, node } = step;
        leave(node);
        if (next?.kind === 'outcome' && next.node === node) return;
        if (!failed && goesWrong(node).length > 0)
          assert.equal(inBranches, 0, 'what fails in a branch ends all of them');
        if (!failed || goesWrong(node).length === 0 || draw(2) === 0) {
          take(node, goesRight(node), next);
          return;
        }
        take(node, goesWrong(node), failed.steps[0]);
        list(failed.steps, isPart);
        if (failed.then === 'stop') ended();
        return;
      }
      case 'outcome': {
        const isOk = draw(2) === 0;
        const steps = isOk ? step.ok : step.not;
        take(step.node, isOk ? goesRight(step.node) : goesWrong(step.node), steps[0]);
        list(steps, isPart);
        return;
      }
      case 'choose': {
        const branch = step.branches[draw(step.branches.length)];
        assert.ok(branch && waysOf(step.node).includes(branch.way));
        goTo(branch.way.to);
        list(branch.steps, isPart);
        return;
      }
      case 'loop': {
        leave(step.node);
        const item = waysOf(step.node).find(({ kind }) => kind === 'item');
        const [after] = goesRight(step.node).filter(({ kind }) => kind !== 'item');
        const loop = nodes[step.node];
        assert.ok(item && after && loop?.kind === 'step');
        for (let rounds = draw(3); rounds > 0; rounds--) {
          const outside = here;
          here = new Set();
          goTo(item.to);
          list(step.steps, isPart);
          // At the next item, or behind the list, which is done first.
          for (const place of here) assert.ok(place === loop.round || place === after.to, `a round ends at ${place}`);
          here = outside;
        }
        goTo(after.to);
        return;
      }
      case 'due':
        if (step.nodes.some((node) => here.has(node))) {
          list(step.steps, isPart);
          return;
        }
        list(step.not, isPart);
        return;
      case 'gate': {
        leave(step.node);
        if (step.reader !== undefined)
          assert.deepEqual(
            waysOf(step.node).map(({ to }) => to),
            [step.reader],
          );
        const ways = waysOf(step.reader ?? step.node);
        assert.ok(ways.includes(step.yes) && step.yes.person?.says === 'approves');
        const others = ways.filter((way) => way !== step.yes);
        const refused = draw(2) === 0 ? undefined : others[draw(others.length)];
        goTo((refused ?? step.yes).to);
        if (!refused) return;
        list(step.no, isPart);
        ended();
        return;
      }
      case 'part':
        assert.ok(here.has(step.node), `the plan goes on at ${step.node} and the original at ${[...here].join()}`);
        try {
          list(plan.parts.get(step.node) ?? assert.fail('there is no such part'), true);
        } catch (error) {
          if (!(error instanceof EndOfPart)) throw error;
        }
        return;
      case 'stop':
        if (step.why === 'left' || !isPart) ended();
        isOver();
        throw new EndOfPart();
      case 'again':
        leave(step.node);
        if (step.ends) ended();
        return;
      case 'fork': {
        leave(step.node);
        const targets = nodes[step.node]?.next ?? [];
        assert.equal(step.branches.length, targets.length);
        const outside = here;
        const places = new Set(outside);
        for (const [index, branch] of step.branches.entries()) {
          here = new Set();
          goTo(targets[index] ?? end);
          inBranches++;
          list(branch, isPart);
          inBranches--;
          for (const place of here) places.add(place);
        }
        here = places;
      }
    }
  }

  goTo(start);
  try {
    list(plan.steps, false);
  } catch (error) {
    if (error instanceof EndOfRun) return;
    throw error;
  }
  isOver();
}

/** Runs a plan of a graph several times, each as it is drawn. */
function walkAll(graph: FlowGraph, gates: boolean, most: number, draws: readonly (readonly number[])[]): void {
  const isGate = (node: number): boolean => {
    const one = graph.nodes[node];
    return gates && one?.kind === 'step' && one.step.does.kind === 'ask';
  };
  const plan = planOf(graph, isGate, most);
  for (const drawn of draws) {
    const left = [...drawn];
    walk(graph, plan, (most) => (left.shift() ?? 0) % most);
  }
}

/** With none, whatever is shared stands behind a question. */
const mosts = fc.constantFrom(0, 1.5);
const draws = fc.array(fc.array(fc.nat(5), { maxLength: 60 }), { minLength: 5, maxLength: 12 });

describe('Lists in lists', () => {
  it('are run step by step as the graph is that they are made of, whichever ways are taken', () => {
    fc.assert(fc.property(graphsWith(false), fc.boolean(), mosts, draws, walkAll), { numRuns: 5000 });
  });

  it('ask whether what follows is come to where all that began together may have failed', () => {
    const range = { start: 0, end: 0 };
    const step = (at: number, edges: readonly ForeignEdge[]): ForeignStep => ({
      ...{
        id: `step ${at}`,
        uri: 'file:///w/p.yml',
        range,
        does: { kind: 'task', text: 'Look' },
        join: 'any',
        part: false,
      },
      edges,
    });
    const mayFail = (at: number, to: number): ForeignStep =>
      step(at, [
        { to, kind: 'ok' },
        { to: 'end', kind: 'failed' },
      ]);
    const graph = flowGraph({
      steps: [
        step(0, [
          { to: 1, kind: 'branch', branch: 'a' },
          { to: 4, kind: 'branch', branch: 'b' },
        ]),
        step(1, [
          { to: 2, kind: 'ok' },
          { to: 3, kind: 'ok' },
        ]),
        mayFail(2, 4),
        mayFail(3, 4),
        step(4, [{ to: 'end', kind: 'ok' }]),
      ],
    });
    const draws = Array.from({ length: 64 }, (_, bits) => Array.from({ length: 6 }, (_, bit) => (bits >> bit) & 1));
    for (const most of [0, 1.5]) walkAll(graph, false, most, draws);
  });

  it('are run so where several begin together as well: none ends the others, and what follows has one place', () => {
    fc.assert(fc.property(graphsWith(true), fc.boolean(), mosts, draws, walkAll), { numRuns: 5000 });
  });
});
