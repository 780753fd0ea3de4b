import assert from 'node:assert/strict';
import { ALERT, play } from '../engine/scenario.test.js';
import { withExample } from '../engine/with-example.test.js';
import { sha256 } from '../trace/canonical.js';
import { claudeModel } from './claude.js';
import {
  answered,
  call,
  type FakeApi,
  fakeApi,
  text,
  type Usage,
  type WireRequest,
  waitingClock,
} from './fake-api.test.js';
import { costOf, priceOf } from './prices.js';

/** A cache entry is looked for at this many blocks before a breakpoint, and holds at least so many tokens. */
const LOOK_BACK = 20;
const LEAST_TOKENS = 1024;

/** A prompt cache as the API documents it: prefixes of tools, system and messages, up to the blocks that are marked. */
function promptCache() {
  const written = new Set<string>();
  return ({ body }: WireRequest): Usage => {
    const blocks: { cache_control?: unknown }[] = [
      ...body.tools,
      ...body.system,
      ...body.messages.flatMap(({ content }: { content: unknown[] }) => content),
    ];
    const marked = blocks.flatMap(({ cache_control }, i) => (cache_control ? [i] : []));
    assert.ok(marked.length <= 4, 'more breakpoints than the API takes');
    let prefix = sha256('');
    let tokens = 0;
    const prefixes = blocks.map(({ cache_control: _, ...block }) => {
      const json = JSON.stringify(block);
      prefix = sha256(prefix + json);
      tokens += Math.ceil(json.length / 4);
      return { prefix, tokens };
    });
    const hits = marked.flatMap((mark) =>
      prefixes.slice(Math.max(0, mark - LOOK_BACK + 1), mark + 1).filter((one) => written.has(one.prefix)),
    );
    const read = Math.max(0, ...hits.map((hit) => hit.tokens));
    const cached = marked.map((mark) => prefixes[mark]!).filter((one) => one.tokens >= LEAST_TOKENS);
    for (const one of cached) written.add(one.prefix);
    const upTo = Math.max(read, ...cached.map((one) => one.tokens));
    return {
      input_tokens: tokens - upTo,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: upTo - read,
      output_tokens: 50,
    };
  };
}

/** Ten turns: nine with so many look-ups each, then the answer. */
async function tenTurns(callsEach: number) {
  const cache = promptCache();
  const api: FakeApi = fakeApi((request, number) => {
    const usage = cache(request);
    if (number === 10) return answered([text('{"found":true}')], 'end_turn', usage);
    const calls = Array.from({ length: callsEach }, (_, i) =>
      call(`t${number}-${i}`, 'intel_lookup', { user: `user-${number}-${i}` }),
    );
    return answered([text(`Turn ${number}.`), ...calls], 'tool_use', usage);
  });
  return play({
    steps: `  - id: look
    agent: { goal: Look., tools: [intel.lookup], output: { found: { type: boolean } } }
`,
    alert: { ...(ALERT as object), message: 'A line of a log. '.repeat(600) },
    tool: async () => ({ ok: true, output: { score: 1 }, source: 'test' }),
    model: claudeModel({ apiKey: 'a-key', clock: waitingClock(), fetch: api.fetch }),
  });
}

describe('prompt caching', () => {
  for (const callsEach of [1, 16]) {
    it(`saves most of what ten turns read, with ${callsEach} calls in each, and the run says so`, async () => {
      const played = await tenTurns(callsEach);
      assert.deepEqual([played.outcome, played.usage.turns], ['completed', 10], played.reason);
      const { inputTokens, outputTokens, usd, cacheReadTokens = 0, cacheWriteTokens = 0 } = played.usage;
      const price = priceOf('claude-sonnet-5-5')!;
      const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
      const without = costOf(price, { input: inputTokens, output: outputTokens, ...none });
      assert.ok(cacheReadTokens / inputTokens > 0.8, `${cacheReadTokens} of ${inputTokens} tokens from the cache`);
      assert.ok(usd < without * 0.45, `$${usd} instead of $${without}`);
      assert.ok(cacheReadTokens + cacheWriteTokens <= inputTokens);
      // Every turn but the first reads all that the turn before had sent.
      const turns = played.of('model.response').map(({ usage }) => usage);
      for (const [i, turn] of turns.slice(1).entries()) {
        assert.equal(turn.cacheReadTokens, turns[i]!.inputTokens, `turn ${i + 2}`);
      }
      assert.equal(played.of('run.closed')[0]?.usage.cacheReadTokens, cacheReadTokens);
      assert.equal(played.of('budget')[0]?.cacheWriteTokens, cacheWriteTokens);
    });
  }

  it('has examples of earlier cases in what the next alert finds in the cache, marked off as data and not told as rules', async () => {
    const cache = promptCache();
    const api: FakeApi = fakeApi((request) => answered([text('{"found":true}')], 'end_turn', cache(request)));
    const message = 'A line of an earlier log. '.repeat(300);
    const about = async (alert: string) => {
      const model = claudeModel({ apiKey: 'a-key', clock: waitingClock(), fetch: api.fetch });
      const steps = `  - id: look
    agent: { goal: Look., tools: [intel.lookup], output: { found: { type: boolean } } }
`;
      const played = await play({
        steps,
        model,
        ...withExample(message),
        alert: { ...(ALERT as object), message: alert },
      });
      assert.equal(played.outcome, 'completed', played.reason);
    };
    await about('The first.');
    await about('The second.');
    const [first, second] = api.requests.map(({ body }) => body);
    const [examples, data] = second.messages[0].content;
    assert.deepEqual([examples.type, examples.cache_control], ['text', { type: 'ephemeral' }]);
    assert.match(examples.text, /<untrusted-data name="example 1: decided">\n[^<]*A line of an earlier log/);
    assert.match(data.text, /The second\./);
    assert.ok(!JSON.stringify(second.system).includes('earlier log'));
    assert.deepEqual(first.messages[0].content[0], examples);
    const read = cache(api.requests[1]!).cache_read_input_tokens ?? 0;
    assert.ok(read > message.length / 4, `${read} tokens from the cache`);
  });
});
