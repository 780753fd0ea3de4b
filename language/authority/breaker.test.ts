import assert from 'node:assert/strict';
import { loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { boundaryOf } from './boundary.js';
import { compareSides } from './diff/compare.js';
import { sideOf } from './diff/side.js';
import { toolIndexOf } from './diff/tool-index.js';

const STEP = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    autonomy: notify
    notify: { roles: [analyst] }
    where: args.user in alert.entities.users
`;
const BREAKER = (bound: string, age = '30d', act = 'effect: contain'): string =>
  `breaker:\n  measure: x.measure.json\n  acts: [{ ${act}, max-error: ${bound}, max-age: ${age} }]\n`;

function load(breaker: string, steps = STEP) {
  const files: { readonly [file: string]: string } = {
    ...EXAMPLE_FILES,
    // Its own ceiling for suspending is `approve`; here acts are to run alone but for the breaker.
    'example.policy.yaml': `policy: example\nroles: { analyst: [ana@soc.example, bo@soc.example], incident-commander: [cy@soc.example, di@soc.example] }\n${breaker}`,
  };
  const text = `${EXAMPLE_HEAD}${steps}`;
  return loadPlaybook('file:///w/x.playbook.yaml', text, { read: (uri) => files[uri.replace('file:///w/', '')] });
}

function diff(base: string, head: string): readonly string[] {
  const [before, after] = [load(base), load(head)];
  const changes = compareSides(sideOf(before), sideOf(after), toolIndexOf(before.catalogs, after.catalogs));
  return changes
    .filter((change) => change.class !== 'unchanged')
    .map((change) => `${change.class}: ${change.differences.map(({ words }) => words).join('; ')}`);
}

describe('a breaker, as the boundary has it', () => {
  const bounds = (breaker: string): readonly string[] =>
    boundaryOf(load(breaker)).cells.flatMap((cell) => cell.bounds.filter((bound) => /measured/.test(bound)));

  it('is a bound of acts that may run alone, which stay what they may be at the most', () => {
    assert.deepEqual(bounds(BREAKER('5%')), ['approve unless at most 5% are measured wrong, 30d ago or less']);
    assert.equal(boundaryOf(load(BREAKER('5%'))).cells[0]?.autonomy, 'notify');
    for (const other of [
      '',
      BREAKER('5%', '30d', 'effect: suppress'),
      BREAKER('5%', '30d', 'tool: identity.delete_user'),
    ])
      assert.deepEqual(bounds(other), []);
  });

  it('that is gone, or asks less, lets an act do more; one that is new lets it do less', () => {
    for (const [base, head, said] of [
      [BREAKER('5%'), '', /wider|widened/],
      [BREAKER('5%'), BREAKER('10%'), /at most 10 % measured wrong, at most 5 % before/],
      [BREAKER('5%'), BREAKER('5%', '60d'), /at most 60d since that was measured, at most 30d before/],
      [BREAKER('5%'), BREAKER('5%', '30d', 'effect: harden'), /any share measured wrong, at most 5 % before/],
    ] as const) {
      const [change = ''] = diff(base, head);
      assert.match(change, /^widened/, change);
      assert.match(change, said);
    }
    assert.match(diff('', BREAKER('5%'))[0] ?? '', /^narrowed/);
    assert.deepEqual(diff(BREAKER('5%'), BREAKER('5%')), []);
  });

  it('that cannot be read asks most', () => {
    assert.match(bounds(BREAKER('many'))[0] ?? '', /at most 0% are measured wrong/);
  });
});
