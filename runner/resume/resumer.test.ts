import assert from 'node:assert/strict';
import { approval, type Played, play, type Scenario } from '../engine/scenario.test.js';

const gate = (id: string, more = '') => `  - id: ${id}
    gate: { ask: Suspend?, grants: [do_${id}], approvers: { roles: [analyst]${more} }, timeout: 30m }
    on-reject: continue
    on-timeout: continue
  - id: do_${id}
    action: identity.suspend
    autonomy: approve
    when: steps.${id}.outcome == 'approved'
    with: { user: mallory }
`;

/** Breaks a run off behind a line, and has somebody go on with it. */
async function goOn(
  steps: string,
  before: NonNullable<Scenario['approve']>,
  cut: (line: Played['lines'][number]) => boolean,
  by: string,
  after: NonNullable<Scenario['approve']>,
): Promise<Played> {
  const whole = await play({ steps, approve: before });
  const at = whole.lines.findIndex(cut);
  assert.ok(at > 0);
  const recorded = whole.lines.slice(0, at + 1);
  // The scripted approver is asked again for what it answered before, so its list starts the same.
  return play({ steps, approve: after, recorded, resumedBy: `${by}@soc.example` });
}

const yes = (as: string) => approval(as);

describe('Who has a run go on', () => {
  it('is asked for nothing in it that comes after', async () => {
    const played = await goOn(
      gate('one') + gate('two'),
      [yes('ana'), yes('ana')],
      (line) => line.event === 'step.left' && line.step === 'do_one',
      'bo',
      [yes('ana'), yes('bo'), yes('ana')],
    );
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.of('gate.opened').map(({ gate, approvers }) => [gate, approvers]),
      [
        ['one', ['ana@soc.example', 'bo@soc.example']],
        ['two', ['ana@soc.example']],
      ],
    );
    const denied = played.lines.filter(({ event, actor }) => event === 'authorized' && actor.kind === 'human');
    assert.deepEqual(
      denied.map(({ actor }) => actor.id),
      ['bo@soc.example'],
    );
    assert.deepEqual(
      played.of('gate.closed').map(({ approvedBy }) => approvedBy),
      [['ana@soc.example'], ['ana@soc.example']],
    );
  });

  it('does not count where it was asked before and is still open', async () => {
    const played = await goOn(gate('one'), [yes('ana')], ({ event }) => event === 'gate.opened', 'bo', [
      yes('bo'),
      yes('ana'),
    ]);
    assert.deepEqual(played.of('gate.closed')[0]?.approvedBy, ['ana@soc.example']);
    assert.match(
      played.of('authorized').find(({ rule }) => rule === 'approver-not-authorized')?.reason ?? '',
      /had it go on/,
    );
  });

  it('keeps what they approved before', async () => {
    const played = await goOn(
      gate('one', ', quorum: 2'),
      [yes('bo'), yes('ana')],
      ({ event }) => event === 'decided',
      'bo',
      [yes('bo'), yes('ana')],
    );
    assert.deepEqual(played.of('gate.closed')[0]?.approvedBy, ['bo@soc.example', 'ana@soc.example']);
    assert.equal(played.acts.filter(({ executed }) => executed).length, 1);
  });

  it('makes a question that takes more people than are left end without them', async () => {
    const played = await goOn(
      gate('one', ', quorum: 2'),
      [yes('ana'), yes('bo')],
      ({ event }) => event === 'gate.opened',
      'bo',
      [yes('ana')],
    );
    const closed = played.of('gate.closed')[0];
    assert.equal(closed?.outcome, 'unsatisfied', closed?.because);
    assert.deepEqual(played.acts, []);
  });

  it('changes nothing where they started it', async () => {
    const played = await goOn(gate('one'), [yes('ana')], ({ event }) => event === 'gate.opened', 'tester', [yes('bo')]);
    assert.deepEqual(played.of('gate.closed')[0]?.approvedBy, ['bo@soc.example']);
  });
});
