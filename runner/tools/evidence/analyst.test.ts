import assert from 'node:assert/strict';
import { testClock } from '../../engine/scenario.test.js';
import { type Analyst, newAnalyst } from './analyst.js';
import { makeTable } from './columns.js';
import { DATA_LIMITS } from './limits.js';
import { evidenceThreads } from './threads.js';

const NOW = Date.parse('2026-11-25T08:00:00Z');
const LIMIT = 1000;
const FOREVER = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n';

describe('analyst of event data', () => {
  const made = makeTable('signins', [{ time: '2026-11-25T07:00:00Z', user: 'm.ash' }], DATA_LIMITS);
  assert.ok(made.ok);
  const data = { tables: [made.table], now: NOW };
  const signal = new AbortController().signal;
  let clock: ReturnType<typeof testClock>;
  /** Resolves when the clock is asked for a query's time: it is then under way. */
  let waiting: Promise<void>;
  let analyst: Analyst;
  beforeEach(() => {
    const time = testClock();
    let begin = (): void => {};
    waiting = new Promise((resolve) => {
      begin = resolve;
    });
    clock = {
      ...time,
      sleep(ms, ended) {
        if (ms === LIMIT) begin();
        return time.sleep(ms, ended);
      },
    };
    analyst = newAnalyst(data, clock, LIMIT);
  });
  afterEach(() => analyst.close());

  const rows = async (sql: string): Promise<unknown> => {
    const answer = await analyst.query(sql, {}, signal);
    assert.ok(answer.ok, answer.ok ? '' : answer.error);
    return answer.rows;
  };

  it('answers queries and built-in tools, also when they are asked at once', async () => {
    const args = { table: 'signins', column: 'user', value: 'm.ash' };
    const [count, rarity] = await Promise.all([
      rows('SELECT count(*) FROM signins'),
      analyst.builtIn('behaviour.rarity', args, signal),
    ]);
    assert.deepEqual(count, [[1]]);
    assert.ok(rarity.ok);
  });

  it('stops a query that takes too long, and answers the next', async () => {
    const endless = analyst.query(FOREVER, {}, signal);
    await waiting;
    clock.advance(LIMIT);
    const stopped = await endless;
    assert.ok(!stopped.ok && /longer than 1 seconds/.test(stopped.error));
    assert.deepEqual(await rows('SELECT count(*) FROM signins'), [[1]]);
  });

  it('stops a query when the run ends', async () => {
    const cancel = new AbortController();
    const endless = analyst.query(FOREVER, {}, cancel.signal);
    await waiting;
    cancel.abort();
    const stopped = await endless;
    assert.ok(!stopped.ok && /run ended/.test(stopped.error));
  });

  it('takes the moment of the alert for the present, and UTC for local time', async () => {
    const sql = "SELECT datetime('now'), datetime('now', 'localtime'), current_timestamp, unixepoch() * 1000";
    const moment = '2026-11-25 08:00:00';
    assert.deepEqual(await rows(sql), [[moment, moment, moment, NOW]]);
  });

  it('of one run after another may have the same thread, with nothing of what it was asked before', async () => {
    const threads = evidenceThreads();
    const other = makeTable('mail', [{ time: '2026-11-24T07:00:00Z', sender: 'a@b.example' }], DATA_LIMITS);
    assert.ok(other.ok);
    const [first, second] = [threads.start(data), threads.start(data)];
    assert.notEqual(first, second, 'a thread at work is nobody else\u2019s');
    threads.giveBack(first);
    assert.equal(threads.start(data), first);
    for (const thread of [first, second]) threads.giveBack(thread);
    for (const [table, tables, now] of [
      ['signins', [made.table], NOW],
      ['mail', [other.table], NOW - 86_400_000],
      ['signins', [made.table], NOW],
      ['signins', [made.table], NOW + 86_400_000],
    ] as const) {
      const one = newAnalyst({ tables, now }, clock, LIMIT, threads);
      const seen = await one.query(
        "SELECT name, unixepoch() * 1000 FROM sqlite_schema WHERE type = 'table'",
        {},
        signal,
      );
      assert.deepEqual(seen.ok && seen.rows, [[table, now]]);
      // What is left behind is in nobody's way, also where the data is the same.
      await one.query('CREATE TABLE left_behind (a)', {}, signal);
      await one.close();
    }
    await threads.close();
  });
});
