import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadPolicyTest } from '../../language/load-policy-test.js';
import { type PolicyTestRun, runPolicyTests } from './run-policy-tests.js';

const POLICY = `policy: soc
roles:
  analyst: [ana, bo, fay]
  commander: [cy, di, fay]
tags:
  crown-jewel: [dc-01, pay-01]
ceilings:
  - { effect: contain, autonomy: approve, quorum: 1, roles: [analyst, commander] }
  - { tool: edr.isolate, target-tag: crown-jewel, autonomy: approve, quorum: 2 }
  - { effect: evict, autonomy: approve, quorum: 2, roles: [commander] }
  - { effect: suppress, autonomy: notify }
always-gate: [edr.kill]
forbid: [edr.wipe]
`;

const CATALOG = `catalog: edr
tools:
  edr.isolate:
    description: Isolate.
    effect: contain
    reversible: true
    undo: edr.release
    target: host
    input: { host: { type: string } }
    output: {}
  edr.release:
    description: Release.
    effect: restore
    reversible: true
    target: host
    input: { host: { type: string } }
    output: {}
  edr.kill:
    description: Kill.
    effect: evict
    reversible: false
    target: host
    input: { host: { type: string } }
    output: {}
  edr.sweep:
    description: Contain everything; names no target.
    effect: contain
    reversible: false
    input: { reason: { type: string } }
    output: {}
`;

const HEAD = 'policy-test: t\npolicy: soc.policy.yaml\ncatalogs: [edr.tools.yaml]\ntests:\n';

function runOf(tests: string, policy = POLICY): PolicyTestRun {
  const files = new Map([
    ['file:///w/soc.policy.yaml', policy],
    ['file:///w/edr.tools.yaml', CATALOG],
  ]);
  const loaded = loadPolicyTest('file:///w/soc.policy.test.yaml', HEAD + tests, { read: (uri) => files.get(uri) });
  assert.deepEqual(
    loaded.problems.map(({ rule, message }) => `${rule}: ${message}`),
    [],
  );
  return runPolicyTests([loaded]);
}

/** What is not as expected of one test, each as `outcome: denied for allowed`. */
function failuresOf(test: string, policy = POLICY): readonly string[] {
  const [file] = runOf(`  - { title: T, ${test} }\n`, policy).files;
  return (file?.results[0]?.failures ?? []).map(({ of, actual, expected }) => `${of}: ${actual} for ${expected}`);
}

describe('tests of a policy', () => {
  const hold: readonly string[] = [
    'tool: edr.isolate, expect: { outcome: needs-approval, level: approve, quorum: 1 }',
    'tool: edr.isolate, approved-by: [ana], expect: { outcome: allowed }',
    'tool: edr.isolate, approved-by-any: { role: analyst }, expect: { outcome: allowed }',
    // Of a tag: for every target that bears it.
    'tool: edr.isolate, tag: crown-jewel, approved-by-any: { role: analyst }, expect: { outcome: denied, quorum: 2 }',
    'tool: edr.isolate, tag: crown-jewel, approved-by-any: { role: analyst, count: 2 }, expect: { outcome: allowed }',
    'tool: edr.isolate, target: Dc-01, expect: { quorum: 2 }',
    'tool: edr.isolate, target: lap-01, expect: { quorum: 1 }',
    // No target is named, so the decision point counts it as bearing every tag; no ceiling for a tag is about this tool.
    'tool: edr.sweep, expect: { quorum: 1 }',
    // The playbook may ask for less, for more people and for other roles.
    'tool: edr.isolate, autonomy: manual, approved-by: [ana], expect: { outcome: denied, level: manual }',
    'tool: edr.isolate, quorum: 2, approved-by: [ana], expect: { outcome: denied, quorum: 2 }',
    'tool: edr.isolate, roles: [commander], expect: { approvers: [cy, di, fay] }',
    // Who asked for it, and who approved before, does not count.
    'tool: edr.isolate, requester: ana, approved-by: [ana], expect: { outcome: denied, approvers: [bo, cy, di, fay] }',
    'tool: edr.kill, distinct-from: [cy], approved-by: [cy, di], expect: { outcome: denied, approvers: [di, fay] }',
    'tool: edr.kill, approved-by: [cy], approved-by-any: { role: commander }, expect: { outcome: allowed }',
    // Tools of no catalog.
    'effect: evict, expect: { outcome: needs-approval, quorum: 2 }',
    'effect: suppress, expect: { outcome: needs-approval }',
    'effect: suppress, reversible: true, expect: { outcome: allowed, level: notify }',
    'effect: read, expect: { outcome: allowed }',
    'tool: edr.wipe, effect: evict, approved-by: [cy, di, fay], expect: { outcome: denied }',
  ];
  for (const test of hold) it(`hold: ${test}`, () => assert.deepEqual(failuresOf(test), []));

  const fail: readonly (readonly [test: string, ...failures: string[]])[] = [
    ['tool: edr.isolate, expect: { outcome: allowed }', 'outcome: needs-approval for allowed'],
    ['tool: edr.isolate, expect: { level: notify, quorum: 3 }', 'level: approve for notify', 'quorum: 1 for 3'],
    ['tool: edr.kill, expect: { approvers: [cy] }', 'approvers: cy, di, fay for cy'],
    ['tool: edr.isolate, requester: ana, roles: [analyst], expect: { approvers: [] }', 'approvers: bo, fay for nobody'],
    // fay is an analyst, too: with her and another the outcome depends on who they are, so neither word holds.
    [
      'tool: edr.kill, quorum: 1, approved-by: [cy], approved-by-any: { role: analyst }, expect: { outcome: denied }',
      'outcome: allowed for denied',
    ],
    [
      'tool: edr.kill, quorum: 1, approved-by: [cy], approved-by-any: { role: analyst }, expect: { outcome: allowed }',
      'outcome: denied for allowed',
    ],
  ];
  for (const [test, ...failures] of fail) it(`fail: ${test}`, () => assert.deepEqual(failuresOf(test), failures));

  it('say where the test is, and the line of the policy that decided', () => {
    const [file] = runOf(
      '  - title: T\n    tool: edr.wipe\n    effect: evict\n    expect: { outcome: allowed }\n',
    ).files;
    const [failure] = file?.results[0]?.failures ?? [];
    const text = file?.loaded.text.slice(failure?.range.start, failure?.range.end);
    assert.equal(text, 'allowed');
    const cut = failure?.decidedBy.map(({ uri, range }) => [uri, POLICY.slice(range.start, range.end)]);
    assert.deepEqual(cut, [['file:///w/soc.policy.yaml', 'edr.wipe']]);
    const [other] = runOf('  - title: T\n    effect: evict\n    expect: { quorum: 1 }\n').files;
    assert.deepEqual(
      other?.results[0]?.failures[0]?.decidedBy.map(({ range }) => POLICY.slice(range.start, range.end)),
      ['{ effect: evict, autonomy: approve, quorum: 2, roles: [commander] }'],
    );
  });

  it('say of a level that nothing limits where it comes from', () => {
    const because = (test: string): string | undefined =>
      runOf(`  - { title: T, ${test} }\n`).files[0]?.results[0]?.failures[0]?.because;
    assert.equal(
      because('effect: read, expect: { level: approve }'),
      'the test gives no level, so it takes autonomous',
    );
    assert.equal(because('effect: read, autonomy: notify, expect: { level: approve }'), 'the test says notify');
  });

  it('of any holders of a role hold for every choice of them, whatever people there are', () => {
    const people = ['a', 'b', 'c', 'd', 'e'];
    fc.assert(
      fc.property(
        fc.subarray(people, { minLength: 1 }),
        fc.subarray(people),
        fc.subarray(people),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (holders, may, excluded, count, quorum) => {
          fc.pre(count <= holders.length);
          const everybody = `  everybody: [${people.join(', ')}]`;
          const policy = `policy: p\nroles:\n  some: [${holders.join(', ')}]\n  may: [${may.join(', ')}]\n${everybody}\nceilings:\n  - { effect: contain, autonomy: approve, quorum: ${quorum}, roles: [may] }\n`;
          const act = `tool: edr.isolate, distinct-from: [${excluded.join(', ')}]`;
          const outcomes = new Set(
            choices(holders, count).map((chosen) =>
              failuresOf(`${act}, approved-by: [${chosen.join(', ')}], expect: { outcome: allowed }`, policy).length ===
              0
                ? 'allowed'
                : 'denied',
            ),
          );
          for (const word of ['allowed', 'denied'] as const) {
            const any = failuresOf(
              `${act}, approved-by-any: { role: some, count: ${count} }, expect: { outcome: ${word} }`,
              policy,
            );
            assert.equal(any.length === 0, outcomes.size === 1 && outcomes.has(word), [...outcomes].join());
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('tests of a policy that are torn', () => {
  it('are judged or not, and nothing breaks, whatever is cut out of them and of the policy', () => {
    const tests = `${HEAD}  - title: T\n    tool: edr.isolate\n    tag: crown-jewel\n    approved-by: [ana]\n    approved-by-any: { role: analyst, count: 1 }\n    distinct-from: [cy]\n    expect: { outcome: denied, level: approve, quorum: 2, approvers: [ana] }\n  - { title: U, effect: evict, reversible: false, expect: { quorum: 2 } }\n`;
    const cut = fc.tuple(fc.nat(tests.length), fc.nat(30), fc.constantFrom('', '[', ': ', '- ', '~', '"'));
    const without = (text: string, [at, length, put]: readonly [number, number, string]): string =>
      text.slice(0, at) + put + text.slice(at + length);
    fc.assert(
      fc.property(cut, fc.option(cut), (one, other) => {
        const files = new Map([
          ['file:///w/soc.policy.yaml', other ? without(POLICY, other) : POLICY],
          ['file:///w/edr.tools.yaml', CATALOG],
        ]);
        const loaded = loadPolicyTest('file:///w/t.policy.test.yaml', without(tests, one), {
          read: (uri) => files.get(uri),
        });
        const [file] = runPolicyTests([loaded]).files;
        const broken = loaded.problems.some(({ severity }) => severity === 'error');
        assert.equal(file?.results.length, broken ? 0 : loaded.test.tests.length);
        for (const { acts } of file?.results ?? [])
          assert.ok(acts.length > 0, 'a test that judges nothing passes nothing');
      }),
      { numRuns: 600 },
    );
  });
});

function choices(people: readonly string[], count: number): readonly (readonly string[])[] {
  if (count === 0) return [[]];
  return people.flatMap((person, at) => choices(people.slice(at + 1), count - 1).map((rest) => [person, ...rest]));
}

describe('what tests exercise of a policy', () => {
  const partsOf = (tests: string): ReadonlyMap<string, string> => {
    const [tested] = runOf(tests).policies;
    return new Map(
      tested?.parts.map(({ kind, name, exercised, held }) => [
        `${kind} ${name}`,
        exercised ? (held ? 'held' : 'exercised') : 'missing',
      ]),
    );
  };

  it('is each ceiling, role, tag, and tool that is forbidden or always gated', () => {
    assert.deepEqual(
      [...partsOf('  - { title: T, effect: read, expect: { outcome: allowed } }\n')],
      [
        ['tag crown-jewel', 'missing'],
        ['ceiling contain', 'missing'],
        ['role analyst for contain', 'missing'],
        ['role commander for contain', 'missing'],
        ['ceiling edr.isolate on targets tagged "crown-jewel"', 'missing'],
        ['ceiling evict', 'missing'],
        ['role commander for evict', 'missing'],
        ['ceiling suppress', 'missing'],
        ['always-gate edr.kill', 'missing'],
        ['forbid edr.wipe', 'missing'],
      ],
    );
  });

  it('is held where a test would fail without it, and merely exercised where none would', () => {
    const loose = partsOf('  - { title: T, tool: edr.isolate, tag: crown-jewel, expect: { level: approve } }\n');
    // Either of the two ceilings is enough for the level.
    assert.equal(loose.get('ceiling contain'), 'exercised');
    assert.equal(loose.get('ceiling edr.isolate on targets tagged "crown-jewel"'), 'exercised');
    assert.equal(loose.get('tag crown-jewel'), 'held');
    assert.equal(loose.get('role analyst for contain'), 'missing');
    const tight = partsOf(
      '  - { title: T, tool: edr.isolate, tag: crown-jewel, approved-by: [ana], expect: { outcome: denied } }\n  - { title: U, tool: edr.isolate, approved-by: [ana], expect: { outcome: allowed } }\n',
    );
    assert.equal(tight.get('ceiling edr.isolate on targets tagged "crown-jewel"'), 'held');
    assert.equal(tight.get('role analyst for contain'), 'held');
    assert.equal(tight.get('role commander for contain'), 'missing');
  });

  it('is nothing of a file with errors', () => {
    const text = `${HEAD}  - { title: T, tool: edr.gone, expect: { outcome: denied } }\n  - { title: U, effect: evict, expect: { quorum: 2 } }\n`;
    const files = new Map([
      ['file:///w/soc.policy.yaml', POLICY],
      ['file:///w/edr.tools.yaml', CATALOG],
    ]);
    const run = runPolicyTests([
      loadPolicyTest('file:///w/t.policy.test.yaml', text, { read: (uri) => files.get(uri) }),
    ]);
    assert.deepEqual(run.files[0]?.results, []);
    assert.ok(run.policies[0]?.parts.every(({ exercised, held }) => !exercised && !held));
  });
});
