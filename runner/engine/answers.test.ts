import assert from 'node:assert/strict';
import type { ApprovalAnswer, ApprovalRequest } from '../protocol/messages.js';
import type { JsonObject } from '../protocol/trace.js';
import { approval, type Played, play, type Scenario } from './scenario.test.js';

const GATE = `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [analyst] }
      timeout: 15m
`;
const SUSPEND = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
`;

/** An answer, worked out from what is asked. */
type Answer = (request: ApprovalRequest) => ApprovalAnswer;

const answering = (...answers: readonly Answer[]): NonNullable<Scenario['approve']> => {
  const left = [...answers];
  return async (request) => left.shift()?.(request);
};
const says =
  (as: string, decision: 'approve' | 'reject' | 'end' = 'approve', reason = ''): Answer =>
  () => ({ as: `${as}@soc.example`, decision, reason });
const changes =
  (as: string, args: JsonObject, call = 0): Answer =>
  ({ calls }) => ({
    as: `${as}@soc.example`,
    decision: 'modify',
    reason: 'not that one',
    changes: [{ call: calls[call]?.id ?? '', arguments: { ...calls[call]?.arguments, ...args } }],
  });
const handsTo =
  (as: string, to: string): Answer =>
  () => ({ as: `${as}@soc.example`, decision: 'escalate', reason: 'not mine to say', to });

const ran = ({ reached }: Played) => reached.map(({ tool, arguments: args }) => [tool, args.user ?? args.text]);

describe('a person who changes what is proposed', () => {
  it('makes a new proposal: it is shown and asked afresh, and exactly that runs', async () => {
    const played = await play({
      steps: GATE + SUSPEND,
      approve: answering(changes('ana', { user: 'trent' }), says('bo')),
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(ran(played), [['identity.suspend', 'trent']]);
    assert.deepEqual(
      played.of('gate.opened').map(({ round, calls, changedBy }) => [round, calls[0]?.target, changedBy]),
      [
        [undefined, 'mallory', undefined],
        [2, 'trent', ['ana@soc.example']],
      ],
    );
    const [modified] = played.of('modified');
    assert.deepEqual(
      [modified?.before.map(({ target }) => target), modified?.after.map(({ target }) => target), modified?.refused],
      [['mallory'], ['trent'], null],
    );
    assert.equal(played.acts[0]?.target, 'trent');
    // Question and effect are found together: what ran is what was shown, under the same id.
    assert.equal(played.of('intent')[0]?.digest, played.of('gate.opened')[1]?.calls[0]?.digest);
    assert.equal(played.of('intent')[0]?.call, played.of('gate.opened')[1]?.calls[0]?.id);
    assert.ok(played.of('proposed')[0]?.untrusted.includes('changed by ana@soc.example'));
  });

  it('may not approve it, and when nobody is left it is denied', async () => {
    const own = await play({
      steps: GATE + SUSPEND,
      approve: answering(changes('ana', { user: 'trent' }), says('ana')),
    });
    assert.deepEqual([own.outcome, ran(own)], ['denied', []]);
    assert.deepEqual(own.asked[1]?.approvers, ['bo@soc.example']);
    const alone = await play({
      steps: GATE.replace('[analyst]', '[manager]') + SUSPEND,
      approve: answering(changes('eli', { user: 'trent' }), says('eli')),
    });
    assert.deepEqual(
      [alone.asked.length, alone.of('gate.closed')[0]?.outcome, alone.outcome, ran(alone)],
      [1, 'unsatisfied', 'denied', []],
    );
  });

  it('takes back what others approved before', async () => {
    const three = 'policy: test\nroles:\n  analyst: [ana@soc.example, bo@soc.example, cy@soc.example]\n';
    const two = GATE.replace('{ roles: [analyst] }', '{ roles: [analyst], quorum: 2 }') + SUSPEND;
    const short = await play({
      steps: two,
      policy: three,
      approve: answering(says('ana'), changes('bo', { user: 'trent' }), says('cy')),
    });
    assert.deepEqual([short.outcome, ran(short)], ['denied', []]);
    const enough = await play({
      steps: two,
      policy: three,
      approve: answering(says('ana'), changes('bo', { user: 'trent' }), says('cy'), says('ana')),
    });
    assert.deepEqual(ran(enough), [['identity.suspend', 'trent']]);
  });

  it('proposes nothing that would be denied whoever approved it: the question stands as it was', async () => {
    for (const args of [{ user: 'eve' }, { user: 7 }, { host: 'a' }, { user: 'mallory' }]) {
      const played = await play({ steps: GATE + SUSPEND, approve: answering(changes('ana', args), says('ana')) });
      assert.notEqual(played.of('modified')[0]?.refused, null, JSON.stringify(args));
      assert.equal(played.of('gate.opened').length, 1);
      assert.deepEqual(ran(played), [['identity.suspend', 'mallory']]);
    }
    const unseen = await play({
      steps: GATE + SUSPEND,
      approve: answering(() => ({
        as: 'ana@soc.example',
        decision: 'modify',
        reason: '',
        changes: [{ call: 'call-99', arguments: { user: 'trent' } }],
      })),
    });
    assert.deepEqual([unseen.outcome, ran(unseen)], ['denied', []]);
  });

  it('may be refused, and then neither call runs', async () => {
    const played = await play({
      steps: GATE + SUSPEND,
      approve: answering(changes('ana', { user: 'trent' }), says('bo', 'reject', 'leave both')),
    });
    assert.deepEqual([played.outcome, ran(played)], ['denied', []]);
  });

  it('changes no more than the calls of that one question', async () => {
    const twice = `${SUSPEND.replace(
      '  - id: suspend',
      '  - id: rounds\n    for-each: { item: user, in: alert.entities.users, max: 2 }\n    steps:\n      - id: suspend',
    )
      .replace(/^ {4}(action|with|where)/gm, '        $1')
      .replace('alert.entities.users[0]', 'user')
      .replace(/ {8}where.*\n/, '')}`;
    const played = await play({
      steps: GATE + twice,
      approve: answering(changes('ana', { user: 'eve' }, 1), says('bo')),
    });
    assert.deepEqual(ran(played), [
      ['identity.suspend', 'mallory'],
      ['identity.suspend', 'eve'],
    ]);
  });

  it('changes nothing any more once the step would make another call than was shown', async () => {
    const look = `  - id: look
    action: intel.lookup
    with: { user: mallory }
    on-error: continue
`;
    const rebinding = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ has(steps.look) ? 'trent' : 'mallory' }}" }
`;
    const played = await play({
      steps: GATE + look + rebinding,
      approve: answering(changes('ana', { user: 'eve' }), says('bo')),
    });
    assert.deepEqual([played.acts[0]?.rule, played.outcome], ['approval-of-another-call', 'denied']);
    assert.ok(!ran(played).some(([tool]) => tool === 'identity.suspend'));
  });

  it('is used up like any other approval', async () => {
    const again = `${SUSPEND}    on-error: continue
    retry: { attempts: 2 }
`;
    const played = await play({
      steps: GATE + again,
      approve: answering(changes('ana', { user: 'trent' }), says('bo')),
      tool: async () => ({ ok: false, error: 'no answer', source: 'test' }),
    });
    assert.deepEqual(ran(played), [['identity.suspend', 'trent']]);
    assert.equal(played.acts[1]?.decision, 'denied');
  });

  it('may change the call of a step with an approval of its own, and of an agent', async () => {
    const action = `  - id: suspend
    action: identity.suspend
    with: { user: mallory }
    approval: { roles: [analyst], timeout: 5m }
`;
    const played = await play({ steps: action, approve: answering(changes('ana', { user: 'trent' }), says('bo')) });
    assert.deepEqual(ran(played), [['identity.suspend', 'trent']]);
    assert.deepEqual(
      played.of('proposed').map(({ call }) => call.target),
      ['mallory', 'trent'],
    );
    const agent = `  - id: contain
    agent: { goal: Contain., tools: [{ use: identity.suspend, where: args.user in alert.entities.users }], output: {} }
    approval: { roles: [analyst], timeout: 5m }
`;
    const turns = [{ calls: [{ tool: 'identity.suspend', with: { user: 'mallory' } }] }, { output: {} }];
    const acted = await play({
      steps: agent,
      turns,
      approve: answering(changes('ana', { user: 'eve' }), changes('ana', { user: 'trent' }), says('bo')),
    });
    assert.deepEqual(ran(acted), [['identity.suspend', 'trent']]);
    assert.match(JSON.stringify(acted.requests[1]?.messages), /changedByAPerson/);
  });

  it('does not get more time by it', async () => {
    const played = await play({
      steps: GATE + SUSPEND,
      approve: async (request, clock) => {
        clock.advance(10 * 60_000);
        return request.changedBy.length === 0 ? changes('ana', { user: 'trent' })(request) : undefined;
      },
    });
    assert.equal(played.of('gate.opened')[1]?.timeoutMs, 5 * 60_000);
    assert.equal(played.of('gate.closed')[0]?.outcome, 'timed-out');
  });

  it('asks those whom the changed call needs', async () => {
    const policy = `policy: test
roles:
  analyst: [ana@soc.example, bo@soc.example, cy@soc.example]
tags: { crown: [trent] }
ceilings:
  - { tool: identity.suspend, target-tag: crown, autonomy: approve, quorum: 2 }
`;
    const played = await play({
      steps: GATE + SUSPEND,
      policy,
      approve: answering(changes('ana', { user: 'trent' }), says('bo')),
    });
    assert.deepEqual([played.asked[0]?.quorum, played.asked[1]?.quorum, ran(played)], [1, 2, []]);
  });
});

describe('a person who hands the question on', () => {
  const both = GATE.replace('[analyst]', '[analyst, commander]') + SUSPEND;

  it('leaves it to the role they name, and approves nothing', async () => {
    const played = await play({ steps: both, approve: answering(handsTo('ana', 'commander'), says('bo'), says('cy')) });
    assert.deepEqual(
      played.of('escalated').map((one) => ({ ...one })),
      [{ gate: 'ask', to: 'commander', approvers: ['cy@soc.example', 'di@soc.example'] }],
    );
    assert.deepEqual(played.acts[0]?.approvedBy, ['cy@soc.example']);
    assert.deepEqual(
      played.of('authorized').filter(({ rule }) => rule === 'approver-not-authorized').length,
      1,
      'the analyst who was not asked any more does not count',
    );
    const silent = await play({ steps: both, approve: answering(handsTo('ana', 'commander')) });
    assert.deepEqual([silent.outcome, ran(silent)], ['denied', []]);
  });

  it('hands it only where the playbook lets it go', async () => {
    const closed = await play({
      steps: GATE + SUSPEND,
      approve: answering(handsTo('ana', 'commander'), says('cy'), says('ana')),
    });
    assert.deepEqual(closed.of('escalated'), []);
    assert.deepEqual(closed.acts[0]?.approvedBy, ['ana@soc.example']);
    const open = await play({
      steps: GATE.replace('[analyst]', '[analyst], escalate-to: [commander]') + SUSPEND,
      approve: answering(handsTo('ana', 'commander'), says('cy')),
    });
    assert.deepEqual(open.asked[0]?.escalateTo, ['commander']);
    assert.deepEqual(open.acts[0]?.approvedBy, ['cy@soc.example']);
    for (const to of ['nobody-holds-this', '']) {
      const unknown = await play({
        steps: GATE.replace('[analyst]', '[analyst], escalate-to: [nobody-holds-this]') + SUSPEND,
        approve: answering(handsTo('ana', to)),
      });
      assert.deepEqual([unknown.of('escalated'), ran(unknown)], [[], []]);
    }
  });

  it('lets nobody approve whom policy keeps away', async () => {
    const policy = `policy: test
roles:
  analyst: [ana@soc.example, bo@soc.example]
  commander: [cy@soc.example]
ceilings:
  - { effect: contain, autonomy: approve, roles: [analyst] }
`;
    const played = await play({
      steps: GATE.replace('[analyst]', '[analyst], escalate-to: [commander]') + SUSPEND,
      policy,
      approve: answering(handsTo('ana', 'commander'), says('cy')),
    });
    assert.deepEqual([played.of('escalated'), played.outcome, ran(played)], [[], 'denied', []]);
  });

  it('takes back what others approved before, and keeps the number of people', async () => {
    const two = GATE.replace('{ roles: [analyst] }', '{ roles: [analyst, commander], quorum: 2 }') + SUSPEND;
    const played = await play({
      steps: two,
      approve: answering(says('cy'), handsTo('ana', 'commander'), says('di')),
    });
    assert.deepEqual([played.outcome, ran(played)], ['denied', []]);
  });
});

describe('a person who ends the run', () => {
  it('ends it there: no further step runs, whatever the handlers say', async () => {
    const after = `  - id: after
    action: case.note
    with: { text: after }
`;
    const played = await play({
      steps: `${GATE}    on-reject: continue\n    on-error: continue\n${SUSPEND}${after}`,
      approve: answering(says('ana', 'end', 'this is a drill')),
    });
    assert.deepEqual([played.outcome, ran(played)], ['stopped', []]);
    assert.match(played.reason, /ana@soc\.example ended the run at "ask": this is a drill/);
    assert.equal(played.of('gate.closed')[0]?.outcome, 'ended');
  });

  it('ends the run and not only the playbook that was called', async () => {
    const callee = `playbook: inner
version: 1.0.0
title: Inner
operating-model: tool-assisted
owner: tests
catalogs: [test.tools.yaml]
policy: test.policy.yaml
steps:
${GATE}  - id: suspend
    action: identity.suspend
    with: { user: mallory }
`;
    const steps = `  - id: inner
    call: inner.playbook.yaml
    on-error: continue
  - id: after
    action: case.note
    with: { text: after }
`;
    const played = await play({
      steps,
      files: { 'inner.playbook.yaml': callee },
      approve: answering(says('ana', 'end', 'enough')),
    });
    assert.deepEqual([played.outcome, ran(played)], ['stopped', []]);
  });

  it('ends the other branches before their next effect', async () => {
    const steps = `  - id: both
    parallel: all
    branches:
      left:
${(GATE + SUSPEND).replace(/^/gm, '      ').trimEnd()}
      right:
        - id: wait
          agent: { goal: Think., output: {} }
        - id: note
          action: case.note
          with: { text: late }
`;
    const played = await play({
      steps,
      approve: answering(says('ana', 'end')),
      turns: (_, __, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () =>
            resolve({ kind: 'failed', reason: 'gone', usage: { inputTokens: 0, outputTokens: 0, usd: 0 } }),
          );
        }),
    });
    assert.deepEqual([played.outcome, ran(played)], ['stopped', []]);
  });

  it('may be anybody who may answer, and nobody else', async () => {
    const played = await play({
      steps: GATE + SUSPEND,
      approve: answering(says('eli', 'end'), says('tester', 'end'), says('bo')),
    });
    assert.deepEqual([played.outcome, played.acts[0]?.approvedBy], ['completed', ['bo@soc.example']]);
  });
});

describe('identity', () => {
  it('is labelled as what people on this machine state', async () => {
    const played = await play({ steps: GATE + SUSPEND, approve: [approval('ana')] });
    assert.deepEqual(
      [played.of('decided')[0]?.identity, played.of('gate.closed')[0]?.identity],
      ['locally-asserted', 'locally-asserted'],
    );
    const [decided] = played.lines.filter(({ event }) => event === 'decided');
    assert.equal(decided?.actor.how, 'scripted');
  });
});
