import assert from 'node:assert/strict';
import fc from 'fast-check';
import { claudeModel } from '../models/claude.js';
import { answered, call, fakeApi, text, waitingClock } from '../models/fake-api.test.js';
import type { ModelClient, ModelRequest, ModelResponse } from '../models/port.js';
import type { Json } from '../protocol/trace.js';
import { ALERT, type Played, play } from './scenario.test.js';

/** Dollars per token of the models here, so that both limits can be hit. */
const PRICE = { input: 10, output: 50 };

const agent = (id: string) => `        - id: ${id}
          agent: { goal: Look. }
          on-error: continue
`;

const branches = (count: number) =>
  `  - id: all
    parallel: all
    at-once: 8
    branches:
${Array.from({ length: count }, (_, i) => `      b${i}:\n${agent(`one${i}`)}${agent(`two${i}`)}`).join('')}`;

/** A turn whose answer the test lets come. */
interface Asked {
  readonly request: ModelRequest;
  readonly answer: (share: number) => void;
}

/** A model that keeps to what it is told is left, and takes as large a share of it as it is told, in any order. */
function slowModel(asked: Asked[]): ModelClient {
  return {
    provider: 'test',
    id: 'test-model',
    ai: true,
    note: '',
    choose: () => ({ model: 'test-model', price: PRICE }),
    complete: (request) =>
      new Promise<ModelResponse>((resolve) => {
        const answer = (share: number): void => {
          const { tokens = 20_000, usd = 1e9 } = request.left ?? {};
          // All of them in, or all of them out: both sides of what a turn may cost.
          const all = Math.floor(Math.min(tokens, (usd * 1e6) / PRICE.output) * share);
          const usage = { inputTokens: 0, outputTokens: all, usd: (all * PRICE.output) / 1e6 };
          resolve({ kind: 'ok', stopReason: 'end', text: 'Seen.', calls: [], output: undefined, usage });
        };
        asked.push({ request, answer });
      }),
  };
}

/** What a trace says was spent and reserved at each point, and that it was never more than there is. */
function worst(played: Played): { readonly tokens: number; readonly usd: number } {
  const reserved = new Map<string, { tokens: number; usd: number }>();
  let tokens = 0;
  let usd = 0;
  const most = { tokens: 0, usd: 0 };
  for (const line of played.lines) {
    if (line.event === 'model.request')
      reserved.set(`${line.step}`, { tokens: 0, usd: 0, ...(line.data.reserved ?? {}) });
    if (line.event === 'model.response') {
      reserved.delete(`${line.step}`);
      tokens += line.data.usage.inputTokens + line.data.usage.outputTokens;
      usd += line.data.usage.usd;
    }
    const held = [...reserved.values()];
    most.tokens = Math.max(
      most.tokens,
      held.reduce((sum, one) => sum + one.tokens, tokens),
    );
    most.usd = Math.max(
      most.usd,
      held.reduce((sum, one) => sum + one.usd, usd),
    );
  }
  return most;
}

async function playSlowly(
  count: number,
  budget: { readonly tokens?: number; readonly usd?: number },
  next: (open: number) => { readonly which: number; readonly share: number },
  alert: Json = ALERT,
): Promise<Played> {
  const asked: Asked[] = [];
  let over = false;
  const run = play({
    head: `budget: { turns: 50, ${Object.entries(budget)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ')} }`,
    steps: branches(count),
    alert,
    ai: true,
    model: slowModel(asked),
  }).finally(() => {
    over = true;
  });
  while (!over) {
    // Whoever can ask has asked once the event loop has turned.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const { which, share } = next(asked.length);
    const [one] = asked.splice(which % Math.max(1, asked.length), 1);
    one?.answer(share);
  }
  return run;
}

describe('turns of branches that share a budget', () => {
  it('do not pass the tokens together: a turn waits until the other gave back what it does not use', async () => {
    const played = await playSlowly(2, { tokens: 12_000 }, () => ({ which: 0, share: 0.2 }));
    assert.ok(worst(played).tokens <= 12_000, `${worst(played).tokens}`);
    const order = played.lines
      .filter(({ event }) => ['model.request', 'model.response', 'budget.waiting'].includes(event))
      .map(({ event, step }) => `${event} ${step}`);
    // What comes after a turn that waits does not go before it.
    assert.deepEqual(order.slice(0, 5), [
      'model.request one0',
      'budget.waiting one1',
      'model.response one0',
      'budget.waiting two0',
      'model.request one1',
    ]);
  });

  it('do not pass the dollars together', async () => {
    const played = await playSlowly(2, { usd: 0.5 }, () => ({ which: 0, share: 1 }));
    assert.ok(worst(played).usd <= 0.5 + 1e-9, `${worst(played).usd}`);
  });

  it('go on at the same time where both fit', async () => {
    const played = await playSlowly(2, { tokens: 100_000 }, () => ({ which: 0, share: 0.1 }));
    assert.equal(played.of('budget.waiting').length, 0);
    assert.deepEqual(
      played.lines
        .filter(({ event }) => event.startsWith('model.'))
        .slice(0, 3)
        .map(({ event, step }) => `${event} ${step}`),
      ['model.request one0', 'model.request one1', 'model.response one0'],
    );
  });

  it('go on at the same time with what they need as a rule where not all they could use fits', async () => {
    const alert = { ...(ALERT as object), message: 'A line of a log. '.repeat(700) };
    const played = await playSlowly(2, { tokens: 60_000 }, () => ({ which: 0, share: 0.1 }), alert);
    const reserved = played.of('model.request').map((one) => one.reserved?.tokens ?? 0);
    assert.ok((reserved[0] ?? 0) > 30_000 && (reserved[1] ?? 0) < 20_000, `${reserved}`);
    assert.equal(
      played.lines.findIndex(({ event }) => event === 'budget.waiting'),
      -1,
    );
  });

  it('reserve nothing where there is no limit to tokens and money', async () => {
    const played = await playSlowly(2, {}, () => ({ which: 0, share: 0.1 }));
    assert.ok(played.of('model.request').every(({ reserved }) => reserved === undefined));
  });

  it('with Claude: what is reserved is enough for the request, so that nobody counts its tokens', async () => {
    const api = fakeApi((_, number) =>
      number === 6
        ? answered([text('{"found":true}')])
        : answered([call(`t${number}`, 'intel_lookup', { user: `user-${number}` })], 'tool_use'),
    );
    const played = await play({
      head: 'budget: { tokens: 500000, usd: 20 }',
      steps: `  - id: look
    agent: { goal: Look., tools: [intel.lookup, identity.suspend], output: { found: { type: boolean } } }
`,
      tool: async () => ({ ok: true, output: { score: 1 }, source: 'test' }),
      model: claudeModel({ apiKey: 'a-key', clock: waitingClock(), fetch: api.fetch }),
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      api.requests.map(({ path }) => path),
      Array(6).fill('/v1/messages'),
    );
  });

  it('end with their step while they wait', async () => {
    const played = await play({
      head: 'budget: { tokens: 12000 }',
      steps: `  - id: all
    parallel: any
    branches:
      a:
${agent('one')}      b:
${agent('two')}      c:
        - id: note
          action: case.note
          with: { text: x }
`,
      ai: true,
      model: slowModel([]),
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      played.of('budget.waiting').map(({ turn }) => turn),
      [1],
    );
    assert.equal(played.left('two')?.outcome, 'stopped');
    assert.equal(played.of('model.request').length, 1);
  });

  it('whatever the order of answers: never more than the budget, and every branch comes to its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.record(
          { tokens: fc.integer({ min: 1, max: 80_000 }), usd: fc.integer({ min: 1, max: 300 }).map((n) => n / 100) },
          { requiredKeys: [] },
        ),
        fc.infiniteStream(fc.record({ which: fc.nat(7), share: fc.constantFrom(0, 0.01, 0.3, 0.9, 1) })),
        async (count, budget, choices) => {
          const played = await playSlowly(count, budget, () => choices.next().value);
          const { tokens, usd } = worst(played);
          assert.ok(tokens <= (budget.tokens ?? Number.POSITIVE_INFINITY), `${tokens} tokens`);
          assert.ok(usd <= (budget.usd ?? Number.POSITIVE_INFINITY) + 1e-9, `${usd} dollars`);
          assert.equal(played.outcome, 'completed', played.reason);
          assert.deepEqual(
            [...(played.of('joined')[0]?.through ?? [])].sort(),
            [...Array(count).keys()].map((i) => `b${i}`),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
