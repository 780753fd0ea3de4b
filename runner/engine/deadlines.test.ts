import assert from 'node:assert/strict';
import { approval, type Played, play, type Scenario, type TestClock } from './scenario.test.js';

const MINUTE = 60_000;
const ran = ({ reached }: Played) => reached.map(({ arguments: args }) => args.text ?? args.user);

/** People who take half an hour for everything. */
const slow: Pick<Scenario, 'approve' | 'tasks'> = {
  approve: async (_, clock) => {
    clock.advance(30 * MINUTE);
    return approval('ana');
  },
  tasks: async (_, clock) => {
    clock.advance(30 * MINUTE);
    return { done: true, as: 'ana@soc.example', output: {} };
  },
};
const NOTE = `        - id: note
          action: case.note
          with: { text: in time }
`;
const GATE = `        - id: ask
          gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] } }
        - id: suspend
          action: identity.suspend
          with: { user: mallory }
`;
const TASK = `        - id: look
          manual: { task: Look, role: analyst }
`;
const inIf = (body: string) => `  - id: holds
    timeout: 10m
    if: "true"
    then:
${body}`;
const KINDS: Readonly<Record<string, (body: string) => string>> = {
  if: inIf,
  switch: (body) =>
    inIf(body)
      .replace('if: "true"', 'switch: "1"')
      .replace('then:', 'cases:\n      1:')
      .replace(/^ {8}/gm, '          '),
  'for-each': (body) =>
    inIf(body).replace('if: "true"', 'for-each: { item: n, in: "[1]", max: 1 }').replace('then:', 'steps:'),
  parallel: (body) =>
    inIf(body)
      .replace('if: "true"', 'parallel: all')
      .replace('then:\n', 'branches:\n      one:\n')
      .concat('      two:\n        - id: other\n          action: case.note\n          with: { text: other }\n'),
};

describe('the time of a step', () => {
  for (const [kind, around] of Object.entries(KINDS)) {
    it(`of kind ${kind} stands still while people are waited for in it`, async () => {
      for (const wait of [GATE, TASK]) {
        const played = await play({ steps: around(wait + NOTE), ...slow });
        assert.equal(played.outcome, 'completed', `${played.reason}\n${around(wait + NOTE)}`);
        assert.ok(ran(played).includes('in time'));
      }
    });

    it(`of kind ${kind} goes on while machines are waited for`, async () => {
      const late = async (_: unknown, clock: TestClock) => {
        clock.advance(11 * MINUTE);
        return undefined;
      };
      const second = NOTE.replace('id: note', 'id: second');
      const played = await play({ steps: around(NOTE + second), tool: late });
      assert.equal(played.outcome, 'denied', played.reason);
      assert.equal(ran(played).filter((one) => one === 'in time').length, 1);
    });
  }

  it('of a called playbook stands still likewise, and that of its own budget does not', async () => {
    const callee = (budget: string) => `playbook: inner
version: 1.0.0
title: Inner
operating-model: tool-assisted
owner: tests
catalogs: [test.tools.yaml]
policy: test.policy.yaml
${budget}steps:
${(GATE + NOTE).replace(/^ {6}/gm, '')}`;
    const steps = '  - id: inner\n    call: inner.playbook.yaml\n    timeout: 10m\n';
    const free = await play({ steps, files: { 'inner.playbook.yaml': callee('') }, ...slow });
    assert.equal(free.outcome, 'completed', free.reason);
    const bound = await play({ steps, files: { 'inner.playbook.yaml': callee('budget: { time: 10m }\n') }, ...slow });
    assert.deepEqual([bound.outcome, ran(bound)], ['denied', []]);
  });

  it('of an agent, and of its budget, stands still while its calls are approved', async () => {
    const steps = `  - id: contain
    agent: { goal: Contain., tools: [identity.suspend], output: {} }
    approval: { roles: [analyst] }
    timeout: 10m
    budget: { time: 20m, turns: 5 }
`;
    const turns = [{ calls: [{ tool: 'identity.suspend', with: { user: 'mallory' } }] }, { output: {} }];
    const played = await play({ steps, turns, ...slow });
    assert.deepEqual([played.outcome, ran(played)], ['completed', ['mallory']], played.reason);
  });

  it('of an action is that of its tool, not of those who approve it', async () => {
    const steps = `  - id: suspend
    action: identity.suspend
    with: { user: mallory }
    approval: { roles: [analyst] }
    timeout: 1m
`;
    const played = await play({ steps, ...slow });
    assert.deepEqual([played.outcome, ran(played)], ['completed', ['mallory']], played.reason);
  });

  it('of a manual step is how long a person has', async () => {
    const steps = '  - id: look\n    manual: { task: Look, role: analyst }\n    timeout: 10m\n';
    const played = await play({
      steps,
      tasks: (_, clock) => {
        setImmediate(() => clock.advance(11 * MINUTE));
        return new Promise(() => undefined);
      },
    });
    assert.equal(played.left('look')?.outcome, 'timed-out');
  });

  it('counts each moment once where several branches wait for people', async () => {
    // Both wait for half an hour, at the same time: the step has used none of its ten minutes, and after eleven more all of them.
    const branch = (name: string) => `      ${name}:
        - id: ask_${name}
          manual: { task: Look, role: analyst }
        - id: note_${name}
          action: case.note
          with: { text: ${name} }
        - id: more_${name}
          action: case.note
          with: { text: more ${name} }
`;
    const steps = `  - id: both\n    parallel: all\n    timeout: 10m\n    branches:\n${branch('one')}${branch('two')}`;
    const open: (() => void)[] = [];
    const played = await play({
      steps,
      tasks: async (_, clock) => {
        await new Promise<void>((resolve) => {
          open.push(resolve);
          if (open.length < 2) return;
          clock.advance(30 * MINUTE);
          for (const go of open) go();
        });
        return { done: true, as: 'ana@soc.example', output: {} };
      },
      tool: async ({ arguments: args }, clock) => {
        if (args.text === 'two') clock.advance(11 * MINUTE);
        return undefined;
      },
    });
    assert.deepEqual(ran(played), ['one', 'two'], played.reason);
  });
});

describe('the time of the run', () => {
  it('goes on while people are waited for, at a gate, an approval and a task', async () => {
    const approved =
      '  - id: suspend\n    action: identity.suspend\n    with: { user: mallory }\n    approval: { roles: [analyst] }\n';
    const waits = [GATE, TASK].map((text) => text.replace(/^ {6}/gm, ''));
    for (const steps of [...waits, approved]) {
      const played = await play({
        steps: steps + NOTE.replace(/^ {6}/gm, ''),
        head: 'budget: { time: 20m }\n',
        ...slow,
      });
      assert.notEqual(played.outcome, 'completed', steps);
      assert.ok(!ran(played).includes('in time'));
    }
  });
});

describe('pauses between attempts', () => {
  const steps = (backoff: string) => `  - id: look
    action: intel.lookup
    with: { user: mallory }
    retry: { attempts: 4, delay: 10s${backoff} }
    on-error: continue
`;
  const pauses = async (backoff: string) => {
    const played = await play({
      steps: steps(backoff),
      watch: ({ event, data }, clock) => {
        if (event === 'retry' && 'delayMs' in data) setImmediate(() => clock.advance(data.delayMs));
      },
    });
    return played.of('retry').map(({ delayMs }) => delayMs);
  };

  it('are the same each time, or twice as long each time', async () => {
    assert.deepEqual(await pauses(''), [10_000, 10_000, 10_000]);
    assert.deepEqual(await pauses(', backoff: fixed'), [10_000, 10_000, 10_000]);
    assert.deepEqual(await pauses(', backoff: exponential'), [10_000, 20_000, 40_000]);
  });
});

describe('branches at work at once', () => {
  const branch = (name: string, first = '') => `      ${name}:
${first}        - id: act_${name}
          action: case.note
          with: { text: ${name} }
`;
  const steps = (atOnce: string, branches: string) =>
    `  - id: all\n    parallel: all\n${atOnce}    branches:\n${branches}`;
  const names = ['a', 'b', 'c', 'd', 'e'];

  /** How many tools were reached at once, at most. */
  async function most(atOnce: string, branches: string, more: Partial<Scenario> = {}) {
    let open = 0;
    let peak = 0;
    const played = await play({
      steps: steps(atOnce, branches),
      tool: async () => {
        peak = Math.max(peak, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return undefined;
      },
      ...more,
    });
    assert.equal(played.outcome, 'completed', played.reason);
    return { peak, played };
  }

  it('are as many as the step says, eight where it does not', async () => {
    const five = names.map((name) => branch(name)).join('');
    assert.equal((await most('    at-once: 2\n', five)).peak, 2);
    assert.equal((await most('    at-once: 1\n', five)).peak, 1);
    assert.equal((await most('', five)).peak, 5);
    const twelve = [...'abcdefghijkl'].map((name) => branch(name)).join('');
    const { peak, played } = await most('', twelve);
    assert.deepEqual([peak, played.reached.length], [8, 12]);
  });

  it('does not count those that wait for people: several gates wait at once, and the rest goes on', async () => {
    const gate = (name: string) => `        - id: ask_${name}\n          manual: { task: Look, role: analyst }\n`;
    const branches = branch('a', gate('a')) + branch('b', gate('b')) + branch('c') + branch('d');
    const open: (() => void)[] = [];
    const { peak, played } = await most('    at-once: 1\n', branches, {
      tasks: async () => {
        await new Promise<void>((resolve) => open.push(resolve));
        return { done: true, as: 'ana@soc.example', output: {} };
      },
      watch: (line) => {
        if (line.event === 'step.left' && line.step === 'act_d') for (const go of open) go();
      },
    });
    assert.equal(open.length, 2);
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['c', 'd', 'a', 'b'],
    );
    assert.equal(peak, 1);
  });

  it('nested: branches around give up their place while all of theirs wait for people', async () => {
    const inner = `      a:
        - id: inner
          parallel: all
          at-once: 1
          branches:
            x: [{ id: ask_x, manual: { task: Look, role: analyst } }]
            y: [{ id: ask_y, manual: { task: Look, role: analyst } }]
`;
    const open: (() => void)[] = [];
    const { played } = await most('    at-once: 1\n', inner + branch('b'), {
      tasks: async () => {
        await new Promise<void>((resolve) => open.push(resolve));
        return { done: true, as: 'ana@soc.example', output: {} };
      },
      watch: (line) => {
        if (line.event === 'step.left' && line.step === 'act_b') for (const go of open) go();
      },
    });
    assert.deepEqual(
      played.reached.map(({ arguments: args }) => args.text),
      ['b'],
    );
  });
});
