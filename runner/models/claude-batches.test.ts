import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptedApprover } from '../approvers/scripted.js';
import { evaluate } from '../evaluation/evaluate.js';
import { planRuns } from '../evaluation/planned.js';
import { virtualClock } from '../redteam/virtual-clock.js';
import { claudeModel } from './claude.js';
import { messageBatches } from './claude-batches.js';
import type { ModelRequest } from './port.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const ORIGIN = 'https://api.anthropic.com';
const ANSWER = { verdict: 'malicious', confidence: 0.9, summary: 'A look-alike domain.', compromised: [] };

interface Request {
  readonly custom_id: string;
  readonly params: { readonly model: string; readonly max_tokens: number; readonly stream?: boolean };
}

/** The batches of the API, as far as its reference tells: each is looked at once while it goes on, and has ended then. */
function fakeBatches(
  resultOf: (request: Request, number: number) => object = () => succeeded(),
  resultsAt = (id: string): string => `${ORIGIN}/v1/messages/batches/${id}/results`,
) {
  const batches: (readonly Request[])[] = [];
  const looked = new Set<string>();
  const urls: string[] = [];
  let number = 0;
  const json = (value: unknown): Response =>
    new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
  const batchOf = (id: string, ended: boolean) => ({
    ...{ id, type: 'message_batch', processing_status: ended ? 'ended' : 'in_progress' },
    results_url: ended ? resultsAt(id) : null,
  });
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    urls.push(url.origin);
    if (url.pathname === '/v1/messages/count_tokens') return json({ input_tokens: 1000 });
    if (url.pathname === '/v1/messages/batches') {
      batches.push(JSON.parse(String(init.body)).requests);
      return json(batchOf(`batch_${batches.length}`, false));
    }
    const [, id = '', more] = /^\/v1\/messages\/batches\/(batch_\d+)(\/\w+)?$/.exec(url.pathname) ?? [];
    if (more === '/results') {
      const requests = batches[Number(id.slice('batch_'.length)) - 1] ?? [];
      const lines = requests.map((one) =>
        JSON.stringify({ custom_id: one.custom_id, result: resultOf(one, ++number) }),
      );
      return new Response(`${lines.reverse().join('\n')}\n`);
    }
    const ended = looked.has(id);
    looked.add(id);
    return json(batchOf(id, ended));
  };
  return { fetch, batches, urls };
}

function succeeded(): object {
  return {
    type: 'succeeded',
    message: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5-5', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: JSON.stringify(ANSWER) }],
      usage: { input_tokens: 10_000, output_tokens: 0 },
    },
  };
}

const errored = (type: string): object => ({
  type: 'errored',
  error: { type: 'error', error: { type, message: `It was an ${type}.` }, request_id: null },
});

const REQUEST: ModelRequest = {
  ...{ run: 'run-1', step: 'look', turn: 1, system: '', messages: [{ role: 'user', text: 'What is it?' }] },
  ...{ tools: [], output: null, entities: {}, maxTokens: 1000 },
};

function modelOn(api: ReturnType<typeof fakeBatches>, signal = new AbortController().signal) {
  const connection = { apiKey: 'a-key', fetch: api.fetch };
  const clock = virtualClock(0);
  return claudeModel({ ...connection, clock, batches: messageBatches({ ...connection, clock, signal }) });
}

describe('message batches', () => {
  it('carry the turns of many runs together, for half the price, and each gets its own answer', async () => {
    const api = fakeBatches();
    const connection = { apiKey: 'a-key', fetch: api.fetch };
    const { signal } = new AbortController();
    const clock = virtualClock(0);
    const batches = messageBatches({ ...connection, clock, signal });
    const planned = planRuns({
      playbookPaths: [path.join(LIBRARY, 'phishing-triage.playbook.yaml')],
      casesPath: path.join(LIBRARY, 'cases'),
      ...{ repeat: 1, shard: { index: 1, of: 1 }, seed: 1, people: 'case' },
      model: { provider: 'claude', id: 'claude-sonnet-5-5', ai: true },
    });
    assert.ok(!('ok' in planned));
    const runs = await evaluate({
      ...{ runs: planned.runs, user: 'tester', signal, parallel: planned.runs.length },
      model: () => ({ ok: true, model: claudeModel({ ...connection, clock, batches }) }),
      approver: (sample, pace) => scriptedApprover(sample, undefined, pace),
      clock: (idle) => virtualClock(0, idle),
    });
    assert.deepEqual(
      api.batches.map((requests) => requests.length),
      [planned.runs.length],
    );
    assert.ok(api.batches.flat().every(({ params }) => params.stream === undefined));
    assert.ok(
      runs.every((run) => run.verdict === 'malicious'),
      'simulated time waits for no batch',
    );
    // 10,000 tokens at two dollars a million, and half of that.
    assert.deepEqual([...new Set(runs.map((run) => run.usage.usd))], [0.01]);
  });

  it('that leave a request for later have it in the next, and one that is wrong fails', async () => {
    for (const passing of [errored('overloaded_error'), { type: 'expired' }]) {
      const api = fakeBatches((_, number) => (number === 1 ? passing : succeeded()));
      const answer = await modelOn(api).complete(REQUEST, new AbortController().signal);
      assert.equal(answer.kind, 'ok');
      assert.equal(answer.retried?.length, 1);
      assert.equal(api.batches.length, 2);
    }
    const wrong = await modelOn(fakeBatches(() => errored('invalid_request_error'))).complete(
      REQUEST,
      new AbortController().signal,
    );
    assert.ok(wrong.kind === 'failed');
    assert.deepEqual([wrong.cause, /refused the request/.test(wrong.reason)], ['rejected', true]);
  });

  it('have their results fetched from the service itself and from nowhere else', async () => {
    const api = fakeBatches(undefined, () => 'https://elsewhere.example/results');
    const answer = await modelOn(api).complete(REQUEST, new AbortController().signal);
    assert.equal(answer.kind, 'failed');
    assert.deepEqual([...new Set(api.urls)], [ORIGIN]);
  });

  it('are cancelled when nobody waits any more', async () => {
    const stop = new AbortController();
    const api = fakeBatches();
    let tell = (_: string): void => undefined;
    const cancelled = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const stopping: typeof fetch = async (input, init) => {
      if (/\/batch_\d+$/.test(String(input))) stop.abort();
      if (/\/cancel$/.test(String(input))) tell(`${init?.method} ${new URL(String(input)).pathname}`);
      return api.fetch(input, init);
    };
    const answer = await modelOn({ ...api, fetch: stopping }, stop.signal).complete(REQUEST, stop.signal);
    assert.equal(answer.kind, 'failed');
    assert.equal(await cancelled, 'POST /v1/messages/batches/batch_1/cancel');
  });
});
