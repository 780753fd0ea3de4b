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
  /** Where the original is now. */
  let here = start;
  let inBranches = 0;
  /** Where what is done for an item ends. */
  let roundEnds: ReadonlySet<number> = new Set();
  const arrived = (node: number): void => assert.equal(node, here, `the plan does ${node} and the original ${here}`);
  const waysOf = (node: number): readonly Way[] => {
    const found = nodes[node];
    return found?.kind === 'step' ? found.ways : [];
  };
  const goesRight = (node: number): readonly Way[] => waysOf(node).filter(({ kind }) => !isFailure(kind));
  const goesWrong = (node: number): readonly Way[] => waysOf(node).filter(({ kind }) => isFailure(kind));
  /** Takes the only way there is; of several, what follows takes one. */
  const take = (ways: readonly Way[]): void => {
    if (ways.length <= 1) here = ways[0]?.to ?? end;
  };
  const ended = (): never => {
    assert.equal(here, end, `the plan ends and the original is at ${here}`);
    assert.equal(inBranches, 0, 'what ends in a branch ends all of them');
    throw new EndOfRun();
  };

  function list(steps: readonly Planned[], isPart: boolean): void {
    for (const [index, step] of steps.entries()) one(step, steps[index + 1], isPart);
  }

  function one(step: Planned, next: Planned | undefined, isPart: boolean): void {
    switch (step.kind) {
      case 'do': {
        arrived(step.node);
        const { failed, node } = step;
        if (next?.kind === 'outcome' && next.node === node) return;
        if (!failed || goesWrong(node).length === 0 || draw(2) === 0) {
          take(goesRight(node));
          return;
        }
        take(goesWrong(node));
        list(failed.steps, isPart);
        if (failed.then === 'stop') ended();
        return;
      }
      case 'outcome':
        if (draw(2) === 0) {
          take(goesRight(step.node));
          list(step.ok, isPart);
        } else {
          take(goesWrong(step.node));
          list(step.not, isPart);
        }
        return;
      case 'choose': {
        const branch = step.branches[draw(step.branches.length)];
        assert.ok(branch && waysOf(step.node).includes(branch.way));
        here = branch.way.to;
        list(branch.steps, isPart);
        return;
      }
      case 'loop': {
        arrived(step.node);
        const item = waysOf(step.node).find(({ kind }) => kind === 'item');
        const [after] = goesRight(step.node).filter(({ kind }) => kind !== 'item');
        const loop = nodes[step.node];
        assert.ok(item && after && loop?.kind === 'step');
        const outside = roundEnds;
        roundEnds = new Set([after.to, ...(loop.round === undefined ? [] : [loop.round])]);
        for (let rounds = draw(3); rounds > 0; rounds--) {
          here = item.to;
          list(step.steps, isPart);
          assert.ok(here === loop.round || here === after.to, `a round ends at ${here}`);
        }
        roundEnds = outside;
        here = after.to;
        return;
      }
      case 'due':
        if (step.nodes.includes(here)) {
          list(step.steps, isPart);
          return;
        }
        assert.equal(here, end, `the plan asks whether ${step.nodes.join()} is due, and the original is at ${here}`);
        list(step.not, isPart);
        return;
      case 'gate': {
        arrived(step.node);
        if (step.reader !== undefined)
          assert.deepEqual(
            waysOf(step.node).map(({ to }) => to),
            [step.reader],
          );
        const ways = waysOf(step.reader ?? step.node);
        assert.ok(ways.includes(step.yes) && step.yes.person?.says === 'approves');
        const others = ways.filter((way) => way !== step.yes);
        const refused = draw(2) === 0 ? undefined : others[draw(others.length)];
        here = (refused ?? step.yes).to;
        if (!refused) return;
        list(step.no, isPart);
        ended();
        return;
      }
      case 'part':
        arrived(step.node);
        try {
          list(plan.parts.get(step.node) ?? assert.fail('there is no such part'), true);
        } catch (error) {
          if (!(error instanceof EndOfPart)) throw error;
        }
        return;
      case 'stop':
        assert.equal(here, end, `the plan ends and the original is at ${here}`);
        if (!(step.why === 'end' && isPart)) assert.equal(inBranches, 0, 'what ends in a branch ends all of them');
        throw step.why === 'end' && isPart ? new EndOfPart() : new EndOfRun();
      case 'again':
        arrived(step.node);
        here = end;
        if (step.ends) assert.equal(inBranches, 0, 'what ends in a branch ends all of them');
        if (step.ends) throw new EndOfRun();
        return;
      case 'fork': {
        arrived(step.node);
        const targets = nodes[step.node]?.next ?? [];
        assert.equal(step.branches.length, targets.length);
        const places = new Set<number>();
        for (const [index, branch] of step.branches.entries()) {
          here = targets[index] ?? end;
          inBranches++;
          // Whatever ends here ends the others as well, which the original does not.
          list(branch, isPart);
          inBranches--;
          places.add(here);
        }
        // Some may be over, and all others are at what they come together at.
        places.delete(end);
        // Or at the next item and behind the list at once, and the list is done first.
        const isRound = [...places].every((place) => roundEnds.has(place));
        assert.ok(places.size <= 1 || isRound, `the branches end at ${[...places].join(', ')}`);
        here = [...places][0] ?? end;
        return;
      }
    }
  }

  try {
    list(plan.steps, false);
  } catch (error) {
    if (error instanceof EndOfRun) return;
    throw error;
  }
  ended();
}

/** Runs a plan of a graph several times, each as it is drawn. */
function walkAll(graph: FlowGraph, gates: boolean, draws: readonly (readonly number[])[]): void {
  const plan = planOf(graph, (node) => {
    const one = graph.nodes[node];
    return gates && one?.kind === 'step' && one.step.does.kind === 'ask';
  });
  for (const drawn of draws) {
    const left = [...drawn];
    try {
      walk(graph, plan, (most) => (left.shift() ?? 0) % most);
    } catch (error) {
      if (!(error instanceof EndOfRun)) throw error;
    }
  }
}

const draws = fc.array(fc.array(fc.nat(5), { maxLength: 60 }), { minLength: 5, maxLength: 12 });

describe('Lists in lists', () => {
  it('are run step by step as the graph is that they are made of, whichever ways are taken', () => {
    fc.assert(fc.property(graphsWith(false), fc.boolean(), draws, walkAll), { numRuns: 400 });
  });

  it('are run so where several begin together as well: none ends the others, and what follows has one place', () => {
    fc.assert(fc.property(graphsWith(true), fc.boolean(), draws, walkAll), { numRuns: 400 });
  });
});
