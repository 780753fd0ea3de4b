import assert from 'node:assert/strict';
import type { ApprovalAnswer } from '../protocol/messages.js';
import type { ToolAnswer } from '../tools/port.js';
import { approval, type Line, type Played, play, responseOf } from './scenario.test.js';

const note = (id: string, text = id, more = '') => `        - id: ${id}
          action: case.note
          with: { text: "${text}" }
${more}`;

const act = (id: string, user: string) => `        - id: ${id}
          action: identity.suspend
          autonomy: autonomous
          with: { user: ${user} }
`;

const parallel = (join: 'all' | 'any', branches: { readonly [name: string]: string }) => `  - id: both
    parallel: ${join}
    branches:
${Object.entries(branches)
  .map(([name, steps]) => `      ${name}:\n${steps}`)
  .join('')}`;

const AFTER = `  - id: after
    action: case.note
    with: { text: "\${{ [has(steps.one), has(steps.two)].map(seen, seen ? 'seen' : 'not').join(' ') }}" }
`;

const story = (played: Played, ...events: Line['event'][]) =>
  played.lines.filter(({ event }) => events.includes(event)).map(({ event, step }) => `${event} ${step}`);

/** A tool that answers once it is told to. */
function heldBack(): { readonly answer: Promise<ToolAnswer>; readonly let: () => void } {
  let go = (): void => {};
  const answer = new Promise<ToolAnswer>((resolve) => {
    go = () => resolve({ ok: true, output: { state: 'suspended' }, source: 'test' });
  });
  return { answer, let: () => go() };
}

describe('parallel branches', () => {
  it('take turns, always in the same way, and all have ended when it goes on', async () => {
    const steps =
      parallel('all', { left: note('one') + note('one_more'), right: note('two') + note('two_more') }) + AFTER;
    const runs = [await play({ steps }), await play({ steps })];
    const [first, second] = runs.map((played) => played.lines.map(({ event, step }) => `${event} ${step}`));
    assert.deepEqual(first, second);
    const played = runs[0];
    assert.ok(played);
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['one', 'two', 'one_more', 'two_more', 'seen seen'],
    );
    assert.deepEqual(
      played.of('joined').map(({ join, through, stopped }) => [join, through, stopped]),
      [['all', ['left', 'right'], []]],
    );
    const entered = played.lines.flatMap((line) =>
      line.event === 'step.entered' && line.data.branch ? [[line.step, line.data.within, line.data.branch]] : [],
    );
    assert.deepEqual(entered.slice(0, 2), [
      ['one', 'both', 'left'],
      ['two', 'both', 'right'],
    ]);
  });

  it('do not see each other', async () => {
    const look = (id: string, other: string) =>
      note(id) + note(`${id}_sees`, `\${{ has(steps.${other}) ? 'seen' : 'not seen' }}`);
    const played = await play({ steps: parallel('all', { left: look('one', 'two'), right: look('two', 'one') }) });
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['one', 'two', 'not seen', 'not seen'],
    );
  });

  it('write each intent before its effect, whatever the other does in between', async () => {
    const played = await play({
      steps: parallel('all', { left: act('one', 'mallory') + act('one_more', 'eve'), right: act('two', 'trent') }),
    });
    assert.equal(played.outcome, 'completed', played.reason);
    for (const { call } of played.of('intent')) {
      const events = played.lines.filter(({ data }) => 'call' in data && data.call === call).map(({ event }) => event);
      assert.deepEqual(events, ['authorized', 'intent', 'executed']);
    }
    // Nothing comes between a decision and the intent that rests on it.
    const order = story(played, 'authorized', 'intent');
    for (let i = 0; i < order.length; i += 2) {
      assert.equal(order[i]?.replace('authorized', 'intent'), order[i + 1]);
    }
  });

  it('any: goes on after the first, and only its results are there', async () => {
    const played = await play({
      steps: parallel('any', { left: note('one'), right: note('two') + note('two_more') }) + AFTER,
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['one', 'two', 'seen not'],
    );
    assert.deepEqual({ ...played.of('joined')[0] }, { join: 'any', through: ['left'], stopped: ['right'] });
  });

  it('any: lets an effect under way complete, and makes no further one', async () => {
    const slow = heldBack();
    let aborted = false;
    const played = await play({
      steps: parallel('any', { left: note('one'), right: act('two', 'mallory') + act('two_more', 'trent') }),
      tool: async ({ tool }, _, signal) => {
        if (tool.name.value !== 'identity.suspend') {
          // The other branch is in the middle of its effect when this one is through.
          queueMicrotask(() => setImmediate(slow.let));
          return undefined;
        }
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        const answer = await slow.answer;
        assert.ok(!aborted, 'the effect was not abandoned');
        return answer;
      },
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.acts.map(({ target, executed }) => [target, executed]),
      [['mallory', true]],
    );
    const executed = played.of('executed').filter(({ tool }) => tool === 'identity.suspend');
    assert.deepEqual(
      executed.map(({ ok }) => ok),
      [true],
    );
    assert.equal(played.left('two')?.outcome, 'ok');
    assert.equal(played.left('two_more'), undefined);
  });

  it('any: asks no longer what another branch no longer needs', async () => {
    let withdrawn = false;
    const played = await play({
      steps: parallel('any', {
        left: `        - id: think
          agent: { goal: Think, output: { found: { type: boolean } } }
`,
        right: note('two'),
      }),
      turns: (_, __, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            withdrawn = true;
            resolve(responseOf({ output: { found: true } }, 1));
          });
        }),
    });
    assert.ok(withdrawn);
    assert.equal(played.outcome, 'completed', played.reason);
    assert.match(played.left('think')?.error ?? '', /branch "right" was through first/);
  });

  it('end with the run when one of them ends it, before the next effect of the others', async () => {
    const end = `        - id: end
          stop: { outcome: escalated, reason: enough }
`;
    for (const join of ['all', 'any'] as const) {
      const played = await play({
        steps: parallel(join, { left: note('one') + end, right: note('two') + act('two_more', 'mallory') }) + AFTER,
      });
      assert.deepEqual([played.outcome, played.reason], ['escalated', 'enough']);
      assert.deepEqual(
        played.reached.map(({ arguments: args }) => args.text ?? args.user),
        ['one', 'two'],
      );
      assert.deepEqual({ ...played.of('joined')[0] }, { join, through: [], stopped: ['left', 'right'] });
    }
  });

  it('end with the run when a step of one fails and nothing handles it', async () => {
    const look = `        - id: look
          action: intel.lookup
          with: { user: nobody }
`;
    const played = await play({
      steps: parallel('all', { left: look, right: note('two') + act('two_more', 'mallory') }),
    });
    assert.deepEqual([played.outcome, played.acts], ['failed', []]);
    const handled = await play({
      steps: parallel('all', {
        left: `${look}          on-error: continue\n`,
        right: note('two') + act('two_more', 'mallory'),
      }),
    });
    assert.deepEqual([handled.outcome, handled.acts.length], ['completed', 1]);
  });

  it('end when the run is cancelled', async () => {
    const stop = new AbortController();
    const played = await play({
      steps: parallel('all', { left: note('one') + note('one_more'), right: note('two') + act('two_more', 'mallory') }),
      signal: stop.signal,
      watch: (line) => {
        if (line.event === 'executed') stop.abort();
      },
    });
    assert.deepEqual([played.outcome, played.reason, played.acts], ['cancelled', 'The run was cancelled.', []]);
    assert.ok(!played.reached.some(({ arguments: args }) => args.text === 'one_more'));
  });

  it('leave to the verdict what the branch found out that ends the run', async () => {
    const end = `        - id: end
          stop: { outcome: escalated, reason: enough }
`;
    const played = await play({
      head: `verdict: "has(steps.one) ? 'found' : 'nothing'"`,
      steps: parallel('all', { left: note('one') + end, right: note('two') }),
    });
    assert.deepEqual([played.outcome, played.verdict], ['escalated', 'found']);
  });

  it('write down what became of an effect under way when the run is cancelled', async () => {
    const stop = new AbortController();
    const played = await play({
      steps: parallel('all', { left: act('one', 'mallory') + act('one_more', 'eve'), right: act('two', 'trent') }),
      signal: stop.signal,
      tool: () => {
        setImmediate(() => stop.abort());
        return new Promise(() => {});
      },
    });
    assert.equal(played.outcome, 'cancelled');
    assert.deepEqual(
      played.of('executed').map(({ ok, result }) => [ok, JSON.stringify(result).includes('is not known')]),
      [
        [false, true],
        [false, true],
      ],
    );
    assert.deepEqual(
      played.acts.map(({ target }) => target),
      ['mallory', 'trent'],
    );
  });

  it('break off together when the trace cannot be written', async () => {
    let broken = false;
    await assert.rejects(
      play({
        steps: parallel('all', { left: note('one'), right: note('two') + act('two_more', 'mallory') }),
        watch: (line) => {
          if (line.event === 'executed' && !broken) {
            broken = true;
            throw new Error('the disk is full');
          }
        },
      }),
      /the disk is full/,
    );
  });

  it('share the budget of the run', async () => {
    const calls = await play({
      head: 'budget: { tool-calls: 3 }',
      steps: parallel('all', {
        left: note('one') + note('one_more'),
        right: note('two') + note('two_more'),
      }),
    });
    assert.equal(calls.reached.length, 3);
    assert.equal(calls.outcome, 'denied');

    const agent = (id: string) => `        - id: ${id}
          agent: { goal: Think, output: { found: { type: boolean } } }
          on-error: continue
`;
    const turns = await play({
      head: 'budget: { turns: 1 }',
      steps: parallel('all', { left: agent('one'), right: agent('two') }),
      turns: [{ output: { found: true } }, { output: { found: true } }],
    });
    assert.equal(turns.requests.length, 1, 'two agents do not both take the last turn');
    assert.deepEqual([turns.left('one')?.outcome, turns.left('two')?.outcome], ['ok', 'failed']);
  });

  it('nest', async () => {
    const inner = `        - id: inner
          parallel: any
          branches:
            fast:
              - id: one
                action: case.note
                with: { text: one }
            slow:
              - id: hidden
                action: case.note
                with: { text: hidden }
              - id: hidden_more
                action: case.note
                with: { text: hidden_more }
`;
    const played = await play({ steps: parallel('all', { left: inner, right: note('two') }) + AFTER });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.ok(!played.reached.some(({ arguments: args }) => args.text === 'hidden_more'));
    assert.equal(played.reached.at(-1)?.arguments.text, 'seen seen');
  });
});

describe('gates beside each other', () => {
  const ask = (id: string, grants: string) => `        - id: ${id}
          gate:
            ask: May I?
            grants: [${grants}]
            approvers: { roles: [analyst] }
`;
  const suspend = (id: string, user: string) => `        - id: ${id}
          action: identity.suspend
          with: { user: ${user} }
`;

  it('ask at the same time, and each approval is for its own step', async () => {
    const open: ((answer: ApprovalAnswer) => void)[] = [];
    const played = await play({
      steps: parallel('all', {
        left: ask('ask_one', 'one') + suspend('one', 'mallory'),
        right: ask('ask_two', 'two') + suspend('two', 'trent'),
      }),
      approve: () =>
        new Promise((resolve) => {
          open.push(resolve);
          if (open.length < 2) return;
          for (const [index, answer] of open.entries()) answer(approval(index === 0 ? 'ana' : 'bo'));
        }),
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(story(played, 'gate.opened', 'gate.closed'), [
      'gate.opened ask_one',
      'gate.opened ask_two',
      'gate.closed ask_one',
      'gate.closed ask_two',
    ]);
    assert.deepEqual(
      played.acts.map(({ step, approvedBy }) => [step, ...approvedBy]),
      [
        ['one', 'ana@soc.example'],
        ['two', 'bo@soc.example'],
      ],
    );
  });

  it('a rejection that ends the run ends the other branch before its next effect', async () => {
    const played = await play({
      steps: parallel('all', {
        left: ask('ask_one', 'one') + suspend('one', 'mallory'),
        right: note('two') + note('wait') + act('two_more', 'trent'),
      }),
      approve: [approval('ana', 'reject', 'no')],
    });
    assert.deepEqual([played.outcome, played.acts], ['denied', []]);
    const rejected = played.lines.findIndex(({ event }) => event === 'decided');
    const later = played.lines.slice(rejected).filter(({ event, step }) => event === 'intent' && step !== 'wait');
    assert.deepEqual(later, []);
  });

  it('the question of a branch that is ended is withdrawn', async () => {
    let told = false;
    const played = await play({
      steps: parallel('any', { left: ask('ask_one', 'one') + suspend('one', 'mallory'), right: note('two') }),
      approve: (_, __, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            told = true;
          });
        }),
    });
    assert.ok(told);
    assert.deepEqual([played.outcome, played.acts], ['completed', []]);
    assert.equal(played.of('gate.closed')[0]?.outcome, 'withdrawn');
  });

  it('what a branch does to the arguments after the approval is denied', async () => {
    const gate = `  - id: ask
    gate:
      ask: May I?
      grants: [suspend]
      approvers: { roles: [analyst] }
`;
    const rebinding = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ has(steps.two) ? 'trent' : 'mallory' }}" }
`;
    const played = await play({
      steps: gate + parallel('all', { left: note('one'), right: note('two') }) + rebinding,
      approve: [approval('ana')],
    });
    assert.deepEqual(
      played.acts.map(({ target, rule }) => [target, rule]),
      [['trent', 'approval-of-another-call']],
    );
    assert.equal(played.outcome, 'denied');

    const indented = rebinding.replace(/^(?=.)/gm, '      ');
    const within = await play({
      steps: gate + parallel('all', { left: note('one') + indented, right: note('two') }),
      approve: [approval('ana')],
    });
    assert.deepEqual(
      within.acts.map(({ target, rule }) => [target, rule]),
      [['mallory', 'approved']],
      'what the other branch does is not seen before they join',
    );
  });
});
