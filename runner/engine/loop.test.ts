import assert from 'node:assert/strict';
import { approval, play, type Scenario } from './scenario.test.js';

const users = (played: { readonly reached: readonly { readonly tool: string; readonly arguments: object }[] }) =>
  played.reached.flatMap(({ tool, arguments: args }) =>
    tool === 'identity.suspend' && 'user' in args ? [args.user] : [],
  );

const LOOP = (list: string, max = 5, more = '') => `  - id: each
    for-each: { item: user, in: "${list}", max: ${max} }
${more}    steps:
      - id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}" }
`;

const GATE = (more = '') => `  - id: ask
    gate:
      ask: Suspend them?
      grants: [suspend]
      approvers: { roles: [analyst] }
${more}`;

const SUSPENDS_EACH = LOOP('alert.entities.users').replace('action: id', 'autonomy: autonomous\n        action: id');

describe('a loop', () => {
  it('goes over its list once, item by item, and counts', async () => {
    const played = await play({
      steps: `${SUSPENDS_EACH}  - id: told
    action: case.note
    with: { text: "\${{ string(steps.each.output.count) }}" }
`,
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(users(played), ['mallory', 'trent']);
    assert.deepEqual(
      played.of('iteration').map(({ index, of, item }) => [index, of, item]),
      [
        [0, 2, 'mallory'],
        [1, 2, 'trent'],
      ],
    );
    assert.deepEqual({ ...Object(played.left('each')?.output) }, { count: 2 });
    assert.equal(played.reached[2]?.arguments.text, '2');
    const entered = played.lines.filter((line) => line.event === 'step.entered' && line.step === 'suspend');
    assert.deepEqual(
      entered.map(({ data }) => 'within' in data && data.within),
      ['each', 'each'],
    );
  });

  it('fails before the first item when there are too many, or no list', async () => {
    const lists: [list: string, max: number, because: RegExp][] = [
      ['alert.entities.users', 1, /2 items, and at most 1/],
      ['alert.message', 5, /no list/],
      ['alert.entities', 5, /no list/],
      ['alert.nothing', 5, /has no value/],
    ];
    for (const [list, max, because] of lists) {
      const played = await play({ steps: LOOP(list, max) });
      assert.deepEqual([played.outcome, users(played), played.of('iteration').length], ['failed', [], 0]);
      assert.match(played.left('each')?.error ?? '', because);
    }
  });

  it('does nothing for an empty list', async () => {
    const played = await play({ steps: LOOP('alert.entities.ips') });
    assert.deepEqual([played.outcome, users(played)], ['completed', []]);
  });

  it('shows what its steps return in the same round only', async () => {
    const played = await play({
      steps: `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: first
        when: user == 'mallory'
        action: case.note
        with: { text: one }
      - id: second
        when: has(steps.first.output)
        action: case.note
        with: { text: "two of \${{ user }}" }
  - id: after
    action: case.note
    with: { text: "\${{ has(steps.second) || has(steps.first) ? 'seen' : 'not seen' }}" }
  - id: beyond
    action: case.note
    with: { text: "\${{ user }}" }
    on-error: continue
`,
    });
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['one', 'two of mallory', 'not seen'],
    );
    assert.equal(played.left('beyond')?.outcome, 'failed', 'the item is of the body only');
  });

  it('ends with the run when a step of its body ends it', async () => {
    const played = await play({
      steps: `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: end
        when: user == 'mallory'
        stop: { outcome: escalated, reason: "at \${{ user }}" }
`,
    });
    assert.deepEqual([played.outcome, played.reason, played.of('iteration').length], ['escalated', 'at mallory', 1]);
  });

  it('goes on after a body that failed only where its handler says so', async () => {
    const body = (handler: string): Scenario => ({
      steps: `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: look
        action: intel.lookup
        with: { user: "\${{ user }}" }
${handler}`,
    });
    const stopped = await play(body(''));
    assert.deepEqual([stopped.outcome, stopped.reached.length], ['failed', 1]);
    const through = await play(body('        on-error: continue\n'));
    assert.deepEqual([through.outcome, through.reached.length], ['completed', 2]);
  });

  it('is held to the time it may take', async () => {
    const played = await play({
      steps: LOOP('alert.entities.users', 5, '    timeout: 1m\n').replace(
        'action: id',
        'autonomy: autonomous\n        action: id',
      ),
      watch: (line, clock) => {
        if (line.event === 'executed') clock.advance(60_000);
      },
    });
    assert.deepEqual([played.outcome, users(played)], ['denied', ['mallory']]);
    assert.match(played.reason, /the time of "each"/);
  });

  it('nests, each loop with its own item', async () => {
    const played = await play({
      steps: `  - id: outer
    for-each: { item: a, in: "[1, 2]", max: 5 }
    steps:
      - id: inner
        for-each: { item: b, in: "[a * 10, a * 10 + 1]", max: 5 }
        steps:
          - id: note
            action: case.note
            with: { text: "\${{ string(a) }}-\${{ string(b) }}" }
`,
    });
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['1-10', '1-11', '2-20', '2-21'],
    );
  });

  it('gives an agent a budget for each round', async () => {
    const played = await play({
      steps: `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: think
        agent:
          goal: "About \${{ user }}"
          output: { found: { type: boolean } }
        budget: { turns: 1 }
`,
      turns: [{ output: { found: true } }, { output: { found: false } }],
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.of('budget').map(({ scope, turns }) => [scope, turns]),
      [
        ['think', 1],
        ['think', 1],
        ['run', 2],
      ],
    );
    const [first, second] = played.requests.map(({ messages }) => messages[0]);
    assert.ok(first?.role === 'user' && first.text.includes('"mallory"'));
    assert.ok(second?.role === 'user' && second.text.includes('trent'));
  });
});

describe('a gate before a loop', () => {
  it('shows every call and gets an approval for each', async () => {
    const played = await play({ steps: GATE() + LOOP('alert.entities.users'), approve: [approval('ana')] });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.asked[0]?.calls.map(({ target }) => target),
      ['mallory', 'trent'],
    );
    assert.deepEqual(users(played), ['mallory', 'trent']);
    const shown = played.of('gate.opened')[0]?.calls.map(({ id }) => id);
    assert.deepEqual(
      played.of('intent').map(({ call }) => call),
      shown,
    );
    assert.deepEqual(
      played.acts.map(({ rule, approvedBy }) => [rule, approvedBy]),
      [
        ['approved', ['ana@soc.example']],
        ['approved', ['ana@soc.example']],
      ],
    );
  });

  it('denies the items that come to the list after the approval', async () => {
    // The note is there only once it was written, after the gate.
    const grows = "has(steps.note) ? ['mallory', 'eve'] : ['mallory', 'trent']";
    const note = `  - id: note
    action: case.note
    with: { text: waiting }
`;
    const played = await play({
      steps: GATE() + note + LOOP(grows),
      approve: [approval('ana')],
    });
    assert.deepEqual(users(played), ['mallory']);
    assert.deepEqual(
      played.acts.map(({ target, rule }) => [target, rule]),
      [
        ['mallory', 'approved'],
        ['eve', 'approval-of-another-call'],
      ],
    );
    assert.equal(played.outcome, 'denied');
  });

  it('takes one approval for each of several equal calls, and no more', async () => {
    const twice = "['mallory', 'mallory']";
    const played = await play({ steps: GATE() + LOOP(twice), approve: [approval('ana')] });
    assert.equal(played.asked[0]?.calls.length, 2);
    assert.deepEqual(users(played), ['mallory', 'mallory']);
    assert.equal(new Set(played.of('intent').map(({ call }) => call)).size, 2);

    const note = '  - id: note\n    action: case.note\n    with: { text: waiting }\n';
    const more = await play({
      steps: GATE() + note + LOOP("has(steps.note) ? ['mallory', 'mallory'] : ['mallory']"),
      approve: [approval('ana')],
    });
    assert.deepEqual(
      more.acts.map(({ rule }) => rule),
      ['approved', 'approval-used'],
    );
    assert.deepEqual(users(more), ['mallory']);
  });

  it('lets each call be made as often as it says', async () => {
    const rounds = `  - id: rounds
    for-each: { item: round, in: "[1, 2, 3]", max: 3 }
    steps:
      - id: suspend
        action: identity.suspend
        with: { user: mallory }
        on-error: continue
`;
    const gate = GATE().replace('grants:', 'uses: 2\n      grants:');
    const before = await play({ steps: gate + rounds, approve: [approval('ana')] });
    // Unrolled: three equal calls, each approved twice.
    assert.equal(before.asked[0]?.calls.length, 3);
    assert.equal(users(before).length, 3);
  });

  it('unrolls nested loops, and steps below branches', async () => {
    const nested = `  - id: outer
    for-each: { item: a, in: alert.entities.users, max: 5 }
    steps:
      - id: check
        if: a != 'nobody'
        then:
          - id: inner
            for-each: { item: b, in: "[a, a + '2']", max: 5 }
            steps:
              - id: suspend
                action: identity.suspend
                with: { user: "\${{ b }}" }
`;
    const played = await play({ steps: GATE() + nested, approve: [approval('ana')] });
    assert.deepEqual(users(played), ['mallory', 'mallory2', 'trent', 'trent2']);
    assert.equal(played.outcome, 'completed', played.reason);
  });

  it('asks nobody when a value is missing, the list is too long, empty or endless, or a call would be denied anyway', async () => {
    const many = '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]';
    const scenarios: [steps: string, because: RegExp][] = [
      [LOOP('steps.later.output.users'), /no value/],
      [LOOP('alert.entities.users', 1), /at most 1/],
      [LOOP('alert.entities.ips'), /nothing to approve/],
      [LOOP("['mallory', 7]"), /denied even if/],
      [
        `  - id: outer
    for-each: { item: a, in: "${many}", max: 100 }
    steps:
      - id: inner
        for-each: { item: b, in: "${many}", max: 100 }
        steps:
          - id: suspend
            action: identity.suspend
            with: { user: "\${{ string(a * b) }}" }
`,
        /more than 200/,
      ],
    ];
    for (const [steps, because] of scenarios) {
      const played = await play({ steps: GATE() + steps, approve: [approval('ana')] });
      assert.deepEqual([played.asked.length, users(played), played.outcome], [0, [], 'denied'], steps);
      assert.match(played.of('gate.closed')[0]?.because ?? '', because);
    }
  });
});

describe('a gate in a loop', () => {
  const BODY = `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: ask
        gate:
          ask: Suspend \${{ user }}?
          grants: [suspend]
          approvers: { roles: [analyst] }
        on-reject: continue
      - id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}" }
        on-error: continue
`;

  it('asks in each round, about the call of that round', async () => {
    const played = await play({ steps: BODY, approve: [approval('ana', 'reject'), approval('ana')] });
    assert.deepEqual(
      played.asked.map(({ calls, ask }) => [ask, calls.map(({ target }) => target)]),
      [
        ['Suspend mallory?', ['mallory']],
        ['Suspend trent?', ['trent']],
      ],
    );
    assert.deepEqual(users(played), ['trent']);
  });

  it('voids what it approved before once it asks again', async () => {
    // The same call in both rounds; the first approval stays unused, and the second answer is no.
    const steps = BODY.replaceAll('"${{ user }}"', 'mallory').replace(
      '        action: identity.suspend',
      "        when: user == 'trent'\n        action: identity.suspend",
    );
    const used = await play({ steps, approve: [approval('ana'), approval('ana')] });
    assert.deepEqual(users(used), ['mallory']);
    for (const second of [[approval('ana', 'reject')], []]) {
      const played = await play({
        steps: steps.replace('on-reject: continue', 'on-reject: continue\n        on-timeout: continue'),
        approve: [approval('ana'), ...second],
      });
      assert.deepEqual([played.asked.length, users(played)], [2, []]);
      assert.equal(played.acts[0]?.rule, 'approval-required');
    }
  });
});
