import assert from 'node:assert/strict';
import { checkFile } from './check-file.js';
import { fileKindOf } from './model/shape.js';

const POLICY = `policy: soc
roles:
  analyst: [ana, bo]
  commander: [cy, di]
tags: { crown-jewel: [dc-01], empty: [] }
`;
const CATALOG = `catalog: edr
tools:
  edr.isolate: { description: I., effect: contain, reversible: false, target: host, input: { host: { type: string } }, output: {} }
  edr.sweep: { description: S., effect: contain, reversible: false, input: {}, output: {} }
`;
const HEAD = 'policy-test: t\npolicy: soc.policy.yaml\ncatalogs: [edr.tools.yaml]\ntests:\n';
const FILES = new Map([
  ['file:///w/soc.policy.yaml', POLICY],
  ['file:///w/edr.tools.yaml', CATALOG],
]);

/** Each problem as rule and the words it is at. */
function problemsOf(text: string): readonly string[] {
  const { problems } = checkFile('file:///w/soc.policy.test.yaml', text, { read: (uri) => FILES.get(uri) });
  return problems.map(({ rule, range }) => `${rule} ${text.slice(range.start, range.end)}`);
}

describe('a file of policy tests', () => {
  it('is told by its name, and is no policy', () => {
    assert.equal(fileKindOf('a.policy.test.yaml'), 'policy_test');
    assert.equal(fileKindOf('a.policy.test.yml'), 'policy_test');
    assert.equal(fileKindOf('a.policy.yaml'), 'policy');
    assert.equal(fileKindOf('a.test.yaml'), undefined);
  });

  it('has no problems where all that it names is there', () => {
    const tests =
      '  - { title: T, tool: edr.isolate, tag: crown-jewel, approved-by-any: { role: analyst }, requester: cy, expect: { outcome: denied } }\n';
    assert.deepEqual(problemsOf(HEAD + tests), []);
  });

  const slips: readonly (readonly [test: string, problem: string])[] = [
    ['tool: edr.isolat, expect: { quorum: 1 }', 'unknown-tool edr.isolat'],
    ['tool: edr.isolate, tag: crown-jewels, expect: { quorum: 1 }', 'unknown-tag crown-jewels'],
    ['tool: edr.isolate, roles: [analist], expect: { quorum: 1 }', 'unknown-role analist'],
    ['tool: edr.isolate, approved-by-any: { role: analist }, expect: { quorum: 1 }', 'unknown-role analist'],
    ['tool: edr.isolate, approved-by: [anna], expect: { outcome: denied }', 'invalid-value anna'],
    ['tool: edr.isolate, requester: anna, expect: { quorum: 1 }', 'invalid-value anna'],
    ['tool: edr.isolate, distinct-from: [anna], expect: { quorum: 1 }', 'invalid-value anna'],
    ['tool: edr.isolate, expect: { approvers: [anna] }', 'invalid-value anna'],
    ['tool: edr.isolate, tag: empty, expect: { quorum: 1 }', 'invalid-value empty'],
    ['tool: edr.isolate, effect: contain, expect: { quorum: 1 }', 'invalid-value contain'],
    ['tool: edr.isolate, reversible: true, expect: { quorum: 1 }', 'invalid-value true'],
    ['tool: edr.sweep, target: dc-01, expect: { quorum: 1 }', 'invalid-value dc-01'],
    ['tool: edr.isolate, target: dc-01, tag: crown-jewel, expect: { quorum: 1 }', 'invalid-value crown-jewel'],
    [
      'tool: edr.isolate, approved-by: [ana], approved-by-any: { role: analyst, count: 2 }, expect: { quorum: 1 }',
      'invalid-value { role: analyst, count: 2 }',
    ],
    ['tool: edr.isolate, approved-by: [ana], expect: { outcome: needs-approval }', 'invalid-value needs-approval'],
    ['tool: edr.isolate, expect: { outcome: permitted }', 'invalid-value permitted'],
    ['tool: edr.isolate, expect: {}', 'invalid-value expect'],
  ];
  for (const [test, problem] of slips) {
    it(`tells: ${test}`, () => assert.deepEqual(problemsOf(`${HEAD}  - { title: T, ${test} }\n`), [problem]));
  }

  it('tells of files that are not there once, not of every name', () => {
    const tests = '  - { title: T, tool: edr.isolate, approved-by: [ana], expect: { outcome: denied } }\n';
    const gone = HEAD.replace('soc.policy', 'gone.policy').replace('edr.tools', 'gone.tools');
    assert.deepEqual([...problemsOf(gone + tests)].sort(), [
      'file-not-found gone.policy.yaml',
      'file-not-found gone.tools.yaml',
    ]);
  });

  it('says how an empty one starts', () => {
    const { problems } = checkFile('file:///w/a.policy.test.yaml', '', { read: () => undefined });
    assert.match(problems[0]?.message ?? '', /policy-test: <id>/);
  });
});
