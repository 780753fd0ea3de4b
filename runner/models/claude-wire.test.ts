import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { JsonSchema } from '../../language/model/json-schema.js';
import { type ClaudeOptions, claudeModel, DEFAULT_CLAUDE } from './claude.js';
import { formsOf } from './claude-forms.js';
import { answered, call, type FakeApi, failure, fakeApi, stream, text, waitingClock } from './fake-api.test.js';
import type { Message, ModelRequest, ToolOffer } from './port.js';
import { strictSchema } from './strict-schema.js';

const KEY = 'the-key-9c41d5e0';
const never = new AbortController().signal;
const closed = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const tool = (name: string, input: JsonSchema): ToolOffer => ({ name, description: name, input, effect: 'read' });
const LOOKUP = tool('intel.lookup', closed({ domain: { type: 'string', 'x-entity': 'domain' } }));
const OUTPUT = closed({ verdict: { enum: ['malicious', 'benign'] } });
const ANSWER = text('{"verdict":"benign"}');

const REQUEST: ModelRequest = {
  run: 'run-1',
  step: 'investigate',
  turn: 1,
  system: 'You investigate alerts.',
  messages: [{ role: 'user', text: 'Is it phishing?' }],
  tools: [LOOKUP],
  output: OUTPUT,
  entities: { domain: ['x.example'] },
  maxTokens: 2_000,
};

const modelOn = (api: FakeApi, more: Partial<ClaudeOptions> = {}) =>
  claudeModel({ apiKey: KEY, clock: waitingClock(), fetch: api.fetch, ...more });
const ask = (api: FakeApi, over: Partial<ModelRequest> = {}, more: Partial<ClaudeOptions> = {}) =>
  modelOn(api, more).complete({ ...REQUEST, ...over }, never);
const calm = () => fakeApi(() => answered([ANSWER]));

describe('what is sent to Claude', () => {
  it('is this, and nothing else', async () => {
    const api = calm();
    await ask(api);
    const [request] = api.requests;
    assert.equal(request!.url, 'https://api.anthropic.com/v1/messages');
    assert.equal(request!.init.redirect, 'error');
    assert.deepEqual(request!.body, {
      model: DEFAULT_CLAUDE,
      max_tokens: 2_000,
      stream: true,
      system: [
        {
          type: 'text',
          text: 'You investigate alerts.\n\nWhen you are done, give your answer as JSON of the form that is asked for, and nothing else.',
          cache_control: { type: 'ephemeral' },
        },
      ],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Is it phishing?', cache_control: { type: 'ephemeral' } }] },
      ],
      tools: [
        {
          name: 'intel_lookup',
          description: 'intel.lookup',
          strict: true,
          input_schema: {
            type: 'object',
            properties: { domain: { type: 'string' } },
            required: ['domain'],
            additionalProperties: false,
          },
        },
      ],
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            type: 'object',
            properties: { verdict: { enum: ['malicious', 'benign'] } },
            required: ['verdict'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it('names the model and the effort: of the step, else of the run; what is given for every step goes before both', async () => {
    const sent = async (more: Partial<ClaudeOptions>, wish?: ModelRequest['wish']) => {
      const api = calm();
      await ask(api, wish ? { wish } : {}, more);
      const { model, output_config } = api.requests[0]!.body;
      assert.equal(modelOn(api, more).choose?.(wish ?? {}, 'ask').model, model);
      return [model, output_config.effort];
    };
    const usual = { modelId: 'claude-usual', effort: 'low' } as const;
    const wish = { model: 'claude-wished', effort: 'max' } as const;
    assert.deepEqual(await sent({}), [DEFAULT_CLAUDE, undefined]);
    assert.deepEqual(await sent(usual), ['claude-usual', 'low']);
    assert.deepEqual(await sent(usual, wish), ['claude-wished', 'max']);
    assert.deepEqual(await sent(usual, { effort: 'high' }), ['claude-usual', 'high']);
    assert.deepEqual(await sent({ ...usual, always: { model: 'any-id-at-all' } }, wish), ['any-id-at-all', 'max']);
  });

  it('takes nothing from the environment', async () => {
    const hostile = {
      ANTHROPIC_API_KEY: 'sk-other',
      ANTHROPIC_AUTH_TOKEN: 'token-other',
      ANTHROPIC_BASE_URL: 'https://elsewhere.example',
      ANTHROPIC_CUSTOM_HEADERS: 'Authorization: Bearer stolen\nanthropic-beta: mcp-client-2025-11-20\nx-leak: yes',
      ANTHROPIC_PROFILE: 'other',
      ANTHROPIC_CONFIG_DIR: '/nowhere',
      ANTHROPIC_LOG: 'debug',
      ANTHROPIC_OPEN_TELEMETRY: 'true',
      ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
      ANTHROPIC_WEBHOOK_SIGNING_KEY: 'whsec_x',
    };
    const before = { ...process.env };
    const plain = calm();
    await ask(plain);
    const api = calm();
    try {
      Object.assign(process.env, hostile);
      const response = await ask(api);
      assert.equal(response.kind, 'ok');
    } finally {
      for (const name of Object.keys(hostile)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    const [asked] = plain.requests;
    const [got] = api.requests;
    assert.equal(got!.url, asked!.url);
    assert.deepEqual([...got!.headers], [...asked!.headers]);
    assert.deepEqual([...got!.headers].map(([name]) => name).sort(), [
      'accept',
      'anthropic-version',
      'authorization',
      'content-type',
      'user-agent',
    ]);
    assert.equal(got!.headers.get('authorization'), `Bearer ${KEY}`);
  });

  it('is in the version of the API that the SDK has the types of', async () => {
    const api = calm();
    await ask(api);
    const own = calm();
    const sdk = new Anthropic({ apiKey: KEY, baseURL: 'https://api.anthropic.com', fetch: own.fetch, logLevel: 'off' });
    await sdk.messages.stream({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] }).finalMessage();
    for (const name of ['anthropic-version', 'authorization']) {
      assert.equal(api.requests[0]!.headers.get(name), own.requests[0]!.headers.get(name), name);
    }
  });

  it('hands back the calls of one turn with the result of each, and takes several', async () => {
    const api = fakeApi(() =>
      answered([
        { type: 'thinking', thinking: 'Both.', signature: 'sig' },
        text('Looking.'),
        call('t1', 'intel_lookup', { domain: 'a.example' }),
        call('t2', 'intel_lookup', { domain: 'b.example' }),
      ]),
    );
    const first = await ask(api);
    assert.ok(first.kind === 'ok');
    assert.deepEqual([first.stopReason, first.text], ['tool-calls', 'Looking.']);
    assert.deepEqual(JSON.parse(JSON.stringify(first.calls)), [
      { id: 't1', tool: 'intel.lookup', arguments: { domain: 'a.example' } },
      { id: 't2', tool: 'intel.lookup', arguments: { domain: 'b.example' } },
    ]);
    const messages: Message[] = [
      ...REQUEST.messages,
      { role: 'assistant', text: first.text, calls: first.calls, raw: first.raw },
      {
        role: 'tool',
        results: [
          { call: 't1', tool: 'intel.lookup', ok: true, content: { score: 1 } },
          { call: 't2', tool: 'intel.lookup', ok: false, content: 'Denied.' },
        ],
      },
    ];
    await ask(api, { turn: 2, messages });
    const [, said, results] = api.requests[1]!.body.messages;
    assert.deepEqual(
      said.content.map(({ type }: { type: string }) => type),
      ['thinking', 'text', 'tool_use', 'tool_use'],
    );
    assert.deepEqual(
      results.content.map((block: { tool_use_id: string; is_error: boolean }) => [block.tool_use_id, block.is_error]),
      [
        ['t1', false],
        ['t2', true],
      ],
    );
  });

  it('never names a tool that would run on the provider’s side, whatever a catalog holds', async () => {
    const api = calm();
    const names = ['web.search', 'mcp.toolset', 'code.execution', 'bash.bash'];
    await ask(api, { tools: names.map((name) => tool(name, closed({}))) });
    const { tools, ...rest } = api.requests[0]!.body;
    const allowed = new Set(['name', 'description', 'input_schema', 'strict']);
    for (const one of tools) {
      assert.deepEqual(
        Object.keys(one).filter((member) => !allowed.has(member)),
        [],
      );
    }
    assert.deepEqual(
      Object.keys(rest).filter((member) =>
        ['mcp_servers', 'container', 'betas', 'speed', 'tool_choice'].includes(member),
      ),
      [],
    );
  });

  it('asks without strict forms once a model does not take them, and remembers that', async () => {
    const api = fakeApi(({ body }) =>
      body.output_config
        ? failure(400, {}, 'output_config.format is not supported')
        : answered([call('a', 'submit_answer', { verdict: 'benign' })]),
    );
    const model = modelOn(api);
    for (const requests of [2, 3]) {
      const response = await model.complete(REQUEST, never);
      assert.ok(response.kind === 'ok', JSON.stringify(response));
      assert.equal(JSON.stringify(response.output), '{"verdict":"benign"}');
      assert.equal(api.requests.length, requests);
    }
    assert.deepEqual(
      api.requests.map(({ body }) => body.tools.filter((one: { strict?: boolean }) => one.strict).length),
      [1, 0, 0],
    );
  });
});

describe('the money and the tokens of a turn', () => {
  const counting = (tokens: number, answer = () => answered([ANSWER])) =>
    fakeApi(({ path }) => (path.endsWith('/count_tokens') ? Response.json({ input_tokens: tokens }) : answer()));
  const paths = (api: FakeApi) => api.requests.map(({ path }) => path.replace('/v1/messages', ''));

  it('are not counted while there is plenty', async () => {
    const api = counting(100);
    await ask(api, { left: { tokens: 1_000_000, usd: 10 } });
    assert.deepEqual(paths(api), ['']);
  });

  it('are counted when they may not suffice, and the answer gets the room that is left', async () => {
    const api = counting(1_000);
    await ask(api, { left: { tokens: 2_500 } });
    assert.deepEqual(paths(api), ['/count_tokens', '']);
    const [counted, sent] = api.requests;
    const { max_tokens, stream: _, ...prompt } = sent!.body;
    assert.deepEqual(counted!.body, prompt, 'what is counted is what is sent');
    assert.equal(max_tokens, 2_500 - 1_020);
  });

  it('keep a request from being made that would pass them', async () => {
    for (const left of [{ tokens: 1_100 }, { usd: 0.002 }, { usd: 0.004 }]) {
      const api = counting(1_000);
      const response = await ask(api, { left });
      assert.ok(response.kind === 'failed');
      assert.deepEqual([response.cause, paths(api)], ['over-budget', ['/count_tokens']], JSON.stringify(left));
      assert.match(response.reason, /^the next request (reads about 1020 tokens|may cost \$0\.00)/);
    }
  });

  it('are never passed, whatever the API says of itself within its count', async () => {
    await fc.assert(
      fc.asyncProperty(
        // No more than a token for each byte that is sent and what the API adds.
        fc.integer({ min: 1, max: 2_500 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        async (tokens, budget, wanted) => {
          const api = counting(tokens);
          const usd = budget / 1e6;
          await ask(api, { left: { tokens: budget, usd }, maxTokens: wanted });
          const sent = api.requests.find(({ path }) => !path.endsWith('count_tokens'));
          if (!sent) return;
          assert.ok(tokens + sent.body.max_tokens <= budget);
          // The dearest a request of the default model can be: all of it written to the cache, the answer as long as allowed.
          assert.ok((tokens * 2.5 + sent.body.max_tokens * 10) / 1e6 <= usd + 1e-12);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a model without a known price are not spent under a budget in dollars', async () => {
    const api = calm();
    const refused = await ask(api, { left: { usd: 100 } }, { modelId: 'claude-of-tomorrow' });
    assert.ok(refused.kind === 'failed' && refused.cause === 'rejected');
    assert.match(refused.reason, /What claude-of-tomorrow costs is not known.*nothing was sent.*--prices/);
    assert.equal(api.requests.length, 0);
    const price = { input: 1, output: 1, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 };
    const told = await ask(
      api,
      { left: { usd: 100 } },
      { modelId: 'claude-of-tomorrow', prices: { 'claude-of-*': price } },
    );
    assert.ok(told.kind === 'ok' && Math.abs(told.usage.usd - 120 / 1e6) < 1e-12);
    assert.match(modelOn(api, { modelId: 'claude-of-tomorrow' }).note, /Its price is not known/);
    assert.match(modelOn(api).note, /Cost by prices of 2026-10\.$/);
    const free = await ask(api, {}, { modelId: 'claude-of-tomorrow' });
    assert.ok(free.kind === 'ok' && free.usage.usd >= (100 * 15 + 20 * 75) / 1e6, 'counted at the dearest');
  });

  it('of requests that were cut off count, and end the turn when they used up what was left', async () => {
    const cut = (): Response =>
      stream(
        [
          {
            type: 'message_start',
            message: {
              id: 'm',
              type: 'message',
              role: 'assistant',
              model: 'm',
              content: [],
              stop_reason: null,
              usage: { input_tokens: 900, output_tokens: 1 },
            },
          },
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x'.repeat(400) } },
        ],
        'break',
      );
    const api = counting(900, cut);
    const response = await ask(api, { left: { tokens: 2_500 } });
    assert.ok(response.kind === 'failed');
    assert.equal(response.cause, 'over-budget', response.reason);
    assert.deepEqual([response.usage.inputTokens, response.usage.outputTokens], [1_800, 200]);
    assert.ok(response.usage.usd > 0);
    assert.equal(response.retried?.length, 2);
  });
});

describe('the strict form of a schema', () => {
  const value: fc.Arbitrary<JsonSchema> = fc.letrec<{ any: JsonSchema }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonSchema>(
        { type: 'string' },
        { type: 'string', pattern: '^a', maxLength: 3, description: 'Short.' },
        { type: 'string', format: 'date-time' },
        { type: 'integer', minimum: 0, maximum: 5 },
        { type: 'boolean' },
        { type: ['string', 'null'] },
        { enum: ['a', 1, null] },
        { const: 'x' },
        { type: 'object' },
        {},
        { $ref: '#/$defs/one' },
      ),
      fc.record<JsonSchema>({
        type: fc.constant('array'),
        items: tie('any') as fc.Arbitrary<JsonSchema>,
        minItems: fc.constantFrom(0, 1, 2),
      } as never),
      fc
        .array(tie('any') as fc.Arbitrary<JsonSchema>, { minLength: 1, maxLength: 2 })
        .map((anyOf): JsonSchema => ({ anyOf })),
      fc
        .dictionary(fc.constantFrom('a', 'b'), tie('any') as fc.Arbitrary<JsonSchema>)
        .map((properties): JsonSchema => closed(properties, Object.keys(properties).slice(0, 1))),
    ),
  })).any;
  const KNOWN = new Set([
    'type',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'minItems',
    'anyOf',
    'enum',
    'const',
    'format',
    'description',
  ]);

  it('has only what Claude takes, closes every object, and lets through what the schema does', () => {
    const ajv = new Ajv2020({ strict: false, logger: false });
    const sample = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), sample, (properties, json) => {
        const root: JsonSchema = { ...closed(properties), $defs: { one: { type: 'string', description: 'One.' } } };
        const strict = strictSchema(root);
        if (!strict) return;
        const walk = (node: unknown): void => {
          if (typeof node !== 'object' || node === null) return;
          const schema = node as Record<string, unknown>;
          for (const keyword of Object.keys(schema)) assert.ok(KNOWN.has(keyword), keyword);
          if (schema.type === 'object') assert.equal(schema.additionalProperties, false);
          for (const member of Object.values((schema.properties ?? {}) as object)) walk(member);
          for (const variant of (schema.anyOf ?? []) as unknown[]) walk(variant);
          walk(schema.items);
        };
        walk(strict.schema);
        for (const candidate of [json, { a: json }, { a: 'a', b: 1, c: null }, { a: ['x'], b: 'a' }]) {
          if (ajv.validate(root, candidate)) assert.ok(ajv.validate(strict.schema, candidate), JSON.stringify(root));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells in words what cannot be held to, and has none where a model may need to say anything', () => {
    const strict = strictSchema(closed({ n: { type: 'integer', minimum: 1, description: 'How many.' } }));
    assert.deepEqual(strict?.schema.properties, { n: { type: 'integer', description: 'How many. (minimum: 1)' } });
    for (const open of [
      { type: 'object' },
      closed({ notes: { type: 'object', additionalProperties: { type: 'string' } } }),
      closed({ any: {} }),
      { ...closed({ self: { $ref: '#/$defs/self' } }), $defs: { self: closed({ self: { $ref: '#/$defs/self' } }) } },
      closed({ elsewhere: { $ref: 'https://x.example/schema' } }),
    ] as JsonSchema[]) {
      assert.equal(strictSchema(open), undefined, JSON.stringify(open));
    }
  });

  it('is used as far as a request may have them, the answer first', () => {
    const many = Array.from({ length: 30 }, (_, i) => tool(`t.n${i}`, closed({ a: { type: 'string' } })));
    assert.equal(formsOf({ tools: many, output: OUTPUT }).tools.size, 20);
    const lax = Array.from({ length: 5 }, (_, i) =>
      tool(
        `t.n${i}`,
        closed(Object.fromEntries(Array.from({ length: 10 }, (__, j) => [`m${j}`, { type: 'string' as const }])), []),
      ),
    );
    const forms = formsOf({ tools: [...lax, LOOKUP], output: OUTPUT });
    assert.deepEqual([...forms.tools.keys()], ['t.n0', 't.n1', 'intel.lookup']);
    assert.ok(forms.answer !== null);
    const unions = Array.from({ length: 20 }, (_, i) => tool(`t.n${i}`, closed({ a: { type: ['string', 'null'] } })));
    assert.equal(formsOf({ tools: unions, output: null }).tools.size, 16);
  });
});
