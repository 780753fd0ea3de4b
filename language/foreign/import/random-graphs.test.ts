import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EdgeKind } from '../../authority/graph.js';
import { foreignFolder } from '../folder.js';
import type { Doing, ForeignEdge, ForeignPlaybook, PersonOnEdge } from '../model.js';
import { actsOfImport, assertImportsAlike } from './compare.test.js';
import { importForeign } from './import-foreign.js';

const NAMES = ['p0', 'p1', 'p2'];

const act = (action: string, byPerson = false): Doing => ({
  kind: 'act',
  action,
  scope: `\${{ ${action} }}: [#`,
  target: undefined,
  args: [
    { name: 'Host Name', text: '${{ alert.x }}\n- id: other' },
    { name: 'Host Name', text: action },
    ...(action === 'block-ip' ? [] : [{ name: 'on', text: '\u202e"#' }]),
  ],
  description: '',
  hint: undefined,
  byPerson,
});

/** Anything a step may do; more of what leads on than of the rest. */
const doings: fc.Arbitrary<Doing> = fc.oneof(
  fc.constant<Doing>({ kind: 'flow' }),
  fc.constantFrom(act('get-host'), act('block-ip'), act('delete-file'), act('frobnicate'), act('block-ip', true)),
  fc.record({
    kind: fc.constant('ask'),
    question: fc.constant('Go on?'),
    who: fc.subarray(['ana@soc.example']),
    expires: fc.constantFrom(null, '30m'),
  }),
  fc.constant<Doing>({ kind: 'task', text: 'Look' }),
  fc
    .constantFrom(...NAMES, 'gone')
    .map((value): Doing => ({ kind: 'call', target: { value, range: { start: 0, end: 0 } }, args: [] })),
  fc.constant<Doing>({ kind: 'unknown', why: 'It is odd.' }),
);

interface RandomStep {
  readonly does: Doing;
  readonly join: 'any' | 'all';
  readonly edges: readonly RandomEdge[];
}

interface RandomEdge {
  /** How far on, or back. */
  readonly by: number;
  readonly kind: EdgeKind;
  readonly branch: string | undefined;
  readonly when: string | undefined;
  readonly alone: boolean;
  readonly says: PersonOnEdge['says'] | undefined;
  /** Who was asked: this step, or one so many before it. */
  readonly asked: number;
}

const edges: fc.Arbitrary<RandomEdge> = fc.record({
  by: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 2, arbitrary: fc.integer({ min: 5, max: 30 }) },
    fc.integer({ min: -4, max: 0 }),
  ),
  kind: fc.constantFrom<EdgeKind[]>('ok', 'ok', 'branch', 'branch', 'failed', 'timed-out', 'item', 'done'),
  branch: fc.constantFrom(undefined, 'yes', 'no', '1', 'Block it: now'),
  when: fc.constantFrom(undefined, undefined, 'a > 7', '${{ b }} #'),
  alone: fc.constantFrom(false, false, false, true),
  says: fc.constantFrom<(PersonOnEdge['says'] | undefined)[]>(undefined, 'approves', 'refuses', 'someone'),
  asked: fc.integer({ min: 0, max: 2 }),
});

const playbooks = (most: number): fc.Arbitrary<readonly (readonly RandomStep[])[]> =>
  fc.array(
    fc.array(
      fc.record({
        does: doings,
        join: fc.constantFrom<('any' | 'all')[]>('any', 'any', 'all'),
        edges: fc.array(edges, { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: most },
    ),
    { minLength: 1, maxLength: NAMES.length },
  );

function playbookOf(steps: readonly RandomStep[], at: number): ForeignPlaybook {
  const uri = `file:///w/p${at}.yml`;
  const range = { start: 0, end: 0 };
  const idOf = (index: number): string => (index === 0 ? 'start of the run' : `step ${index}`);
  const all: readonly RandomStep[] = [
    {
      does: { kind: 'flow' },
      join: 'any',
      edges: [{ by: 1, kind: 'begin', branch: undefined, when: undefined, alone: false, says: undefined, asked: 0 }],
    },
    ...steps,
  ];
  return {
    format: 'xsoar',
    uri,
    name: `p${at}`,
    names: [`p${at}`],
    notUnderstood: [],
    stepsInFile: steps.length,
    steps: all.map(({ does, join, edges: out }, index) => ({
      id: idOf(index),
      uri,
      range,
      does,
      join,
      part: false,
      edges: out.map(({ by, kind, branch, when, alone, says, asked }): ForeignEdge => {
        const to = Math.max(1, index + by);
        const who = all[index - asked]?.does.kind === 'ask' ? index - asked : undefined;
        const person: PersonOnEdge | undefined = says && who !== undefined ? { says, asked: idOf(who) } : undefined;
        return {
          to: to < all.length ? to : 'end',
          kind,
          ...(kind === 'branch' && branch !== undefined ? { branch } : {}),
          ...(when === undefined ? {} : { when }),
          ...(alone ? { alone } : {}),
          ...(person ? { person } : {}),
        };
      }),
    })),
  };
}

/** A step that leads so far on, each way by itself. */
function stepTo(at: number, ways: readonly number[]): RandomStep {
  return {
    does: at % 3 === 0 ? act('block-ip') : { kind: 'flow' },
    join: 'any',
    edges: ways.map((by, branch) => ({
      by,
      kind: 'branch',
      branch: `way ${branch}`,
      when: undefined,
      alone: false,
      says: undefined,
      asked: 0,
    })),
  };
}

describe('Random graphs of other products', () => {
  it('have the same acts at the same levels once they are imported, in files of ours without a fault', () => {
    fc.assert(
      fc.property(playbooks(14), (graphs) => {
        const all = graphs.map(playbookOf);
        const { find } = foreignFolder(all);
        const [main] = all;
        assert.ok(main);
        assertImportsAlike(main, find);
      }),
      { numRuns: 150 },
    );
  });

  it('take text in proportion to their steps and edges, however they are tangled', () => {
    const size = (steps: readonly RandomStep[]): number => {
      const made = importForeign(playbookOf(steps, 0), {
        find: () => undefined,
        catalogs: { of: () => [] },
        placeOf: () => 'p.yml:1',
      });
      assert.ok(made.ok);
      return made.files.reduce((sum, { text }) => sum + text.length, 0);
    };
    const tangled = (count: number): readonly RandomStep[] =>
      Array.from({ length: count }, (_, at) => stepTo(at, [1, 2, 5, 17]));
    const made = assertImportsAlike(playbookOf(tangled(60), 0), () => undefined);
    // Each act stands in one place, and is come to in one way.
    const cells = made.ok ? actsOfImport(made).cells : [];
    assert.equal(cells.length, 20);
    assert.deepEqual(made.ok ? made.notes : [], []);
    const [small, large] = [size(tangled(100)), size(tangled(400))];
    assert.ok(large < 6 * small, `${small} and ${large}`);
  });

  it('that stand deeper in each other than ours may come out as one list, and nothing of them is lost', () => {
    // Each leads to the next, or past all that is within it.
    const deep = (most: number): readonly RandomStep[] =>
      Array.from({ length: 2 * most }, (_, at) => stepTo(at, at < most ? [1, 2 * most - 1 - 2 * at] : [1]));
    const made = assertImportsAlike(playbookOf(deep(70), 0), () => undefined);
    assert.match(made.ok ? made.notes.join() : '', /too tangled for lists in lists/);
    const shallow = assertImportsAlike(playbookOf(deep(20), 0), () => undefined);
    assert.deepEqual(shallow.ok ? shallow.notes : [], []);
  });
});
