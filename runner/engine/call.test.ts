import assert from 'node:assert/strict';
import { approval, type Played, play, type Scenario } from './scenario.test.js';

const callee = (steps: string, head = '') => `playbook: contain-user
version: 2.0.0
title: Contain
operating-model: ai-soc
owner: tests
catalogs: [test.tools.yaml]
${head}
steps:
${steps}`;

const GATE = `  - id: ask
    gate:
      ask: Suspend \${{ inputs.user }}?
      grants: [suspend]
      approvers: { roles: [analyst] }
`;
const SUSPEND = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ inputs.user }}" }
`;
const INPUTS = 'inputs: { user: { type: string } }';
const CALL = (more = '') => `  - id: contain
    call: contain.playbook.yaml
    with: { user: "\${{ alert.entities.users[0] }}" }
${more}`;

const users = (played: Played) =>
  played.reached.flatMap(({ tool, arguments: args }) => (tool === 'identity.suspend' ? [args.user] : []));

function calling(steps: string, called: string, more: Partial<Scenario> = {}): Promise<Played> {
  return play({ steps, ...more, files: { 'contain.playbook.yaml': called, ...more.files } });
}

const AUTONOMOUS = SUSPEND.replace('action:', 'autonomy: autonomous\n    action:');

describe('a call', () => {
  it('runs the other playbook with its inputs, under the path of the call', async () => {
    const called = callee(GATE + SUSPEND, `${INPUTS}\nverdict: "'contained ' + inputs.user"`);
    const after = `  - id: note
    action: case.note
    with: { text: "\${{ steps.contain.output.outcome + ': ' + steps.contain.output.verdict }}" }
`;
    const played = await calling(CALL() + after, called, { approve: [approval('ana')] });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(users(played), ['mallory']);
    assert.equal(played.reached[1]?.arguments.text, 'completed: contained mallory');
    assert.deepEqual(
      played.acts.map(({ step, rule }) => [step, rule]),
      [['contain/suspend', 'approved']],
    );
    assert.equal(played.asked[0]?.gate, 'contain/ask');
    const place = played.lines.flatMap((line) =>
      line.event === 'step.entered' && line.step === 'contain/suspend' ? [line.data.place.file] : [],
    );
    assert.deepEqual(place, ['contain.playbook.yaml']);
    assert.deepEqual(JSON.parse(JSON.stringify(played.of('called'))), [
      { playbook: 'contain-user', version: '2.0.0', file: 'contain.playbook.yaml', inputs: { user: 'mallory' } },
    ]);
  });

  it('fails without running anything when the inputs do not fit', async () => {
    const scenarios: [call: string, head: string][] = [
      [CALL(), ''],
      [CALL().replace(/ {4}with.*\n/, ''), INPUTS],
      [CALL().replace('user:', 'host:'), INPUTS],
      [CALL().replace(/with: .*/, 'with: { user: 7 }'), INPUTS],
      [CALL().replace(/with: .*/, 'with: { user: "${{ alert.nothing }}" }'), INPUTS],
      [CALL().replace('contain.playbook', 'missing.playbook'), INPUTS],
    ];
    for (const [call, head] of scenarios) {
      const played = await calling(call, callee(AUTONOMOUS, head));
      assert.deepEqual([played.outcome, played.reached], ['failed', []], call);
      assert.equal(played.left('contain')?.outcome, 'failed');
    }
  });

  it('is not run when the playbook has errors', async () => {
    const played = await calling(CALL(), callee(AUTONOMOUS, `${INPUTS}\nautonomy: sometimes`), { checked: true });
    assert.deepEqual([played.outcome, played.reached], ['failed', []]);
    assert.match(played.reason, /has errors/);
  });

  it('does not see the steps, items and inputs of its caller, nor the caller its steps', async () => {
    const steps = `  - id: before
    action: case.note
    with: { text: before }
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: contain
        call: contain.playbook.yaml
  - id: after
    action: case.note
    with: { text: "\${{ has(steps.look) ? 'seen' : 'not seen' }}" }
`;
    const look = `  - id: look
    action: case.note
    with: { text: "\${{ has(steps.before) ? 'seen' : 'not seen' }}" }
  - id: item
    action: case.note
    with: { text: "\${{ user }}" }
    on-error: continue
  - id: given
    action: case.note
    with: { text: "\${{ inputs.secret }}" }
    on-error: continue
`;
    const played = await calling(steps, callee(look), {
      head: 'inputs: { secret: { type: string } }',
      inputs: { secret: 's' },
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['before', 'not seen', 'not seen', 'not seen'],
    );
  });

  it('lets no approval of the caller in, though the step has the same name and makes the same call', async () => {
    const ask = `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [analyst] }
`;
    const own = SUSPEND.replace('inputs.user', 'alert.entities.users[0]');
    const played = await calling(ask + CALL() + own, callee(SUSPEND, INPUTS), { approve: [approval('ana')] });
    assert.deepEqual(users(played), []);
    assert.deepEqual(
      played.acts.map(({ step, rule }) => [step, rule]),
      [['contain/suspend', 'approval-required']],
    );
    // A gate cannot grant the call itself either.
    const granting = await calling(ask.replace('[suspend]', '[contain]') + CALL(), callee(SUSPEND, INPUTS), {
      approve: [approval('ana')],
    });
    assert.deepEqual([granting.asked.length, granting.outcome, users(granting)], [0, 'denied', []]);
  });

  it('lets no approval out, and keeps none for the next time', async () => {
    const called = callee(GATE + SUSPEND.replace('action:', 'when: "false"\n    action:'), INPUTS);
    const own = SUSPEND.replace('inputs.user', 'alert.entities.users[0]');
    const out = await calling(CALL() + own, called, { approve: [approval('ana')] });
    assert.deepEqual(
      out.acts.map(({ step, rule }) => [step, rule]),
      [['suspend', 'approval-required']],
    );
    // In the first round it is approved and not used, in the second not asked for.
    const rounds = `  - id: each
    for-each: { item: round, in: "[1, 2]", max: 2 }
    steps:
      - id: contain
        call: contain.playbook.yaml
        with: { first: "\${{ round == 1 }}" }
`;
    const asksOnce = `${GATE.replace('gate:', 'when: inputs.first\n    gate:').replace('${{ inputs.user }}', 'her')}  - id: suspend
    when: "!inputs.first"
    action: identity.suspend
    with: { user: mallory }
`;
    const again = await calling(rounds, callee(asksOnce, 'inputs: { first: { type: boolean } }'), {
      approve: [approval('ana')],
    });
    assert.deepEqual(
      again.acts.map(({ step, rule }) => [step, rule]),
      [['contain/suspend', 'approval-required']],
    );
  });

  it('keeps approvers apart in its own gates, not in those of its caller', async () => {
    const note = `  - id: other
    gate:
      ask: Close?
      grants: [close]
      approvers: { roles: [analyst], distinct-from: [ask] }
  - id: close
    action: case.close
    with: { reason: done }
`;
    const called = callee(GATE + SUSPEND + note, INPUTS);
    const same = await calling(CALL(), called, { approve: [approval('ana'), approval('ana')] });
    assert.deepEqual(same.acts.filter(({ executed }) => executed).length, 1);
    const other = await calling(CALL(), called, { approve: [approval('ana'), approval('bo')] });
    assert.deepEqual(other.acts.filter(({ executed }) => executed).length, 2);
  });

  it('is held to the least of what both allow', async () => {
    const open = await calling(CALL(), callee(AUTONOMOUS, INPUTS));
    assert.deepEqual(users(open), ['mallory']);
    const limited: [steps: string, head: string, called: string][] = [
      [CALL('    autonomy: approve\n'), '', callee(AUTONOMOUS, INPUTS)],
      [CALL(), 'autonomy: approve', callee(AUTONOMOUS, INPUTS)],
      [CALL(), '', callee(AUTONOMOUS, `${INPUTS}\nautonomy: approve`)],
      [CALL('    autonomy: autonomous\n'), 'autonomy: approve', callee(AUTONOMOUS, INPUTS)],
    ];
    for (const [steps, head, called] of limited) {
      const played = await calling(steps, called, { head });
      assert.deepEqual([users(played), played.acts[0]?.rule], [[], 'approval-required'], steps + head);
    }
    const agent = `  - id: think
    agent: { goal: Think, output: { found: { type: boolean } } }
`;
    const manual = await calling(CALL('    autonomy: manual\n').replace(/ {4}with.*\n/, ''), callee(agent));
    assert.deepEqual([manual.requests.length, manual.outcome], [0, 'denied']);
  });

  it('limits what is called by what is called', async () => {
    const middle = callee(
      `  - id: deeper
    call: deep.playbook.yaml
`,
    );
    const deep = callee(
      `  - id: suspend
    autonomy: autonomous
    action: identity.suspend
    with: { user: mallory }
`,
    );
    const call = CALL().replace(/ {4}with.*\n/, '');
    const files = { 'deep.playbook.yaml': deep };
    const open = await calling(call, middle, { files });
    assert.deepEqual(open.acts[0]?.step, 'contain/deeper/suspend');
    assert.deepEqual(users(open), ['mallory']);
    const limited = await calling(call, middle, { files, head: 'autonomy: approve' });
    assert.deepEqual(users(limited), []);
  });

  it('runs under the policy of its caller, and not at all where it names another', async () => {
    const same = await calling(CALL(), callee(AUTONOMOUS, `${INPUTS}\npolicy: test.policy.yaml`));
    assert.deepEqual(users(same), ['mallory']);
    const lax = 'policy: lax\nroles: { analyst: [eve] }\nceilings: [{ effect: contain, autonomy: autonomous }]\n';
    const called = callee(AUTONOMOUS, `${INPUTS}\npolicy: lax.policy.yaml`);
    const files = { 'lax.policy.yaml': lax };
    const other = await calling(CALL(), called, { files });
    assert.deepEqual([other.outcome, users(other)], ['failed', []]);
    assert.match(other.reason, /another policy/);
    const none = await calling(CALL(), called, { files, policy: null });
    assert.deepEqual([none.outcome, users(none)], ['failed', []]);
  });

  it('ends with its stop, which does not end the run', async () => {
    const after = `  - id: after
    action: case.note
    with: { text: "\${{ steps.contain.outcome }}" }
`;
    const stop = (outcome: string) => callee(`  - id: end\n    stop: { outcome: ${outcome}, reason: enough }\n`);
    const call = CALL('    on-error: continue\n').replace(/ {4}with.*\n/, '');
    for (const [outcome, left] of [
      ['completed', 'ok'],
      ['escalated', 'ok'],
      ['stopped', 'failed'],
      ['failed', 'failed'],
    ] as const) {
      const played = await calling(call + after, stop(outcome));
      assert.deepEqual([played.outcome, played.reached[0]?.arguments.text], ['completed', left]);
    }
    const unhandled = await calling(call.replace(/ {4}on-error.*\n/, '') + after, stop('stopped'));
    assert.deepEqual([unhandled.outcome, unhandled.reached], ['stopped', []]);
    const denied = await calling(CALL(), callee(SUSPEND, INPUTS));
    assert.deepEqual([denied.outcome, denied.left('contain')?.outcome], ['denied', 'failed']);
  });

  it('has a budget of its own within the run’s', async () => {
    const notes = callee(
      `  - id: one
    action: case.note
    with: { text: one }
  - id: two
    action: case.note
    with: { text: two }
`,
      'budget: { tool-calls: 1 }',
    );
    const call = CALL().replace(/ {4}with.*\n/, '');
    const own = await calling(call, notes);
    assert.deepEqual([own.reached.length, own.outcome], [1, 'denied']);
    const run = await calling(call, callee('  - id: one\n    action: case.note\n    with: { text: one }\n'), {
      head: 'budget: { tool-calls: 1 }',
    });
    assert.equal(run.outcome, 'completed', run.reason);
    const twice = await calling(
      `${call}  - id: more
    action: case.note
    with: { text: more }
`,
      callee('  - id: one\n    action: case.note\n    with: { text: one }\n'),
      { head: 'budget: { tool-calls: 1 }' },
    );
    assert.deepEqual([twice.reached.length, twice.outcome], [1, 'denied']);
  });

  it('is not run when it leads back, or too deep', async () => {
    const call = (file: string) => `  - id: next\n    call: ${file}\n`;
    const back = await play({ steps: call('test.playbook.yaml') });
    assert.deepEqual([back.outcome, back.reached], ['failed', []]);
    const names = Array.from({ length: 10 }, (_, index) => `p${index}.playbook.yaml`);
    const files = Object.fromEntries(
      names.map((name, index) => [
        name,
        callee(
          index === 9
            ? '  - id: end\n    action: case.note\n    with: { text: deep }\n'
            : call(`p${index + 1}.playbook.yaml`),
        ),
      ]),
    );
    const deep = await play({ steps: call('p0.playbook.yaml'), files });
    assert.deepEqual([deep.outcome, deep.reached], ['failed', []]);
    const less = await play({ steps: call('p2.playbook.yaml'), files });
    assert.deepEqual([less.outcome, less.reached.length], ['completed', 1], less.reason);
  });

  it('goes on in two branches at once without mixing them up', async () => {
    const steps = `  - id: both
    parallel: all
    branches:
      left:
        - id: first
          call: contain.playbook.yaml
          with: { user: mallory }
      right:
        - id: second
          call: contain.playbook.yaml
          with: { user: trent }
`;
    const played = await calling(steps, callee(GATE + SUSPEND, INPUTS), {
      approve: async ({ gate }) => (gate === 'first/ask' ? approval('ana') : approval('bo', 'reject')),
    });
    assert.deepEqual(users(played).includes('trent'), false);
    const handled = await calling(
      steps.replaceAll('with:', 'on-error: continue\n          with:'),
      callee(GATE + SUSPEND, INPUTS),
      {
        approve: async ({ gate }) => (gate === 'first/ask' ? approval('ana') : approval('bo', 'reject')),
      },
    );
    assert.deepEqual(
      handled.acts.map(({ step, target, rule }) => [step, target, rule]),
      [['first/suspend', 'mallory', 'approved']],
    );
  });
});

describe('inputs and context', () => {
  it('are variables of expressions', async () => {
    const played = await play({
      head: 'inputs: { host: { type: string } }\ncontext: { vips: vips.yaml }',
      steps: `  - id: note
    when: "'mallory' in context.vips.users"
    action: case.note
    with: { text: "\${{ inputs.host }}" }
`,
      files: { 'vips.yaml': 'users: [mallory]\n' },
      inputs: { host: 'srv-1' },
    });
    assert.equal(played.reached[0]?.arguments.text, 'srv-1');
    assert.deepEqual(played.of('proposed')[0]?.untrusted, ['inputs.host']);
  });
});
