import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type Played, play, responseOf, type Scenario, type Turn } from '../engine/scenario.test.js';
import type { Json } from '../protocol/trace.js';
import { systemClock } from '../system.js';
import { canonical, plainJson } from '../trace/canonical.js';
import { claudeModel } from './claude.js';
import { differences } from './difference.js';
import { canonicalRequest, keyOf, readRecording } from './exchange.js';
import { answered, call, failure, fakeApi, text } from './fake-api.test.js';
import { createModel } from './index.js';
import type { ModelClient, ModelRequest, ModelResponse } from './port.js';
import { recordingModel } from './record.js';

const never = new AbortController().signal;
const STEPS = `  - id: look
    agent:
      goal: Look.
      model: claude-opus-5-5
      effort: low
      tools: [intel.lookup, identity.suspend]
      output: { found: { type: boolean } }
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: again
        agent: { goal: "Look at \${{ user }}.", output: { found: { type: boolean } } }
`;

/** A model that answers what it is told, by turn; the same client for a whole run. */
function modelOf(turns: readonly (Turn | 'busy')[]): ModelClient {
  let number = 0;
  return {
    provider: 'test',
    id: 'test-model',
    ai: true,
    note: 'A test.',
    choose: (wish) => ({ model: wish.model ?? 'test-model', ...(wish.effort ? { effort: wish.effort } : {}) }),
    async complete(): Promise<ModelResponse> {
      const turn = turns[number++ % turns.length] ?? 'busy';
      const usage = { inputTokens: 5, outputTokens: 1, usd: 0.25, cacheReadTokens: 2 };
      if (turn === 'busy') return { kind: 'failed', reason: 'Busy.', usage, retried: ['Busy.'] };
      return { ...responseOf(turn, number), usage };
    },
  };
}

describe('recording and replaying', () => {
  let folder: string;
  let count = 0;
  const file = () => path.join(folder, `${++count}.exchange.jsonl`);
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-exchange-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const replayOf = (recording: string): ModelClient => {
    const made = createModel('replay', { case: { turns: new Map() }, clock: systemClock, recording });
    assert.ok(made.ok, made.ok ? '' : made.message);
    return made.model;
  };
  const run = (model: ModelClient, scenario: Omit<Scenario, 'model' | 'steps'> = {}, steps = STEPS) =>
    play({ steps, ...scenario, model });
  /** What happened, without when. */
  const story = (played: Played): Json =>
    plainJson(
      played.lines.map(({ event, step, actor, data }) => {
        const { elapsedMs: _, ...rest } = data as { elapsedMs?: number };
        return { event, step, actor, data: rest };
      }),
    );

  it('gives the same trace again, whatever the model said', async () => {
    const turn = fc.oneof(
      fc.constant('busy' as const),
      fc.record<Turn>({
        output: fc.oneof(fc.constant({ found: true }), fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>),
      }),
      fc.record<Turn>({ text: fc.string({ unit: 'binary' }), stop: fc.constantFrom('refusal', 'max-tokens', 'pause') }),
      fc.record<Turn>({
        text: fc.string(),
        calls: fc.array(
          fc.record({
            tool: fc.constantFrom('intel.lookup', 'identity.suspend', 'edr.wipe', 'no such'),
            with: fc.oneof(fc.constant({ user: 'mallory' }), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    );
    const answers = [{ tool: 'intel.lookup', with: { user: 'mallory' }, output: { score: 3 } }];
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 6 }), async (turns) => {
        const recording = file();
        const head = 'budget: { turns: 12 }';
        const first = await run(recordingModel(modelOf(turns), recording, systemClock), { answers, head });
        const second = await run(replayOf(recording), { answers, head });
        assert.deepEqual(story(second), story(first));
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same trace again, however deep what was said and answered is nested', async () => {
    const nested = (depth: number): Json => {
      let value: Json = 'core';
      for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { in: value };
      return value;
    };
    for (const depth of [100, 118, 120, 122, 123, 124, 125, 126, 127, 128, 129, 140, 170]) {
      const recording = file();
      const call = { tool: 'intel.lookup', with: nested(depth) };
      const turns: Turn[] = [{ calls: [call] }, { calls: [call], text: 'Once more.' }, { output: { found: true } }];
      const tool = async () => ({ ok: true, output: nested(depth), source: 'test' }) as const;
      // A trace cuts off a little sooner, so that a run this deep is not rebuilt from it, which a signal of its own rules out.
      const first = await run(recordingModel(modelOf(turns), recording, systemClock), { tool, signal: never });
      const second = await run(replayOf(recording), { tool, signal: never });
      assert.deepEqual(story(second), story(first), `${depth} levels`);
    }
  });

  it('plays Claude back with what it thought, without a network', async () => {
    const recording = file();
    const api = fakeApi((_, number) => {
      if (number === 1) return failure(529, { 'retry-after': '0' });
      if (number === 2)
        return answered([
          { type: 'thinking', thinking: 'Hm.', signature: 's' },
          call('t1', 'intel_lookup', { user: 'mallory' }),
        ]);
      return answered([text('{"found":true}')], 'end_turn', { cache_read_input_tokens: 90 });
    });
    const claude = claudeModel({ apiKey: 'a-key-12345', clock: systemClock, fetch: api.fetch });
    const first = await run(recordingModel(claude, recording, systemClock));
    assert.equal(first.outcome, 'completed', first.reason);
    const model = replayOf(recording);
    assert.deepEqual([model.provider, model.id, model.ai], ['replay', 'claude-sonnet-5-5', true]);
    assert.match(model.note, /^Replayed from a recording of 20.*nothing is sent.*claude-sonnet-5-5/);
    const second = await run(model);
    assert.deepEqual(story(second), story(first));
    assert.equal(second.of('model.request')[0]?.model, 'claude-opus-5-5');
    assert.equal(second.of('model.request')[0]?.effort, 'low');
    assert.equal(second.of('model.response')[0]?.retried?.length, 1);
    const raw = readFileSync(recording, 'utf8');
    assert.ok(!raw.includes('a-key-12345'));
    if (process.platform !== 'win32') assert.equal(statSync(recording).mode & 0o777, 0o600);
    assert.match(raw.split('\n')[0]!, /unredacted/);
  });

  it('says of what is not recorded how the nearest is otherwise, and asks nobody', async () => {
    const recording = file();
    const turns: Turn[] = [{ output: { found: true } }];
    await run(recordingModel(modelOf(turns), recording, systemClock));
    for (const [change, path_, now] of [
      [STEPS.replace('goal: Look.', 'goal: Look twice.'), 'system', 'Look twice'],
      [STEPS.replace('effort: low', 'effort: max'), 'effort', '"max"'],
      [STEPS.replace('opus-5-5', 'opus-5'), 'model', '"claude-opus-5"'],
      [
        STEPS.replace('found: { type: boolean }', 'found: { type: string }'),
        'output.properties.found.type',
        '"string"',
      ],
      [STEPS.replace(', identity.suspend', ''), 'tools[1]', 'now nothing'],
    ] as const) {
      const played = await run(replayOf(recording), {}, change);
      const error = played.left('look')?.error ?? '';
      assert.match(error, /^Turn 1 of "look" is not in the recording\. The nearest, exchange 1, differs at /, error);
      assert.ok(error.includes(`differs at "${path_}": `) && error.includes(now), error);
      assert.equal(played.outcome, 'failed');
      assert.equal(played.requests.length, 0);
    }
    const other = await run(replayOf(recording), { alert: { class_uid: 2004, observables: [] } });
    assert.match(other.left('look')?.error ?? '', /differs at "messages\[0\]\.text": now …".*recorded …"/);
  });

  it('gives the answers to what was asked several times in their order, and no more of them', async () => {
    const recording = file();
    const request = requestOf({});
    const model = recordingModel(modelOf([{ text: 'one' }, { text: 'two' }]), recording, systemClock);
    for (let i = 0; i < 2; i++) await model.complete(request, never);
    const replay = replayOf(recording);
    const said = [];
    for (let i = 0; i < 3; i++) {
      const response = await replay.complete({ ...request, run: 'another' }, never);
      said.push(response.kind === 'ok' ? response.text : response.reason);
    }
    assert.deepEqual(said.slice(0, 2), ['one', 'two']);
    assert.match(said[2]!, /exactly this was asked 2 times when it was made, and is asked once more now/);
  });

  it('sends nothing where the recording cannot be made, and never writes over a file', async () => {
    const taken = file();
    writeFileSync(taken, 'mine');
    let asked = 0;
    const inner: ModelClient = {
      ...modelOf([]),
      complete: async () => {
        asked++;
        return { kind: 'failed', reason: '', usage: { inputTokens: 0, outputTokens: 0, usd: 0 } };
      },
    };
    for (const [where, expected] of [
      [taken, /already a file.*never written over.*Nothing was sent/],
      [path.join(folder, 'no', 'such', 'x.exchange.jsonl'), /no such folder.*Nothing was sent/],
    ] as const) {
      const response = await recordingModel(inner, where, systemClock).complete(requestOf({}), never);
      assert.ok(response.kind === 'failed' && response.cause === 'rejected');
      assert.match(response.reason, expected);
    }
    assert.deepEqual([asked, readFileSync(taken, 'utf8')], [0, 'mine']);
    const made = createModel('record', {
      case: { turns: new Map() },
      clock: systemClock,
      apiKey: 'a-key',
      recording: taken,
    });
    assert.ok(!made.ok && /never written over/.test(made.message));
    const fresh = file();
    assert.ok(
      createModel('record', { case: { turns: new Map() }, clock: systemClock, apiKey: 'a-key', recording: fresh }).ok,
    );
    assert.ok(!existsSync(fresh), 'a run that does not start leaves no file behind');
  });

  it('reads no recording that was changed or cut off', async () => {
    const recording = file();
    const model = recordingModel(modelOf([{ text: 'one' }]), recording, systemClock);
    await model.complete(requestOf({}), never);
    const whole = readFileSync(recording, 'utf8');
    assert.ok(readRecording(whole).ok);
    for (let length = 0; length < whole.length; length += 7) {
      const read = readRecording(whole.slice(0, length));
      // Cut between two lines it is a shorter recording; nothing tells that the end is missing.
      if (whole[length - 1] !== '\n') assert.ok(!read.ok, String(length));
    }
    const changed = readRecording(whole.replace('"system":"s"', '"system":"t"'));
    assert.ok(!changed.ok && changed.line === 2 && /it was changed/.test(changed.reason));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, json) => {
        assert.equal(typeof readRecording(text).ok, 'boolean');
        assert.ok(!readRecording(`${whole}${JSON.stringify(json)}\n`).ok);
      }),
    );
    const made = createModel('replay', {
      case: { turns: new Map() },
      clock: systemClock,
      recording: path.join(folder, 'none'),
    });
    assert.ok(!made.ok && /there is no such file/.test(made.message));
  });

  it('keeps out of the key what is a run’s own, and nothing else', () => {
    const choice = { model: 'm' };
    const key = (over: Partial<ModelRequest>, one: Parameters<typeof canonicalRequest>[1] = choice) =>
      keyOf(canonicalRequest(requestOf(over), one));
    const base = key({});
    for (const same of [
      { run: 'other' },
      { turn: 9 },
      { entities: { user: ['x'] } },
      { left: { usd: 1, time: 5 } },
    ] as Partial<ModelRequest>[]) {
      assert.equal(key(same), base, JSON.stringify(same));
    }
    for (const other of [
      { step: 't' },
      { system: 't' },
      { messages: [{ role: 'user', text: 'y' }] },
      { tools: [] },
      { output: null },
      { maxTokens: 9 },
    ] as Partial<ModelRequest>[]) {
      assert.notEqual(key(other), base, JSON.stringify(other));
    }
    assert.notEqual(key({}, { model: 'n' }), base);
    assert.notEqual(key({}, { model: 'm', effort: 'low' }), base);
  });

  it('finds a difference exactly where there is one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [plainJson(a), plainJson(b)];
        const found = [...differences(left, right)];
        const same = canonical(left) === canonical(right);
        assert.equal(found.length === 0, same);
      }),
    );
  });
});

function requestOf(over: Partial<ModelRequest>): ModelRequest {
  return {
    run: 'run-1',
    step: 's',
    turn: 1,
    system: 's',
    messages: [{ role: 'user', text: 'x' }],
    tools: [{ name: 'a.b', description: 'd', input: { type: 'object' } }],
    output: { type: 'object' },
    entities: {},
    maxTokens: 10,
    ...over,
  };
}
