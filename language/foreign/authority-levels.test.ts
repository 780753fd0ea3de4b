import assert from 'node:assert/strict';
import fc from 'fast-check';
import { levelsOf, type PersonLevel } from './authority-levels.js';
import type { ForeignEdge, ForeignStep, PersonOnEdge } from './model.js';

const MOST = 7;
const says = fc.constantFrom<PersonOnEdge['says'] | undefined>(undefined, undefined, 'approves', 'refuses', 'someone');
const graphs = fc.array(fc.record({ from: fc.nat(MOST - 1), to: fc.nat(MOST - 1), says, own: fc.boolean() }), {
  maxLength: 14,
});

type Drawn = {
  readonly from: number;
  readonly to: number;
  readonly says: PersonOnEdge['says'] | undefined;
  readonly own: boolean;
};

function steps(
  edges: readonly Drawn[],
  join: ForeignStep['join'] = 'any',
  joins: readonly number[] = [],
): readonly ForeignStep[] {
  return Array.from({ length: MOST }, (_, index) => ({
    id: `${index}`,
    uri: 'file:///w/a',
    range: { start: 0, end: 0 },
    does: { kind: 'flow' },
    join: joins.includes(index) ? join : 'any',
    part: false,
    edges: edges
      .filter(({ from }) => from === index)
      .map(
        ({ to, says, own }): ForeignEdge => ({
          to,
          kind: 'ok',
          ...(says ? { person: { says, asked: own ? `${index}` : 'elsewhere' } } : {}),
        }),
      ),
  }));
}

/** What an edge makes of a level, as the model says it, written down a second time. */
function passed(level: PersonLevel, { says, own }: Drawn): PersonLevel {
  if (says === 'approves') return 2;
  if (says === 'someone') return level === 0 ? 1 : level;
  if (says === 'refuses') return own || level === 2 ? 1 : level;
  return level;
}

/** The worst level at each step, by walking every state there is. */
function walked(edges: readonly Drawn[]): readonly (PersonLevel | undefined)[] {
  const seen = new Set(['0 0']);
  const queue: { readonly at: number; readonly level: PersonLevel }[] = [{ at: 0, level: 0 }];
  for (const { at, level } of queue) {
    for (const edge of edges.filter(({ from }) => from === at)) {
      const next = { at: edge.to, level: passed(level, edge) };
      if (seen.has(`${next.at} ${next.level}`)) continue;
      seen.add(`${next.at} ${next.level}`);
      queue.push(next);
    }
  }
  return Array.from({ length: MOST }, (_, index) =>
    ([0, 1, 2] as const).find((level) => seen.has(`${index} ${level}`)),
  );
}

const levels = (all: readonly ForeignStep[]) => levelsOf({ steps: all }, 0, (_, level) => level);

describe('How much of a person a path has', () => {
  it('is the worst of all ways there are', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        assert.deepEqual(levels(steps(edges)).at.slice(0, MOST), walked(edges));
      }),
    );
  });

  it('is shown by a path that goes edge by edge from the start to the step', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const all = steps(edges);
        const found = levels(all);
        for (const [index, level] of found.at.slice(1, MOST).entries()) {
          const to = index + 1;
          const path = found.pathTo(to);
          if (level === undefined || path.length === 0) continue;
          assert.equal(path.at(-1)?.edge.to, to);
          for (const [step, next] of path.map((one, at) => [one, path[at + 1]] as const)) {
            assert.ok(all[step.step]?.edges.includes(step.edge));
            if (next) assert.equal(step.edge.to, next.step);
          }
        }
      }),
    );
  });

  it('is shown by a path that comes by a step twice, where the second time it has less', () => {
    const all = steps([
      { from: 0, to: 1, says: undefined, own: true },
      { from: 1, to: 2, says: 'approves', own: true },
      { from: 2, to: 2, says: 'refuses', own: false },
    ]);
    const found = levels(all);
    assert.equal(found.at[2], 1);
    assert.deepEqual(
      found.pathTo(2).map(({ step }) => step),
      [1, 2],
    );
    assert.equal(found.lastOn(2, false)?.says, 'refuses');
  });

  it('names the person that path names last, and the last yes', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        // Nobody is asked before a run starts.
        const edges = drawn.map((edge) => (edge.from === 0 ? { ...edge, says: undefined } : edge));
        const found = levels(steps(edges));
        for (let to = 1; to < MOST; to++) {
          const people = found.pathTo(to).flatMap(({ edge }) => edge.person ?? []);
          assert.deepEqual(found.lastOn(to, false), people.at(-1));
          assert.deepEqual(
            found.lastOn(to, true),
            people.findLast(({ says: said }) => said === 'approves'),
          );
        }
      }),
    );
  });

  it('never gets better for a way more', () => {
    fc.assert(
      fc.property(graphs, graphs, (edges, more) => {
        const [before, after] = [edges, [...edges, ...more]].map((all) => levels(steps(all)).at);
        for (const [index, level] of (before ?? []).entries()) {
          if (level !== undefined) assert.ok((after?.[index] ?? 3) <= level);
        }
      }),
    );
  });

  it('of a step that waits for all is the best, and what never comes is not waited for', () => {
    const edge = (from: number, to: number, says?: PersonOnEdge['says']): Drawn => ({ from, to, says, own: true });
    const fork = [edge(0, 1), edge(0, 2), edge(1, 3, 'approves'), edge(2, 3)];
    assert.equal(levels(steps(fork, 'all', [3])).at[3], 2);
    assert.equal(levels(steps(fork)).at[3], 0);
    assert.equal(levels(steps([...fork, edge(5, 3, 'approves')], 'all', [3])).at[3], 0);
    // In a circle, too: the join waits for what comes only behind it.
    assert.equal(levels(steps([...fork, edge(3, 4), edge(4, 3)], 'all', [3])).at[3], 0);
  });

  it('is what its caller had, where a playbook is called', () => {
    const all = steps([{ from: 0, to: 1, says: undefined, own: true }]);
    assert.equal(levelsOf({ steps: all }, 2, (_, level) => level).at[1], 2);
  });
});
