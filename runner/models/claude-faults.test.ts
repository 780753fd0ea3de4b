import assert from 'node:assert/strict';
import { type Played, play } from '../engine/scenario.test.js';
import { claudeModel } from './claude.js';
import { waitBefore } from './claude-waiting.js';
import { answered, type Block, call, eventsOf, failure, fakeApi, stream, text, waitingClock } from './fake-api.test.js';
import type { ModelRequest } from './port.js';

const KEY = 'the-key-9c41d5e0';

const STEPS = `  - id: look
    agent:
      goal: Look.
      tools: [intel.lookup, case.note]
      output: { found: { type: boolean } }
`;
const ANSWERS = ['mallory', 'trent'].map((user) => ({
  tool: 'intel.lookup',
  with: { user },
  output: { score: 1 },
}));

/** Two turns of an investigation: two look-ups and a note at once, then the answer. */
const CALLS: readonly Block[] = [
  text('Looking.'),
  call('t1', 'intel_lookup', { user: 'mallory' }),
  call('t2', 'intel_lookup', { user: 'trent' }),
  call('t3', 'case_note', { text: 'Looked.' }),
];
const ANSWER: readonly Block[] = [text('{"found":true}')];
const turnOf = (body: { messages: readonly unknown[] }): number => (body.messages.length + 1) / 2;
const well = (turn: number) => answered(turn === 1 ? CALLS : ANSWER);

interface Fault {
  readonly name: string;
  /** A fresh one each time: a body can be read only once. */
  readonly response: () => Response | Promise<Response>;
  /** How the step ends when it goes on like this. */
  readonly ends: 'ok' | 'failed' | 'refused';
  readonly says?: RegExp;
  /** Requests of a turn that goes on like this. */
  readonly requests?: number;
}

const STATUSES = [
  400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504,
  520, 524, 529,
];
const PASSING = new Set([408, 409, 425, 429]);
const CUT_TURN = eventsOf(CALLS);

const FAULTS: readonly Fault[] = [
  ...STATUSES.map(
    (status): Fault => ({
      name: `status ${status}`,
      response: () => failure(status),
      ends: 'failed',
      requests: status >= 500 || PASSING.has(status) ? 5 : 1,
    }),
  ),
  ...(['end', 'break'] as const).flatMap((after) =>
    CUT_TURN.map(
      (event, count): Fault => ({
        name: `the stream ${after === 'end' ? 'ends' : 'breaks'} before event ${count + 1}, ${event.type}`,
        response: () => stream(CUT_TURN.slice(0, count), after),
        ends: 'failed',
        requests: 5,
      }),
    ),
  ),
  ...CUT_TURN.map(
    (event, count): Fault => ({
      name: `event ${count + 1}, ${event.type}, is no JSON`,
      response: () =>
        stream([...CUT_TURN.slice(0, count), `event: ${event.type}\ndata: {"type":\n\n`, ...CUT_TURN.slice(count + 1)]),
      ends: 'failed',
      requests: 5,
    }),
  ),
  ...CUT_TURN.slice(0, -1).map(
    (event, count): Fault => ({
      name: `an error instead of event ${count + 1}, ${event.type}`,
      response: () =>
        stream([
          ...CUT_TURN.slice(0, count),
          { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
        ]),
      ends: 'failed',
      says: /overloaded/,
      requests: 5,
    }),
  ),
  { name: 'no JSON but a page', response: () => new Response('<html>', { status: 200 }), ends: 'failed', requests: 5 },
  { name: 'nothing at all', response: () => new Response(null, { status: 200 }), ends: 'failed', requests: 5 },
  {
    name: 'an error of the network',
    response: () => Promise.reject(new TypeError('fetch failed')),
    ends: 'failed',
    requests: 5,
  },
  {
    name: 'an hour to wait',
    response: () => failure(429, { 'retry-after': '3600' }),
    ends: 'failed',
    says: /asks to wait 60 minutes, and a run waits at most/,
    requests: 1,
  },
  {
    name: 'a day to wait until',
    response: () => failure(529, { 'retry-after': new Date(Date.UTC(2026, 0, 2)).toUTCString() }),
    ends: 'failed',
    says: /asks to wait 24 hours/,
    requests: 1,
  },
  {
    name: 'not to be tried again',
    response: () => failure(500, { 'x-should-retry': 'false' }),
    ends: 'failed',
    requests: 1,
  },
  {
    name: 'a refusal',
    response: () =>
      answered(
        [text('I will not.')],
        'refusal',
        {},
        { stop_details: { type: 'refusal', category: 'cyber', explanation: 'About attacks.' } },
      ),
    ends: 'refused',
    says: /The model refused: It was stopped as "cyber"\. About attacks\. I will not\./,
    requests: 1,
  },
  {
    name: 'a refusal in the middle of calls',
    response: () => answered(CALLS, 'refusal'),
    ends: 'refused',
    requests: 1,
  },
  {
    name: 'a full window',
    response: () => answered(CALLS, 'model_context_window_exceeded'),
    ends: 'failed',
    says: /no longer fits/,
    requests: 1,
  },
  {
    name: 'a prompt that is too long',
    response: () => failure(400, {}, 'prompt is too long: 9 tokens > 8 maximum'),
    ends: 'failed',
    says: /too large for one request/,
    requests: 1,
  },
  {
    name: 'a stop of an unknown kind',
    response: () => answered(CALLS, 'bored'),
    ends: 'failed',
    says: /reason this version does not know/,
    requests: 1,
  },
  { name: 'no stop', response: () => answered(CALLS, null), ends: 'failed', requests: 5 },
  ...['server_tool_use', 'mcp_tool_use', 'web_search_tool_result', 'container_upload', 'holo_block'].map(
    (type): Fault => ({
      name: `a block of the kind ${type}`,
      response: () => answered([...CALLS, { type, id: 's1', name: 'web_search', input: {} }]),
      ends: 'failed',
      says: new RegExp(`block of the kind "${type}", which nobody asked for`),
      requests: 1,
    }),
  ),
  {
    name: 'a call that code made',
    response: () =>
      answered([
        { ...call('t1', 'intel_lookup', { user: 'mallory' }), caller: { type: 'code_execution_20260120' } } as Block,
      ]),
    ends: 'failed',
    says: /a call made by/,
    requests: 1,
  },
  {
    name: 'two calls with one id',
    response: () => answered([...CALLS, call('t1', 'intel_lookup', { user: 'trent' })]),
    ends: 'failed',
    says: /two calls with the id "t1"/,
    requests: 1,
  },
  { name: 'no content', response: () => answered([], 'end_turn'), ends: 'failed', says: /no answer was handed in/ },
  {
    name: 'an answer of another form',
    response: () => answered([text('{"found":"yes"}')]),
    ends: 'failed',
    says: /no usable answer/,
  },
  {
    name: 'an answer that is cut off',
    response: () => answered([text('{"fou')], 'max_tokens'),
    ends: 'failed',
    says: /cut off before the answer/,
  },
  {
    name: 'calls that are cut off',
    response: () => answered(CALLS, 'max_tokens'),
    ends: 'failed',
    says: /cut off before the answer/,
  },
];

/** Runs the steps on the real engine, with Claude on a network that answers so. */
async function run(answer: (turn: number, number: number) => Response | Promise<Response>, steps = STEPS) {
  const clock = waitingClock();
  const api = fakeApi(({ body }, number) => answer(turnOf(body), number));
  const model = claudeModel({ apiKey: KEY, clock, fetch: api.fetch });
  const played = await play({ steps, answers: ANSWERS, model });
  assertSound(played);
  return { played, api, clock };
}

/** Nothing was executed twice, nothing that was not proposed, and nothing in the trace holds the key. */
function assertSound(played: Played): void {
  const digests = new Map(played.of('proposed').map(({ call: one }) => [one.id, one.digest]));
  const executed = played.of('executed').map(({ call: id }) => digests.get(id));
  assert.ok(executed.every((digest) => digest !== undefined));
  assert.equal(new Set(executed).size, executed.length, 'a call was executed twice');
  assert.equal(played.reached.length, executed.length);
  assert.ok(!JSON.stringify(played.lines).includes(KEY));
  assert.equal(played.of('model.request').length, played.of('model.response').length);
}

describe('a fault of the API', () => {
  it('is none when there is none', async () => {
    const { played, api } = await run(well);
    assert.deepEqual([played.outcome, played.reached.length, api.requests.length], ['completed', 3, 2], played.reason);
  });

  for (const fault of FAULTS) {
    for (const turn of [1, 2]) {
      it(`ends the step as it says: ${fault.name}, always, in turn ${turn}`, async () => {
        const { played, api } = await run((at) => (at < turn ? well(at) : fault.response()));
        const left = played.left('look');
        assert.equal(left?.outcome, fault.ends, left?.error ?? '');
        if (fault.says) assert.match(left?.error ?? '', fault.says);
        assert.equal(played.reached.length, turn === 1 ? 0 : 3);
        const requests = api.requests.filter(({ body }) => turnOf(body) >= turn).length;
        if (fault.requests !== undefined) assert.equal(requests, fault.requests);
      });
    }

    if ((fault.requests ?? 0) > 1) {
      it(`is got over when it passes: ${fault.name}`, async () => {
        const { played, clock } = await run((turn, number) => (number % 2 === 1 ? fault.response() : well(turn)));
        assert.equal(played.outcome, 'completed', played.reason);
        assert.equal(played.reached.length, 3);
        assert.deepEqual(clock.waits, [500, 500]);
        assert.deepEqual(
          played.of('model.response').map(({ retried }) => retried?.length),
          [1, 1],
        );
      });
    }
  }

  it('does not run a call whose arguments were cut off, and says so to the model', async () => {
    for (const input of ['{"user":"mall', '{"user":"mallory"', '["mallory"]', '"mallory"', '{"user":"mallory"} {}']) {
      const { played } = await run((turn) =>
        turn === 1 ? answered([call('t1', 'intel_lookup', input)]) : answered(ANSWER),
      );
      if (played.outcome === 'completed') {
        assert.deepEqual(
          played.of('authorized').map(({ rule }) => rule),
          ['arguments-invalid'],
          input,
        );
      }
      assert.equal(played.reached.length, 0, input);
    }
  });

  it('is none where words stand before the answer', async () => {
    const { played } = await run(() => answered([text('Here it is.'), text('{"found":true}')]));
    assert.equal(played.outcome, 'completed', played.reason);
  });

  it('goes on after a pause, with what was said', async () => {
    const { played, api } = await run((_, number) =>
      number === 1 ? answered([text('Thinking.')], 'pause_turn') : answered(ANSWER),
    );
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(
      api.requests[1]!.body.messages.map(({ role }: { role: string }) => role),
      ['user', 'assistant'],
    );
  });

  it('ends with the turns when it pauses for ever', async () => {
    const { played } = await run(() => answered([text('Thinking.')], 'pause_turn'));
    assert.match(played.reason, /The budget is used up: the turns of "look" \(50\)/);
  });

  it('is got over where nothing is heard of a request any more', async () => {
    const clock = waitingClock();
    let silent = true;
    const api = fakeApi(({ body }) => {
      if (!silent) return well(turnOf(body));
      silent = false;
      setImmediate(clock.silence);
      return stream(CUT_TURN.slice(0, 3), 'nothing');
    });
    const played = await play({
      steps: STEPS,
      answers: ANSWERS,
      model: claudeModel({ apiKey: KEY, clock, fetch: api.fetch }),
    });
    assertSound(played);
    assert.equal(played.outcome, 'completed', played.reason);
    assert.match(played.of('model.response')[0]?.retried?.join() ?? '', /did not answer in time/);
  });

  it('stops at once when the run is cancelled, while it waits too', async () => {
    for (const when of ['request', 'wait'] as const) {
      const stop = new AbortController();
      const clock = waitingClock();
      const api = fakeApi(() => {
        setImmediate(() => stop.abort());
        return when === 'request' ? stream(CUT_TURN.slice(0, 3), 'nothing') : failure(529);
      });
      const sleep: typeof clock.sleep = (ms, signal) =>
        when === 'wait' && ms < 120_000
          ? new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
          : clock.sleep(ms, signal);
      const model = claudeModel({ apiKey: KEY, clock: { ...clock, sleep }, fetch: api.fetch });
      const played = await play({ steps: STEPS, answers: ANSWERS, model, signal: stop.signal });
      assertSound(played);
      assert.deepEqual([played.outcome, api.requests.length], ['cancelled', 1], when);
    }
  });
});

describe('waiting for the API', () => {
  const busy = { cause: 'unavailable', reason: 'Busy.', again: true } as const;

  it('doubles, takes the service at its word, and ends', () => {
    const waits = [1, 2, 3, 4].map((number) => waitBefore(number, busy, undefined));
    assert.deepEqual(
      waits.map((wait) => wait.ok && wait.ms),
      [500, 1000, 2000, 4000],
    );
    assert.deepEqual(waitBefore(5, busy, undefined), { ok: false, because: 'It was tried 5 times.' });
    assert.deepEqual(waitBefore(1, { ...busy, retryAfter: 7_000 }, undefined), { ok: true, ms: 7_000 });
    assert.deepEqual(waitBefore(1, { ...busy, again: false }, undefined), { ok: false, because: '' });
  });

  it('never begins a wait that ends after the deadline', async () => {
    for (const left of [0, 499, 500, 501]) {
      const wait = waitBefore(1, busy, left);
      assert.equal(wait.ok, left > 500);
    }
    const clock = waitingClock();
    const api = fakeApi(() => failure(429, { 'retry-after': '50' }));
    const request: ModelRequest = {
      run: 'r',
      step: 's',
      turn: 1,
      system: 's',
      messages: [{ role: 'user', text: 'x' }],
      tools: [],
      output: null,
      entities: {},
      maxTokens: 10,
      left: { time: 70_000 },
    };
    const response = await claudeModel({ apiKey: KEY, clock, fetch: api.fetch }).complete(
      request,
      new AbortController().signal,
    );
    assert.ok(response.kind === 'failed');
    assert.match(
      response.reason,
      /asks to wait 50 seconds, and the time of the step or the run is over in 20 seconds\./,
    );
    assert.deepEqual([api.requests.length, clock.monotonic()], [2, 50_000]);
  });
});
