import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../protocol/trace.js';
import { makeTable } from '../evidence/columns.js';
import { DATA_LIMITS } from '../evidence/limits.js';
import { baseline } from './baseline.js';
import { beaconing, regularity } from './beaconing.js';
import { answerBuiltIn } from './built-ins.js';
import { firstSeen } from './first-seen.js';
import { distance, impossibleTravel } from './impossible-travel.js';
import { rarity } from './rarity.js';
import { median, medianDeviation, quantile } from './statistics.js';
import { timeOf } from './time.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00Z');
const DAILY = { period: 'day', start: START, end: START + 11 * DAY, at: START + 10 * DAY, threshold: 3.5 } as const;
const daily = (...values: readonly number[]) => values.map((value, day) => ({ at: START + day * DAY + HOUR, value }));
const moments = fc.array(fc.integer({ min: START, max: START + 20 * DAY }), { maxLength: 60 });
const amounts = fc.array(
  fc.record({ at: fc.integer({ min: START, max: START + 12 * DAY }), value: fc.integer({ min: 0, max: 1e6 }) }),
);
/** The same items in another order, drawn with them. */
const shuffled = <T>(items: fc.Arbitrary<T[]>) =>
  items.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));

describe('statistics', () => {
  it('are what they are called', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])], [2, 2.5, 7]);
    assert.equal(medianDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
    assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75);
    assert.ok(Number.isNaN(median([])));
  });
});

describe('times', () => {
  it('are moments, whatever their zone; without one they are UTC', () => {
    const moment = Date.parse('2026-11-25T08:00:00Z');
    for (const text of [
      '2026-11-25T08:00:00Z',
      '2026-11-25T09:00:00+01:00',
      '2026-11-25t03:00:00-05:00',
      '2026-11-25 08:00:00',
    ]) {
      assert.equal(timeOf(text), moment, text);
    }
    assert.deepEqual([timeOf(moment), timeOf(moment / 1000)], [moment, moment]);
  });
  it('are nothing else', () => {
    for (const other of [
      null,
      '',
      'today',
      '2026',
      '08:00',
      '2026-13-01T00:00:00Z',
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
    ]) {
      assert.equal(timeOf(other), undefined, String(other));
    }
  });
});

describe('baseline', () => {
  it('is the modified z-score of the last period against those before', () => {
    // Median 5, deviations 2 1 0 1 2 1 0 1 2 3 in order 0 0 1 1 1 1 2 2 2 3: MAD 1.
    const result = baseline(daily(3, 4, 5, 6, 7, 4, 5, 6, 7, 2, 20), DAILY);
    assert.deepEqual(
      [result.periods, result.value, result.median, result.deviation, result.method],
      [10, 20, 5, 1, 'mad'],
    );
    assert.equal(result.score, Number((15 / 1.4826).toFixed(4)));
    assert.ok(result.anomalous && result.enough);
  });
  it('counts days without an event as 0, and those before the data starts not at all', () => {
    const result = baseline([{ at: START + 2 * DAY, value: 4 }], DAILY);
    assert.deepEqual([result.periods, result.median, result.value, result.method], [10, 0, 0, 'mean-ad']);
  });
  it('goes by the mean deviation where most periods are alike, and by nothing where all are', () => {
    const mean = baseline(daily(1, 1, 1, 1, 1, 1, 1, 1, 1, 11, 9), DAILY);
    assert.deepEqual([mean.method, mean.deviation, mean.score], ['mean-ad', 1, Number((8 / 1.253314).toFixed(4))]);
    const constant = baseline(daily(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2), DAILY);
    assert.deepEqual([constant.method, constant.score, constant.anomalous], ['constant', null, true]);
  });
  it('does not call a day quiet that is not over', () => {
    const values = daily(9, 10, 11, 9, 10, 11, 9, 10, 11, 10, 0);
    const morning = { ...DAILY, end: START + 10 * DAY + 2 * HOUR };
    assert.deepEqual([baseline(values, DAILY).anomalous, baseline(values, DAILY).complete], [true, true]);
    assert.deepEqual([baseline(values, morning).anomalous, baseline(values, morning).complete], [false, false]);
    assert.equal(baseline(daily(9, 10, 11, 9, 10, 11, 9, 10, 11, 10, 90), morning).anomalous, true);
  });
  it('judges nothing by fewer than seven periods', () => {
    const result = baseline(daily(1, 1, 1, 1, 1, 1, 900), { ...DAILY, at: START + 6 * DAY });
    assert.deepEqual([result.enough, result.anomalous], [false, false]);
    assert.equal(baseline([], { ...DAILY, at: START }).periods, 0);
  });
  it('does not depend on the order of events, nor its score on their unit', () => {
    fc.assert(
      fc.property(shuffled(amounts), fc.constantFrom(1, 2, 0.5, 1024), ([events, other], unit) => {
        const first = baseline(events, DAILY);
        assert.deepEqual(baseline(other, DAILY), first);
        const scaled = baseline(
          events.map(({ at, value }) => ({ at, value: value * unit })),
          DAILY,
        );
        assert.deepEqual([scaled.score, scaled.anomalous], [first.score, first.anomalous]);
      }),
    );
  });
});

describe('rarity', () => {
  const of = (...values: string[]) => values.map((value) => ({ value, by: undefined }));
  it('counts, and tells how surprising it is', () => {
    const result = rarity(of('a', 'a', 'a', 'b'), 'b', 0.3);
    assert.deepEqual(
      [result.occurrences, result.total, result.values, result.share, result.rare],
      [1, 4, 2, 0.25, true],
    );
    assert.equal(result.bits, Number(Math.log2(7 / 2).toFixed(4)));
  });
  it('goes by who has it, where that is asked', () => {
    const events = ['h1', 'h2', 'h3', 'h4'].map((by) => ({ value: 'a', by }));
    const loud = [...events, ...Array.from({ length: 96 }, () => ({ value: 'b', by: 'h1' }))];
    const result = rarity(loud, 'b', 0.25);
    assert.deepEqual([result.entities, result.of_entities, result.rare, result.share], [1, 4, true, 0.96]);
  });
  it('says nothing of no events, and knows what was never seen', () => {
    assert.deepEqual([rarity([], 'a', 0.5).rare, rarity(of('a'), 'b', 0).rare], [false, true]);
  });
  it('is the more surprising the rarer, whatever the order', () => {
    const events = fc.array(
      fc.record({ value: fc.constantFrom('a', 'b', 'c'), by: fc.constantFrom('x', 'y', undefined) }),
    );
    fc.assert(
      fc.property(shuffled(events), ([list, other]) => {
        const [a, b] = [rarity(list, 'a', 0.1), rarity(list, 'b', 0.1)];
        assert.deepEqual(rarity(other, 'a', 0.1), a);
        if (a.occurrences < b.occurrences) assert.ok(a.bits > b.bits);
        assert.ok(a.bits >= 0 && Number.isFinite(a.bits));
      }),
    );
  });
});

describe('first seen', () => {
  const end = START + 20 * DAY;
  it('is new when all of it lies in the window', () => {
    const result = firstSeen([end - HOUR, end - 2 * HOUR], START, end, 24);
    assert.deepEqual([result.first_seen, result.first, result.occurrences], [true, '2026-11-20T22:00:00.000Z', 2]);
    assert.equal(firstSeen([START + DAY, end], START, end, 24).first_seen, false);
  });
  it('is nothing that can be told when the data is no older than the window', () => {
    const result = firstSeen([end], end - HOUR, end, 24);
    assert.deepEqual([result.first_seen, result.enough], [false, false]);
  });
  it('is not what never was, or was later', () => {
    assert.deepEqual([firstSeen([], START, end, 24).seen, firstSeen([end + 1], START, end, 24).seen], [false, false]);
  });
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(shuffled(moments), ([times, other]) => {
        assert.deepEqual(firstSeen(other, START, end, 24), firstSeen(times, START, end, 24));
      }),
    );
  });
});

describe('impossible travel', () => {
  const AMSTERDAM = { latitude: 52.37, longitude: 4.9 };
  const SYDNEY = { latitude: -33.87, longitude: 151.21 };
  const OPTIONS = { maxKmh: 900, minKm: 100 };
  it('knows how far it is', () => {
    assert.ok(Math.abs(distance(AMSTERDAM, SYDNEY) - 16_650) < 20);
    assert.equal(distance(AMSTERDAM, AMSTERDAM), 0);
    assert.ok(
      Math.abs(distance({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 }) - Math.PI * 6371.0088) < 1e-6,
    );
    assert.ok(distance({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 }) < 30);
  });
  it('finds what nobody travels in the time, and lets pass what somebody does', () => {
    const hop = (hours: number) =>
      impossibleTravel(
        [
          { at: START + hours * HOUR, ...SYDNEY },
          { at: START, ...AMSTERDAM },
        ],
        OPTIONS,
      );
    assert.deepEqual([hop(2).impossible, hop(24).impossible], [true, false]);
    assert.deepEqual(
      hop(0).examples.map(({ kmh }) => kmh),
      [null],
    );
    assert.ok(hop(0).impossible);
  });
  it('takes what is near for the same place', () => {
    const near = { latitude: 52.6, longitude: 4.7 };
    assert.equal(
      impossibleTravel(
        [
          { at: START, ...AMSTERDAM },
          { at: START, ...near },
        ],
        OPTIONS,
      ).impossible,
      false,
    );
  });
  it('says nothing of one sign-in or none', () => {
    assert.deepEqual(
      [impossibleTravel([], OPTIONS).hops, impossibleTravel([{ at: START, ...SYDNEY }], OPTIONS).hops],
      [0, 0],
    );
  });
  it('depends neither on the order of the rows nor on when it all happened', () => {
    const places = fc.array(
      fc.record({
        at: fc.integer({ min: START, max: START + 3 * HOUR }),
        latitude: fc.integer({ min: -90, max: 90 }),
        longitude: fc.integer({ min: -180, max: 180 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(shuffled(places), ([events, other]) => {
        const first = impossibleTravel(events, OPTIONS);
        assert.deepEqual(impossibleTravel(other, OPTIONS), first);
        const later = impossibleTravel(
          events.map((event) => ({ ...event, at: event.at + 30 * DAY })),
          OPTIONS,
        );
        assert.deepEqual([later.impossible_hops, later.fastest_kmh], [first.impossible_hops, first.fastest_kmh]);
      }),
    );
  });
});

describe('beaconing', () => {
  const OPTIONS = { minEvents: 8, threshold: 0.8 };
  const every = (seconds: number, jitter: readonly number[], destination = 'c2.example') =>
    Array.from({ length: 24 }, (_, index) => ({
      at: START + index * seconds * 1000 + (jitter[index % jitter.length] ?? 0) * 1000,
      destination,
    }));
  it('finds a beat, also one with jitter', () => {
    const exact = beaconing(every(300, [0]), OPTIONS);
    assert.deepEqual([exact.beaconing, exact.examples[0]?.score, exact.examples[0]?.interval], [true, 1, 300]);
    assert.ok(beaconing(every(300, [0, 21, -17, 9, -5, 30, -28]), OPTIONS).beaconing);
  });
  it('does not take a person for one', () => {
    const pauses = [2, 3, 5, 2, 600, 4, 2, 9, 1_800, 3, 2, 40, 7, 2_400, 3, 5, 1, 90, 4, 6_000];
    let at = START;
    const browsing = pauses.map((pause) => {
      at += pause * 1000;
      return { at, destination: 'news.example' };
    });
    assert.equal(beaconing(browsing, OPTIONS).beaconing, false);
  });
  it('does not take bursts for one, however regular most of their intervals are', () => {
    let at = START;
    const bursts = Array.from({ length: 30 }, (_, index) => {
      at += index % 5 === 4 ? 3_600_000 : 1000;
      return { at, destination: 'cdn.example' };
    });
    const { examples, beaconing: found } = beaconing(bursts, OPTIONS);
    assert.deepEqual([examples[0]?.score, found], [1, false]);
  });
  it('judges nothing by a few connections, and takes a single moment for none', () => {
    assert.equal(beaconing(every(300, [0]).slice(0, 7), OPTIONS).judged, 0);
    assert.equal(
      beaconing(
        Array.from({ length: 20 }, () => ({ at: START, destination: 'x.example' })),
        OPTIONS,
      ).beaconing,
      false,
    );
    assert.deepEqual(beaconing([], OPTIONS).examples, []);
  });
  it('depends neither on the order of the rows nor on the unit of time', () => {
    fc.assert(
      fc.property(shuffled(moments), ([times, other]) => {
        const of = (list: readonly number[]) => list.map((at) => ({ at, destination: 'x.example' }));
        assert.deepEqual(beaconing(of(other), OPTIONS), beaconing(of(times), OPTIONS));
      }),
    );
    const intervals = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 3 });
    fc.assert(
      fc.property(intervals, (list) => {
        const { score, coverage } = regularity(list);
        const other = regularity(list.map((one) => one * 60));
        assert.ok(score >= 0 && score <= 1 && coverage >= 0 && coverage <= 1);
        assert.ok(Math.abs(other.score - score) < 1e-9 && Math.abs(other.coverage - coverage) < 1e-9);
      }),
    );
  });
});

describe('built-in tools', () => {
  const made = makeTable(
    'logins',
    [
      { time: '2026-11-25T08:00:00Z', user: 'a', lat: 52.37, lon: 4.9, bytes: 10 },
      { time: 'yesterday', user: 'a', lat: 52.37, lon: 4.9, bytes: 20 },
      { time: '2026-11-25T09:00:00Z', user: 'a', lat: 999, lon: 4.9, bytes: null },
      { time: '2026-11-25T09:30:00Z', user: 'b', lat: -33.87, lon: 151.21, bytes: 5 },
    ],
    DATA_LIMITS,
  );
  assert.ok(made.ok);
  const empty = makeTable('nothing', [], DATA_LIMITS);
  assert.ok(empty.ok);
  const tables = [made.table, empty.table];
  const TRAVEL = {
    table: 'logins',
    time_column: 'time',
    entity_column: 'user',
    entity: 'a',
    latitude_column: 'lat',
    longitude_column: 'lon',
  };
  const error = (name: string, args: JsonObject): string => {
    const answer = answerBuiltIn(name, args, tables);
    assert.ok(!answer.ok, 'it was answered');
    return answer.error;
  };

  it('leave out rows they cannot read, and say how many', () => {
    const answer = answerBuiltIn('behaviour.impossible_travel', TRAVEL, tables);
    assert.ok(answer.ok);
    const { rows, skipped, impossible } = answer.output as JsonObject;
    assert.deepEqual([rows, skipped, impossible], [1, 2, false]);
  });

  it('say what is wrong with their arguments', () => {
    assert.match(error('behaviour.impossible_travel', { ...TRAVEL, table: 'other' }), /no table "other".*logins/);
    assert.match(
      error('behaviour.impossible_travel', { ...TRAVEL, lat: 1, latitude_column: 'latitude' }),
      /no column "latitude"/,
    );
    assert.match(error('behaviour.impossible_travel', { ...TRAVEL, max_kmh: 0 }), /"max_kmh" must be a number from 1/);
    assert.match(error('behaviour.impossible_travel', { ...TRAVEL, more: 1 }), /"more" is no argument/);
    assert.match(
      error('behaviour.first_seen', { table: 'logins', column: 'user', value: 'a', time_column: 'time', at: 'now' }),
      /"at" must be a time/,
    );
    assert.match(error('behaviour.nothing', {}), /no built-in tool/);
    assert.match(error('constructor', {}), /no built-in tool/);
  });

  it('answer any arguments, with a result or a reason', () => {
    const names = ['baseline', 'rarity', 'first_seen', 'impossible_travel', 'beaconing'].map(
      (name) => `behaviour.${name}`,
    );
    const keys = [
      'column',
      'value',
      'entity',
      'entity_column',
      'time_column',
      'value_column',
      'by_column',
      'at',
      'period',
    ];
    const more = [
      'threshold',
      'within_hours',
      'destination_column',
      'latitude_column',
      'longitude_column',
      'min_events',
    ];
    const word = fc.constantFrom<string | number | null>(
      'time',
      'user',
      'lat',
      'lon',
      'bytes',
      'a',
      'day',
      'hour',
      '',
      0,
      5,
      1e300,
      null,
    );
    const args = fc.dictionary(fc.constantFrom(...keys, ...more), word, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom('logins', 'nothing'), args, (name, table, rest) => {
        const answer = answerBuiltIn(name, { table, ...rest }, tables);
        if (!answer.ok) assert.notEqual(answer.error, '');
      }),
    );
  });
});
