import assert from 'node:assert/strict';
import { approval, type Line, type Played, play, type Scenario } from '../engine/scenario.test.js';
import type { TraceLine } from '../protocol/trace.js';

/** Every kind of step, every kind of answer, and branches that wait for people at the same time. */
const STEPS = `  - id: look
    action: intel.lookup
    with: { user: "\${{ alert.entities.users[0] }}" }
    retry: { attempts: 3, delay: 10s }
  - id: investigate
    agent:
      goal: Find out.
      tools: [intel.lookup, { tool: case.note, max-calls: 2 }]
      output: { verdict: { type: string, enum: [good, bad] } }
      budget: { turns: 5 }
  - id: fill_in
    manual: { task: Look at the mailbox., role: analyst, output: { seen: { type: boolean } } }
  - id: both
    parallel: all
    branches:
      one:
        - id: ask
          gate:
            ask: Suspend?
            grants: [suspend]
            approvers: { roles: [analyst, commander], quorum: 2 }
            timeout: 30m
            expires: 1h
        - id: suspend
          action: identity.suspend
          autonomy: approve
          with: { user: "\${{ alert.entities.users[0] }}" }
      two:
        - id: pause
          action: intel.lookup
          with: { user: trent }
          on-error: continue
        - id: close
          action: case.close
          autonomy: approve
          approval: { roles: [commander], timeout: 30m }
          with: { reason: "\${{ steps.investigate.output.verdict }}" }
          on-error: continue
        - id: silent
          gate:
            ask: Anybody there?
            grants: [delete]
            approvers: { roles: [analyst], quorum: 2 }
            timeout: 5m
          on-timeout: continue
        - id: delete
          action: identity.delete
          autonomy: approve
          when: steps.silent.outcome == 'approved'
          with: { user: trent }
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: note
        action: case.note
        with: { text: "\${{ user }}" }
  - id: told
    action: case.close
    autonomy: notify
    notify: { roles: [manager] }
    with: { reason: known }
  - id: helped
    action: identity.suspend
    autonomy: assist
    accountable: analyst
    with: { user: trent }
  - id: sub
    call: sub.playbook.yaml
    with: { who: mallory }
`;

const SUB = `playbook: sub
version: 1.0.0
title: Sub
operating-model: ai-soc
owner: tests
catalogs: [test.tools.yaml]
policy: test.policy.yaml
inputs: { who: { type: string } }
steps:
  - id: note
    action: case.note
    with: { text: "\${{ inputs.who }}" }
`;

/** A world in which nothing repeats itself: lists are used up, and what was done stays done. */
function world(): Scenario & { readonly done: string[] } {
  const done: string[] = [];
  let lookups = 0;
  return {
    done,
    steps: STEPS,
    files: { 'sub.playbook.yaml': SUB },
    watch: (line, clock) => {
      if (line.event === 'retry' || line.event === 'resumed') setImmediate(() => clock.advance(10_000));
    },
    tool: async ({ tool, arguments: args }, clock) => {
      clock.advance(7);
      done.push(`${tool.name.value} ${JSON.stringify(args)}`);
      if (tool.name.value !== 'intel.lookup') return { ok: true, output: outputOf(tool.name.value), source: 'world' };
      lookups += 1;
      return lookups === 1
        ? { ok: false, error: 'busy', source: 'world' }
        : { ok: true, output: { score: lookups }, source: 'world' };
    },
    approve: async ({ gate, approvedBy }, clock) => {
      clock.advance(1000);
      if (gate === 'silent') return undefined;
      if (gate === 'close') return approval('cy');
      return approvedBy.length === 0 ? approval('ana') : approval('di');
    },
    tasks: async ({ step }, clock) => {
      clock.advance(500);
      return { done: true, as: 'bo@soc.example', output: step === 'fill_in' ? { seen: true } : {} };
    },
    turns: async ({ turn }, clock) => {
      clock.advance(100);
      const usage = { inputTokens: 5, outputTokens: 5, usd: 0.01 };
      const call = (id: string, name: string, args: { readonly [name: string]: string }) => ({
        id,
        tool: name,
        arguments: args,
      });
      return turn === 1
        ? {
            kind: 'ok',
            stopReason: 'tool-calls',
            text: 'I look.',
            calls: [call('a', 'intel.lookup', { user: 'mallory' }), call('b', 'case.note', { text: 'hm' })],
            output: undefined,
            usage,
          }
        : { kind: 'ok', stopReason: 'end', text: '', calls: [], output: { verdict: 'bad' }, usage };
    },
    ai: true,
  };
}

function outputOf(tool: string) {
  return tool === 'case.close' ? { state: 'closed' } : tool === 'identity.suspend' ? { state: 'suspended' } : {};
}

const NO_USAGE = { inputTokens: 0, outputTokens: 0, usd: 0 };

const VOLATILE = new Set(['permit', 'elapsedMs', 'timeoutMs', 'source']);

/**
 * What lines say but for times and ids, and without what resuming adds. In any order: whose answer comes first is not the
 * run's to say.
 */
function told(lines: readonly Line[]): readonly string[] {
  return lines
    .filter(({ event }) => event !== 'resumed')
    .map(({ event, step, actor, data }) =>
      JSON.stringify({ event, step, actor, data }, (key, value) =>
        VOLATILE.has(key) ? undefined : key === 'lines' ? 0 : value,
      ).replace(/call-\d+/g, 'call'),
    )
    .sort();
}

const whole = async (): Promise<{ readonly played: Played; readonly done: readonly string[] }> => {
  const one = world();
  const played = await play(one);
  return { played, done: one.done };
};

/** Goes on after the first `count` lines of a run, in the world that run left behind. */
async function goOn(trace: readonly TraceLine[], count: number, inDoubt?: Scenario['inDoubt']) {
  const recorded = trace.slice(0, count);
  const one = world();
  const asked: string[] = [];
  const first = one.tool;
  assert.ok(first);
  // The lookups of the first run count in the world.
  const made = recorded.filter((line) => line.event === 'intent' && line.data.tool === 'intel.lookup').length;
  const args = { arguments: {}, simulate: false } as const;
  for (let i = 0; i < made; i++) {
    const tool = { name: { value: 'intel.lookup' } } as Parameters<typeof first>[0]['tool'];
    await first({ tool, ...args }, { advance: () => undefined } as never, new AbortController().signal);
  }
  one.done.length = 0;
  const played = await play({
    ...one,
    recorded,
    inDoubt: (call) => {
      asked.push(call);
      return inDoubt?.(call);
    },
  });
  return { played, done: one.done, asked };
}

describe('resuming a run', () => {
  it('goes the same way from every line on, and does nothing twice', async () => {
    const { played, done } = await whole();
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(new Set(played.lines.map(({ event }) => event)).size, 22, 'the run tells of many things');
    const expected = told(played.lines);
    for (let count = 1; count < played.lines.length; count++) {
      const last = played.lines[count - 1];
      const before = played.lines.slice(0, count);
      const open = before.filter(
        ({ event, data }) =>
          event === 'intent' && !before.some((line) => line.event === 'executed' && line.data.call === data.call),
      );
      // What is not known to have happened is found out by asking: here it did, with the result it would have had.
      const resumed = await goOn(played.lines, count, (call) => {
        const line = played.lines.find((one) => one.event === 'executed' && one.data.call === call);
        return line?.event === 'executed' && line.data.ok
          ? { ok: true, output: line.data.result, source: 'person' }
          : { ok: false, error: 'busy', source: 'person' };
      });
      assert.deepEqual(told(resumed.played.lines), expected, `after line ${count}, ${last?.event}`);
      const left = [...done];
      for (const one of doneBy(before)) left.splice(left.indexOf(one), 1);
      assert.deepEqual([...resumed.done].sort(), left.sort(), `after line ${count}`);
      assert.equal(resumed.asked.length, open.length);
      assert.equal(resumed.played.lines.filter(({ event }) => event === 'resumed').length, 1);
      assert.deepEqual(byStep(resumed.played.acts), byStep(played.acts));
      assert.deepEqual(resumed.played.usage, played.usage);
    }
  });

  it('makes a call again only where nobody has to find out what became of it', async () => {
    const { played, done } = await whole();
    const at = played.lines.findIndex((line) => line.event === 'intent' && line.data.tool === 'intel.lookup');
    const again = await goOn(played.lines, at + 1);
    assert.deepEqual(again.done[0], done[0]);
    assert.equal(again.asked.length, 1);
    const act = played.lines.findIndex((line) => line.event === 'intent' && line.data.tool === 'identity.suspend');
    const failed = await goOn(played.lines, act + 1, () => ({
      ok: false,
      error: 'It did not happen.',
      source: 'person',
    }));
    assert.ok(!failed.done.some((one) => one.includes('mallory') && one.startsWith('identity.suspend')));
    assert.equal(failed.played.outcome, 'failed');
  });

  it('does not go on from a trace that tells another story', async () => {
    const { played } = await whole();
    for (const [event, change] of CHANGES) {
      const at = played.lines.findIndex((line) => line.event === event);
      assert.ok(at >= 0, event);
      const trace = played.lines.map((line, index) =>
        index === at ? ({ ...line, data: { ...line.data, ...change } } as TraceLine) : line,
      );
      await assert.rejects(goOn(trace, at + 3), (error: Error) => {
        assert.equal(error.name, 'RebuildError', error.stack);
        assert.match(error.message, /^The run cannot be rebuilt from its trace: line \d+ .*Nothing was run/);
        return true;
      });
    }
  });

  it('knows again whose time was up: a model, a tool, a person', async () => {
    const steps = `  - id: think
    agent: { goal: Think., output: { found: { type: boolean } } }
    timeout: 5s
    retry: { attempts: 2 }
    on-error: continue
  - id: look
    action: intel.lookup
    with: { user: trent }
    timeout: 3s
    on-error: continue
  - id: fill_in
    manual: { task: Look., role: analyst }
    timeout: 1m
    on-error: continue
  - id: note
    action: case.note
    with: { text: done }
`;
    const never = (signal: AbortSignal): Promise<undefined> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    let asked = 0;
    const slow: Scenario = {
      steps,
      ai: true,
      watch: (line, clock) => {
        if (['model.request', 'intent', 'task.opened', 'resumed'].includes(line.event))
          setTimeout(() => clock.advance(60_000), 5);
      },
      turns: async (_, __, signal) => {
        if (asked++ === 0) {
          return { kind: 'failed', reason: 'Busy.', retried: ['Busy as well.'], usage: NO_USAGE };
        }
        await never(signal);
        return { kind: 'failed', reason: 'Cut off.', usage: { inputTokens: 7, outputTokens: 0, usd: 0.5 } };
      },
      tool: async ({ tool }, _, signal) => {
        if (tool.name.value === 'intel.lookup') await never(signal);
        return { ok: true, output: {}, source: 'world' };
      },
      tasks: async (_, __) => undefined,
    };
    const played = await play(slow);
    assert.deepEqual(
      played.lines.flatMap((line) => (line.event === 'step.left' ? [line.data.outcome] : [])),
      ['failed', 'failed', 'timed-out', 'ok'],
    );
    for (let count = 1; count < played.lines.length; count++) {
      const last = played.lines[count - 1];
      asked = played.lines.slice(0, count).filter((line) => line.event === 'model.response').length;
      const resumed = await play({ ...slow, recorded: played.lines.slice(0, count) });
      assert.deepEqual(told(resumed.lines), told(played.lines), `after line ${count}, ${last?.event}`);
    }
  });

  it('asks again for what expired meanwhile, and for that only', async () => {
    const HOUR = 3_600_000;
    const steps = `  - id: ask
    gate: { ask: Both?, grants: [first, second], approvers: { roles: [analyst] }, expires: 1h }
  - id: first
    action: identity.suspend
    with: { user: mallory }
  - id: second
    action: identity.suspend
    with: { user: trent }
    on-error: continue
`;
    // A script answers anew what was answered before; it must come to where it was.
    const answers = (...people: readonly string[]): NonNullable<Scenario['approve']> => {
      const left = [...people];
      return async () => {
        const one = left.shift();
        return one === undefined ? undefined : approval(one, one === 'bo' ? 'reject' : 'approve');
      };
    };
    const played = await play({ steps, approve: answers('ana') });
    assert.equal(played.acts.filter(({ executed }) => executed).length, 2);
    const at = played.lines.findIndex((line) => line.event === 'gate.closed') + 1;
    const recorded = played.lines.slice(0, at);

    const soon = await play({ steps, recorded, since: HOUR / 2, approve: answers('ana') });
    assert.deepEqual(
      soon.acts.map(({ executed }) => executed),
      [true, true],
    );

    const late = await play({ steps, recorded, since: 3 * HOUR, approve: answers('ana', 'ana', 'bo') });
    assert.deepEqual(
      late.acts.map(({ target, executed, approvedBy }) => [target, executed, approvedBy]),
      [
        ['mallory', true, ['ana@soc.example']],
        ['trent', false, []],
      ],
    );
    const asked = late.of('gate.opened').slice(1);
    assert.deepEqual(
      asked.map(({ ask, calls }) => [ask, calls.map(({ target }) => target)]),
      [
        [
          'What was approved at "ask" expired while the run was cut off. Run identity.suspend on mallory now?',
          ['mallory'],
        ],
        ['What was approved at "ask" expired while the run was cut off. Run identity.suspend on trent now?', ['trent']],
      ],
    );
    const silent = await play({ steps, recorded, since: 3 * HOUR, approve: answers('ana') });
    assert.deepEqual([silent.outcome, silent.acts.some(({ executed }) => executed)], ['denied', false]);

    // What was asked again is known again when it breaks off once more.
    for (let count = at + 1; count < late.lines.length; count++) {
      const again = await play({
        steps,
        recorded: late.lines.slice(0, count),
        since: 3 * HOUR,
        inDoubt: () => ({ ok: true, output: { state: 'suspended' }, source: 'person' }),
        approve: answers('ana', 'ana', 'bo'),
      });
      assert.deepEqual(again.acts, late.acts, `after line ${count}`);
    }
  });

  it('asks nobody again who answered, and whoever did not', async () => {
    const { played } = await whole();
    const decided = played.lines.findIndex((line) => line.event === 'decided' && line.data.gate === 'ask');
    const resumed = await goOn(played.lines, decided + 1);
    assert.deepEqual(
      resumed.played.lines
        .filter(({ event }) => event === 'decided')
        .map(({ actor }) => actor.id)
        .sort(),
      ['ana@soc.example', 'cy@soc.example', 'di@soc.example'],
    );
  });
});

function byStep(acts: Played['acts']): Played['acts'] {
  return [...acts].sort((a, b) => a.step.localeCompare(b.step));
}

/** The calls whose intent is in the lines, as the world tells of them. */
function doneBy(lines: readonly TraceLine[]): readonly string[] {
  return lines.flatMap((line) => {
    if (line.event !== 'intent') return [];
    const made = lines.find((one) => one.event === 'proposed' && one.data.call.id === line.data.call);
    assert.ok(made?.event === 'proposed');
    return [`${line.data.tool} ${JSON.stringify(made.data.call.arguments)}`];
  });
}

const CHANGES: readonly (readonly [TraceLine['event'], { readonly [field: string]: unknown }])[] = [
  ['proposed', { untrusted: ['nothing'] }],
  ['authorized', { rule: 'autonomous' }],
  ['gate.opened', { quorum: 1 }],
  ['gate.closed', { outcome: 'timed-out' }],
  ['step.left', { output: 'another' }],
  ['iteration', { item: 'nobody' }],
  ['joined', { through: [] }],
  ['called', { inputs: {} }],
];
