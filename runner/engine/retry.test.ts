import assert from 'node:assert/strict';
import type { ToolAnswer } from '../tools/port.js';
import { approval, type Played, play, responseOf, type Scenario } from './scenario.test.js';

const GATE = (more = '') => `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [analyst] }
${more}`;
const SUSPEND = (more = '') => `  - id: suspend
    action: identity.suspend
    with: { user: mallory }
    retry: { attempts: 3 }
${more}`;

/** A tool that fails so often, then answers. */
function failing(times: number): NonNullable<Scenario['tool']> {
  let left = times;
  return async (): Promise<ToolAnswer | undefined> =>
    left-- > 0 ? { ok: false, error: 'It was busy.', source: 'test' } : undefined;
}

/** A model whose service is busy once. */
function busyOnce(): NonNullable<Scenario['turns']> {
  let busy = true;
  return async () => {
    if (!busy) return responseOf({ output: { found: true } }, 2);
    busy = false;
    return { kind: 'failed', reason: 'It was busy.', usage: { inputTokens: 0, outputTokens: 0, usd: 0 } };
  };
}

const rules = (played: Played) => played.acts.map(({ rule, executed }) => [rule, executed]);

describe('a retry', () => {
  it('tries again after a failure, until it works', async () => {
    const steps = SUSPEND('    autonomy: autonomous\n');
    const played = await play({ steps, tool: failing(2) });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.equal(played.reached.length, 3);
    assert.deepEqual(
      played.of('retry').map(({ attempt, of, because }) => [attempt, of, because]),
      [
        [2, 3, 'It was busy.'],
        [3, 3, 'It was busy.'],
      ],
    );
    assert.equal(new Set(played.of('proposed').map(({ call }) => call.id)).size, 3, 'each attempt is a new proposal');
  });

  it('gives up after its attempts and says what became of each', async () => {
    const played = await play({ steps: SUSPEND('    autonomy: autonomous\n'), tool: failing(9) });
    assert.deepEqual([played.outcome, played.reached.length], ['failed', 3]);
    assert.match(played.reason, /Attempt 1: It was busy\. Attempt 2: It was busy\. Attempt 3 of 3: It was busy\./);
  });

  it('of an act that was approved once is denied: whether the first had its effect is not known', async () => {
    const played = await play({ steps: GATE() + SUSPEND(), approve: [approval('ana')], tool: failing(1) });
    assert.deepEqual([played.outcome, played.reached.length], ['denied', 1]);
    assert.deepEqual(rules(played), [
      ['approved', true],
      ['approval-used', false],
    ]);
    assert.match(played.reason, /Attempt 1: It was busy\. Attempt 2 of 3: .*used up/);
  });

  it('uses the approval once for each attempt where the gate allows more', async () => {
    const gate = GATE().replace('grants:', 'uses: 2\n      grants:');
    const two = await play({ steps: gate + SUSPEND(), approve: [approval('ana')], tool: failing(1) });
    assert.deepEqual([two.outcome, two.reached.length], ['completed', 2]);
    const three = await play({ steps: gate + SUSPEND(), approve: [approval('ana')], tool: failing(2) });
    assert.deepEqual([three.outcome, three.reached.length], ['denied', 2]);
  });

  it('asks again where the step has an approval of its own', async () => {
    const steps = SUSPEND('    approval: { roles: [analyst] }\n');
    const again = await play({ steps, approve: [approval('ana'), approval('bo')], tool: failing(1) });
    assert.deepEqual([again.outcome, again.asked.length, again.reached.length], ['completed', 2, 2]);
    const once = await play({ steps, approve: [approval('ana')], tool: failing(1) });
    assert.deepEqual([once.outcome, once.reached.length], ['denied', 1]);
  });

  it('never follows a denial, a rejection or a silence', async () => {
    const inline = SUSPEND('    approval: { roles: [analyst] }\n');
    const scenarios: Scenario[] = [
      { steps: SUSPEND() },
      { steps: inline, approve: [approval('ana', 'reject'), approval('ana')] },
      { steps: inline },
      { steps: SUSPEND("    autonomy: autonomous\n    where: args.user == 'nobody'\n") },
    ];
    for (const scenario of scenarios) {
      const played = await play(scenario);
      assert.deepEqual([played.outcome, played.reached.length, played.of('retry').length], ['denied', 0, 0]);
      assert.equal(played.of('proposed').length, 1);
    }
  });

  it('waits as long as it says, on the clock of the run', async () => {
    const steps = SUSPEND('    autonomy: autonomous\n').replace('attempts: 3', 'attempts: 2, delay: 10s');
    let waited = 0;
    const played = await play({
      steps,
      tool: failing(1),
      watch: (line, clock) => {
        if (line.event !== 'retry') return;
        setImmediate(() => {
          waited = clock.monotonic();
          clock.advance(10_000);
        });
      },
    });
    assert.deepEqual([played.outcome, played.of('retry')[0]?.delayMs, waited], ['completed', 10_000, 0]);
  });

  it('ends while it waits when the run is cancelled', async () => {
    const stop = new AbortController();
    const played = await play({
      steps: SUSPEND('    autonomy: autonomous\n').replace('attempts: 3', 'attempts: 2, delay: 10s'),
      tool: failing(1),
      signal: stop.signal,
      watch: (line) => {
        if (line.event === 'retry') setImmediate(() => stop.abort());
      },
    });
    assert.deepEqual([played.outcome, played.reached.length], ['cancelled', 1]);
  });

  it('follows a call that took too long', async () => {
    let first = true;
    const played = await play({
      steps: SUSPEND('    autonomy: autonomous\n    timeout: 5s\n'),
      tool: async (_, clock) => {
        if (!first) return undefined;
        first = false;
        queueMicrotask(() => clock.advance(5000));
        return new Promise(() => {});
      },
    });
    assert.deepEqual([played.outcome, played.reached.length], ['completed', 2], played.reason);
  });

  it('counts its attempts in the budget', async () => {
    const played = await play({
      head: 'budget: { tool-calls: 2 }',
      steps: SUSPEND('    autonomy: autonomous\n'),
      tool: failing(9),
    });
    assert.deepEqual([played.outcome, played.reached.length], ['denied', 2]);
  });

  it('runs an agent again within one budget, and not once that is used up', async () => {
    const agent = (budget: string) => `  - id: think
    agent: { goal: Think, output: { found: { type: boolean } } }
    retry: { attempts: 3 }
    budget: ${budget}
`;
    const turns = busyOnce();
    const played = await play({ steps: agent('{ turns: 5 }'), turns });
    assert.deepEqual([played.outcome, played.requests.length], ['completed', 2]);
    assert.equal(played.of('budget')[0]?.turns, 2);
    const spent = await play({ steps: agent('{ turns: 1 }'), turns: busyOnce() });
    assert.deepEqual([spent.outcome, spent.requests.length], ['failed', 1]);
  });

  it('does not ask a model again that refused, or that cannot be asked so', async () => {
    const steps = `  - id: think
    agent: { goal: Think, output: { found: { type: boolean } } }
    retry: { attempts: 3 }
    on-error: continue
`;
    const no = await play({ steps, turns: [{ stop: 'refusal', text: 'no' }, { output: { found: true } }] });
    assert.deepEqual([no.left('think')?.outcome, no.requests.length], ['refused', 1]);
    const usage = { inputTokens: 3, outputTokens: 0, usd: 0 };
    for (const cause of ['rejected', 'too-long', 'over-budget', 'faulty'] as const) {
      const played = await play({ steps, turns: async () => ({ kind: 'failed', cause, reason: 'Not so.', usage }) });
      assert.deepEqual([played.left('think')?.outcome, played.requests.length], ['failed', 1], cause);
      assert.equal(played.of('budget')[0]?.exceeded, cause === 'over-budget' ? 'Not so' : null);
    }
  });

  it('says of a refusal that it was one, and lets an expression tell it from a failure', async () => {
    const steps = `  - id: think
    agent: { goal: Think, output: { found: { type: boolean } } }
    on-error: continue
  - id: by_hand
    when: steps.think.outcome == 'refused'
    action: case.note
    with: { text: A person has to look. }
`;
    const handled = await play({ steps, turns: [{ stop: 'refusal', text: 'It was stopped as "cyber".' }] });
    assert.deepEqual([handled.outcome, handled.reached.length], ['completed', 1]);
    const ended = await play({ steps: steps.replace('    on-error: continue\n', ''), turns: [{ stop: 'refusal' }] });
    assert.deepEqual([ended.outcome, ended.reached.length], ['failed', 0]);
    assert.equal(ended.reason, '"think" ended refused: The model refused: it gave no reason');
  });

  it('counts what a model used that was cut off by the clock', async () => {
    const played = await play({
      steps: `  - id: think
    agent: { goal: Think, output: { found: { type: boolean } } }
    timeout: 5s
`,
      turns: (_, clock, signal) => {
        queueMicrotask(() => clock.advance(5000));
        return new Promise((resolve) => {
          const usage = { inputTokens: 70, outputTokens: 7, usd: 0.5 };
          signal.addEventListener('abort', () => resolve({ kind: 'failed', reason: 'Cut off.', usage }));
        });
      },
    });
    assert.equal(played.outcome, 'failed');
    assert.deepEqual([played.usage.inputTokens, played.usage.usd], [70, 0.5]);
    assert.equal(played.of('model.response')[0]?.text, 'Cut off.');
  });
});
