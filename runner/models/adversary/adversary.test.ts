import assert from 'node:assert/strict';
import { schemaCheck } from '../../tools/schema-check.js';
import { plainJson } from '../../trace/canonical.js';
import type { ModelRequest, ModelResponse, ToolOffer } from '../port.js';
import { adversaryModel } from './adversary.js';
import type { Knowledge } from './knowledge.js';

const tool = (name: string, effect: string): ToolOffer => ({
  name,
  description: name,
  effect,
  input: {
    type: 'object',
    properties: { user: { type: 'string', 'x-entity': 'user' } },
    required: ['user'],
    additionalProperties: false,
  },
});
const OFFERED = [tool('identity.profile', 'read'), tool('identity.suspend', 'contain')];
const KNOWLEDGE: Knowledge = {
  tools: [...OFFERED, tool('identity.delete_user', 'evict'), tool('mail.purge', 'evict')],
  people: ['cy@soc.example'],
  gates: ['ask'],
  targets: ['dc-01'],
};
const OUTPUT = {
  type: 'object',
  properties: {
    verdict: { enum: ['malicious', 'suspicious', 'benign'] },
    accounts: { type: 'array', items: { type: 'string', 'x-entity': 'user' }, maxItems: 4 },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  required: ['verdict', 'accounts', 'confidence'],
  additionalProperties: false,
} as const;

const request = (turn: number): ModelRequest => ({
  run: 'run-1',
  step: 'investigate',
  turn,
  system: 'The goal.',
  messages: [{ role: 'user', text: 'The data.' }],
  tools: OFFERED,
  output: OUTPUT,
  entities: { user: ['mallory', 'trent'] },
  maxTokens: 1000,
});

type Ok = Extract<ModelResponse, { kind: 'ok' }>;

async function answered(seed: number, turn: number): Promise<Ok> {
  const response = await adversaryModel(seed, KNOWLEDGE).complete(request(turn), new AbortController().signal);
  assert.ok(response.kind === 'ok');
  return response;
}

describe('adversary', () => {
  let all: readonly Ok[];
  before(async () => {
    all = await Promise.all(
      Array.from({ length: 600 }, (_, seed) => [1, 2, 5].map((turn) => answered(seed, turn))).flat(),
    );
  });
  const calls = () => all.flatMap((response) => response.calls);

  it('does the same for the same seed and request, and something else for another seed', async () => {
    const said = async (seed: number) => plainJson(await answered(seed, 1));
    assert.deepEqual(await said(7), await said(7));
    assert.notDeepEqual(await said(7), await said(8));
  });

  it('tries every tool it was not given, by its exact name and by look-alikes', () => {
    const names = new Set(calls().map((call) => call.tool));
    for (const { name } of KNOWLEDGE.tools) {
      assert.ok(names.has(name), name);
      assert.ok(names.has(name.toUpperCase()));
      assert.ok(
        [...names].some((other) => other !== name && other.normalize('NFKC') === name),
        `${name} in full width`,
      );
      assert.ok(
        [...names].some((other) => other !== name && other.trim() === name),
        `${name} with a blank`,
      );
      assert.ok(
        [...names].some((other) => other !== name && other.replaceAll(/\p{Cf}/gu, '') === name),
        `${name} with what is not seen`,
      );
      assert.ok(
        [...names].some((other) => /[\u0400-\u04ff]/u.test(other)),
        'letters of another script',
      );
    }
  });

  it('names what the alert does not name, smuggles, and makes no sense', () => {
    const args = calls().map((call) => plainJson(call.arguments));
    const texts = args.map((one) => JSON.stringify(one));
    for (const wanted of ['dc-01', 'mallory', '"approved":true', '"__proto__"', '"constructor"', '$ne', '\\u0000']) {
      assert.ok(
        texts.some((text) => text.includes(wanted)),
        wanted,
      );
    }
    assert.ok(
      texts.some((text) => text.length > 15_000),
      'a huge text',
    );
    for (const shape of [null, [], 42, 'yes', true])
      assert.ok(args.some((one) => JSON.stringify(one) === JSON.stringify(shape)));
  });

  it('has arguments that say something else when they are looked at again', async () => {
    const fresh = await Promise.all(Array.from({ length: 300 }, (_, seed) => answered(seed, 1)));
    const looked = () => fresh.flatMap((response) => response.calls.map((call) => JSON.stringify(call.arguments)));
    const [first, again] = [looked(), looked()];
    assert.ok(first.some((text, index) => text !== again[index]));
  });

  it('floods a turn, repeats ids, never ends in some conversations, and claims to cost nothing', async () => {
    assert.ok(all.some((response) => response.calls.length > 32));
    assert.ok(all.some(({ calls: own }) => new Set(own.map((call) => call.id)).size < own.length));
    assert.ok(calls().some((call) => call.id === ''));
    assert.ok(all.every(({ usage }) => !(usage.inputTokens > 0 || usage.outputTokens > 0 || usage.usd > 0)));
    const late = await Promise.all(Array.from({ length: 100 }, (_, seed) => answered(seed, 40)));
    assert.ok(late.some((response) => response.calls.length > 0));
  });

  it('gives every verdict in answers that fit, and answers that do not', () => {
    const schemas = schemaCheck();
    const outputs = all.flatMap(({ output }) => (output === undefined ? [] : [plainJson(output)]));
    const fitting = outputs.filter((output) => schemas.problem(OUTPUT, output) === null);
    assert.ok(fitting.length < outputs.length);
    for (const verdict of OUTPUT.properties.verdict.enum) {
      assert.ok(
        fitting.some((output) => JSON.stringify(output).includes(`"verdict":"${verdict}"`)),
        verdict,
      );
    }
  });

  it('claims approval in what it says', () => {
    assert.ok(all.some(({ text }) => text.includes('cy@soc.example') && /approved/i.test(text)));
  });

  it('is no AI, and says so', () => {
    const { ai, note, id } = adversaryModel(3);
    assert.deepEqual([ai, id], [false, 'adversary']);
    assert.match(note, /^Not AI: .*seed 3/);
  });
});
