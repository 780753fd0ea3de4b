import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatCompletionRequest, FixtureResponse } from '@copilotkit/aimock';
import { LLMock } from '@copilotkit/aimock';
import { claudeModel, DEFAULT_CLAUDE } from './claude.js';
import { waitingClock } from './fake-api.test.js';
import type { Message, ModelRequest, ModelResponse } from './port.js';
import { ANSWER_TOOL } from './tool-names.js';

// Not of the shape of a real key, so that only the client's own care keeps it out of messages.
const KEY = 'the-key-9c41d5e0';

const REQUEST: ModelRequest = {
  run: 'run-1',
  step: 'investigate',
  turn: 1,
  system: 'You investigate alerts.',
  messages: [{ role: 'user', text: 'Is it phishing?' }],
  tools: [
    {
      name: 'intel.domain_reputation',
      description: 'What is known about a domain.',
      input: { type: 'object', properties: { domain: { type: 'string', 'x-entity': 'domain' } }, required: ['domain'] },
      effect: 'read',
    },
  ],
  output: { type: 'object', properties: { verdict: { enum: ['malicious', 'benign'] } }, required: ['verdict'] },
  entities: {},
  maxTokens: 2_000,
};

const never = new AbortController().signal;
const answer = { content: '{"verdict":"benign"}' };
/** A schema with a part that no strict form has: the answer comes through a tool then. */
const LOOSE = { ...REQUEST.output, properties: { ...REQUEST.output?.properties, notes: { type: 'object' } } };
const handedIn = { toolCalls: [{ id: 'toolu_answer', name: ANSWER_TOOL, arguments: '{"verdict":"benign"}' }] };
const overloaded = { error: { message: 'Overloaded', type: 'overloaded_error' } };

describe('claude, against a fake of the API', () => {
  let mock: LLMock;
  let seen: ChatCompletionRequest[];
  let arrived: Promise<void>;
  let arrive: () => void;

  const respond = (response: FixtureResponse, options: Parameters<LLMock['on']>[2] = {}): void => {
    const predicate = (request: ChatCompletionRequest) => {
      seen.push(request);
      arrive();
      return true;
    };
    mock.addFixture({ match: { predicate }, response, ...options });
  };
  let clock: ReturnType<typeof waitingClock>;
  const ask = (over: Partial<ModelRequest> = {}, signal = never): Promise<ModelResponse> =>
    claudeModel({ apiKey: KEY, clock, baseUrl: mock.url }).complete({ ...REQUEST, ...over }, signal);
  const okFrom = (response: ModelResponse) => {
    assert.ok(response.kind === 'ok', response.kind === 'failed' ? response.reason : '');
    return response;
  };
  const reasonOf = (response: ModelResponse): string => {
    assert.ok(response.kind === 'failed');
    assert.ok(!JSON.stringify(response).includes(KEY), response.reason);
    return response.reason;
  };

  beforeEach(async () => {
    seen = [];
    clock = waitingClock();
    arrived = new Promise((resolve) => {
      arrive = resolve;
    });
    mock = await LLMock.create({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => mock.stop());

  it('gives a plain answer, and says what it cost', async () => {
    respond({ content: 'It looks harmless.', usage: { input_tokens: 1_000, output_tokens: 200 } });
    const response = okFrom(await ask({ output: null }));
    assert.deepEqual([response.stopReason, response.text, response.calls], ['end', 'It looks harmless.', []]);
    assert.equal(response.output, undefined);
    assert.deepEqual([response.usage.inputTokens, response.usage.outputTokens], [1_000, 200]);
    assert.ok(Math.abs(response.usage.usd - (1_000 * 2 + 200 * 10) / 1e6) < 1e-12);
  });

  it('offers tools under names the API takes, without our keywords, and asks for an answer of the form', async () => {
    respond(answer);
    const response = okFrom(await ask());
    assert.deepEqual([response.stopReason, response.calls], ['end', []]);
    assert.equal(JSON.stringify(response.output), '{"verdict":"benign"}');
    const tools = seen[0]!.tools!.map((tool) => tool.function);
    assert.deepEqual(
      tools.map((tool) => tool.name),
      ['intel_domain_reputation'],
    );
    assert.ok(!JSON.stringify(tools).includes('x-entity'));
    assert.match(JSON.stringify(seen[0]!.messages[0]), /You investigate alerts\..*as JSON/s);
    assert.equal(seen[0]!.model, DEFAULT_CLAUDE);
  });

  it('takes the answer through a tool where its schema has no strict form', async () => {
    respond(handedIn);
    const response = okFrom(await ask({ output: LOOSE }));
    assert.deepEqual([response.stopReason, response.calls], ['end', []]);
    assert.equal(JSON.stringify(response.output), '{"verdict":"benign"}');
    const tools = seen[0]!.tools!.map((tool) => tool.function);
    assert.deepEqual(
      tools.map((tool) => tool.name),
      ['intel_domain_reputation', ANSWER_TOOL],
    );
    assert.ok(!JSON.stringify(tools).includes('x-entity'));
    assert.match(JSON.stringify(seen[0]!.messages[0]), /You investigate alerts\..*submit_answer/s);
    assert.equal(seen[0]!.model, DEFAULT_CLAUDE);
  });

  it('loops over tool calls, with the results next to their calls', async () => {
    const call = { id: 'toolu_1', name: 'intel_domain_reputation', arguments: '{"domain":"examp1e-login.example"}' };
    mock.addFixture({
      match: { hasToolResult: false },
      response: { toolCalls: [call], reasoning: 'Let me look it up.' },
    });
    respond(answer);
    const first = okFrom(await ask());
    assert.equal(first.stopReason, 'tool-calls');
    assert.equal(first.calls.length, 1);
    assert.equal(first.calls[0]!.tool, 'intel.domain_reputation');
    assert.equal(JSON.stringify(first.calls[0]!.arguments), '{"domain":"examp1e-login.example"}');
    const messages: Message[] = [
      ...REQUEST.messages,
      { role: 'assistant', text: first.text, calls: first.calls, raw: first.raw },
      {
        role: 'tool',
        results: [{ call: 'toolu_1', tool: 'intel.domain_reputation', ok: true, content: { score: 92 } }],
      },
    ];
    const second = okFrom(await ask({ turn: 2, messages }));
    assert.equal(JSON.stringify(second.output), '{"verdict":"benign"}');
    const last = seen.at(-1)!.messages.at(-1)!;
    assert.deepEqual([last.role, last.tool_call_id, last.content], ['tool', 'toolu_1', '{"score":92}']);
  });

  it('puts calls before an answer given in the same turn', async () => {
    const call = { id: 'toolu_1', name: 'intel_domain_reputation', arguments: '{"domain":"x.example"}' };
    respond({ toolCalls: [...handedIn.toolCalls, call] });
    const response = okFrom(await ask({ output: LOOSE }));
    assert.deepEqual([response.stopReason, response.calls.length, response.output], ['tool-calls', 1, undefined]);
  });

  it('hands on a call of a tool that was not offered, for the engine to deny', async () => {
    respond({ toolCalls: [{ id: 'toolu_1', name: 'edr_wipe', arguments: '{"host":"x"}' }] });
    assert.equal(okFrom(await ask()).calls[0]!.tool, 'edr_wipe');
  });

  for (const [finish, stopReason] of [
    ['length', 'max-tokens'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
  ] as const) {
    it(`proposes nothing of a turn that ended with ${finish}`, async () => {
      const call = { id: 'toolu_1', name: 'intel_domain_reputation', arguments: '{"domain":"x.example"}' };
      respond({ toolCalls: [call], finishReason: finish });
      const response = okFrom(await ask());
      assert.deepEqual([response.stopReason, response.calls, response.output], [stopReason, [], undefined]);
    });
  }

  const failures: [number, RegExp, number][] = [
    [400, /refused the request/, 1],
    [401, /did not accept the key.*ANTHROPIC_API_KEY/, 1],
    [402, /cannot be billed/, 1],
    [403, /may not do this/, 1],
    [404, /does not know the model "claude-/, 1],
    [413, /too large/, 1],
    [429, /rate limit/, 5],
    [500, /failed with status 500/, 5],
    [529, /overloaded/, 5],
  ];
  for (const [status, expected, requests] of failures) {
    it(`says what a status of ${status} means, without the key, after ${requests}`, async () => {
      respond({ error: { message: `bad ${KEY} and sk-ant-api03-abcdefgh1234\u202e\n!`, type: 'some_error' }, status });
      const reason = reasonOf(await ask());
      assert.match(reason, expected);
      assert.match(reason, /it said: .*bad \[redacted:anthropic-key\] and \[redacted:anthropic-key\]/);
      assert.ok(!/[\n\u202e]/.test(reason));
      assert.equal(seen.length, requests);
    });
  }

  it('repeats a request that failed for the moment, and says what happened before', async () => {
    mock.nextRequestError(529, overloaded.error);
    respond(answer);
    const response = okFrom(await ask());
    assert.equal(response.stopReason, 'end');
    assert.match(response.retried?.join() ?? '', /overloaded/);
    assert.deepEqual(clock.waits, [500]);
    assert.deepEqual(
      mock.getRequests().map((entry) => entry.response.status),
      [529, 200],
    );
  });

  it('fails when the stream is cut off, and still counts its tokens', async () => {
    const content = 'a long answer '.repeat(50);
    respond(
      { content, usage: { input_tokens: 700, output_tokens: 5 } },
      { chunkSize: 10, latency: 20, truncateAfterChunks: 4 },
    );
    const response = await ask({ output: null });
    assert.match(reasonOf(response), /ended too early|connection broke/);
    assert.equal(response.usage.inputTokens, 5 * 700);
    assert.ok(response.usage.usd > 0);
  });

  it('ends in words whatever the connection does, and gets over it when it passes', async () => {
    for (const chaos of [{ dropRate: 1 }, { malformedRate: 1 }, { rateLimitRate: 1 }, { disconnectRate: 1 }]) {
      mock.clearFixtures();
      respond(answer, { chaos });
      const waits = clock.waits.length;
      assert.match(reasonOf(await ask()), /It was tried 5 times\.$/, JSON.stringify(chaos));
      assert.equal(clock.waits.length - waits, 4);
    }
    mock.clearFixtures();
    respond(answer);
    assert.equal(okFrom(await ask()).stopReason, 'end');
  });

  it('ends when the run is cancelled, in the middle of an answer too', async () => {
    respond({ content: 'slow '.repeat(10) }, { chunkSize: 5, latency: 50 });
    const controller = new AbortController();
    const running = ask({ output: null }, controller.signal);
    await arrived;
    controller.abort();
    assert.match(reasonOf(await running), /cancelled/);
    assert.match(reasonOf(await ask({}, AbortSignal.abort())), /cancelled/);
  });

  it('sends the key as a credential and nowhere else', async () => {
    const locked = await LLMock.create({ host: '127.0.0.1', port: 0, auth: { apiKeys: [KEY] } });
    try {
      locked.addFixture({ match: {}, response: answer });
      const right = claudeModel({ apiKey: KEY, clock, baseUrl: locked.url });
      assert.equal(okFrom(await right.complete(REQUEST, never)).stopReason, 'end');
      const [entry] = locked.getRequests();
      assert.equal(entry!.path, '/v1/messages');
      assert.ok(!JSON.stringify(entry!.body).includes(KEY));
      const wrong = await claudeModel({ apiKey: 'wrong', clock, baseUrl: locked.url }).complete(REQUEST, never);
      assert.match(reasonOf(wrong), /did not accept the key/);
    } finally {
      await locked.stop();
    }
  });
});

describe('claude, without an API', () => {
  it('says when nobody is there', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    const clock = waitingClock();
    const gone = await claudeModel({ apiKey: KEY, clock, baseUrl }).complete(REQUEST, never);
    assert.ok(gone.kind === 'failed');
    assert.match(gone.reason, /could not be reached.*It was tried 5 times/);
    assert.deepEqual(gone.usage, { inputTokens: 0, outputTokens: 0, usd: 0 });
    assert.deepEqual(clock.waits, [500, 1000, 2000, 4000]);
  });

  it('does not repeat a key that cannot be a header', async () => {
    const apiKey = 'kéy\u2028-with-odd-characters';
    const clock = waitingClock();
    const response = await claudeModel({ apiKey, clock, baseUrl: 'http://127.0.0.1:9' }).complete(REQUEST, never);
    assert.ok(response.kind === 'failed');
    assert.ok(!response.reason.includes('odd-characters'), response.reason);
  });
});
