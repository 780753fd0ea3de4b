import type { Json, JsonObject } from '../../protocol/trace.js';
import { plainJson } from '../../trace/canonical.js';
import type { Cell, EventTable } from '../evidence/table.js';
import { ArgumentError, type Arguments, readArguments } from './arguments.js';
import { baseline } from './baseline.js';
import { beaconing } from './beaconing.js';
import { firstSeen } from './first-seen.js';
import { impossibleTravel } from './impossible-travel.js';
import { rarity } from './rarity.js';
import { timeOf } from './time.js';

export type BuiltInAnswer =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly error: string };

type BuiltIn = (args: Arguments) => { readonly [field: string]: unknown };

/** The behavioural tools by name. Each is a pure function of its arguments and the tables. */
const BUILT_INS: { readonly [name: string]: BuiltIn } = {
  'behaviour.baseline'(args) {
    const table = args.table();
    const timeColumn = args.column(table, 'time_column');
    const mine = args.entityIn(table);
    const valueColumn = args.optionalColumn(table, 'value_column');
    const period = args.choice('period', ['day', 'hour']);
    const at = args.optionalTime('at');
    const threshold = args.number('threshold', 3.5, 0.5, 100);
    const times = table.rows.flatMap((row) => timeOf(timeColumn(row)) ?? []);
    const { used, skipped } = sift(table.rows.filter(mine), (row) => {
      const time = timeOf(timeColumn(row));
      const value = valueColumn ? numberOf(valueColumn(row)) : 1;
      return time === undefined || value === undefined ? undefined : { at: time, value };
    });
    const { start, end } = spanOf(times, at);
    return { rows: used.length, skipped, ...baseline(used, { period, at: at ?? end, start, end, threshold }) };
  },

  'behaviour.rarity'(args) {
    const table = args.table();
    const column = args.column(table, 'column');
    const value = args.text('value');
    const byColumn = args.optionalColumn(table, 'by_column');
    const threshold = args.number('threshold', 0.05, 0, 1);
    const { used, skipped } = sift(table.rows, (row) => {
      const cell = column(row);
      const by = byColumn?.(row);
      return cell === null
        ? undefined
        : { value: String(cell), by: by === null || by === undefined ? undefined : String(by) };
    });
    return { rows: used.length, skipped, ...rarity(used, value, threshold) };
  },

  'behaviour.first_seen'(args) {
    const table = args.table();
    const timeColumn = args.column(table, 'time_column');
    const column = args.column(table, 'column');
    const value = args.text('value');
    const mine = args.optionalEntityIn(table);
    const hours = args.number('within_hours', 24, 0.01, 87_600);
    const at = args.optionalTime('at');
    const { used, skipped } = sift(table.rows.filter(mine), (row) => {
      const time = timeOf(timeColumn(row));
      return time === undefined ? undefined : { time, same: String(column(row) ?? '') === value };
    });
    const times = used.map(({ time }) => time);
    const { start, end } = spanOf(times, at);
    const occurred = used.flatMap(({ time, same }) => (same ? [time] : []));
    return { rows: used.length, skipped, ...firstSeen(occurred, start, at ?? end, hours) };
  },

  'behaviour.impossible_travel'(args) {
    const table = args.table();
    const timeColumn = args.column(table, 'time_column');
    const mine = args.entityIn(table);
    const latitude = args.column(table, 'latitude_column');
    const longitude = args.column(table, 'longitude_column');
    const maxKmh = args.number('max_kmh', 900, 1, 100_000);
    const minKm = args.number('min_km', 100, 0, 20_000);
    const { used, skipped } = sift(table.rows.filter(mine), (row) => {
      const at = timeOf(timeColumn(row));
      const north = degrees(latitude(row), 90);
      const east = degrees(longitude(row), 180);
      if (at === undefined || north === undefined || east === undefined) return undefined;
      return { at, latitude: north, longitude: east };
    });
    return { rows: used.length, skipped, ...impossibleTravel(used, { maxKmh, minKm }) };
  },

  'behaviour.beaconing'(args) {
    const table = args.table();
    const timeColumn = args.column(table, 'time_column');
    const mine = args.entityIn(table);
    const destinationColumn = args.column(table, 'destination_column');
    const minEvents = args.number('min_events', 12, 4, 100_000);
    const threshold = args.number('threshold', 0.8, 0, 1);
    const { used, skipped } = sift(table.rows.filter(mine), (row) => {
      const at = timeOf(timeColumn(row));
      const destination = destinationColumn(row);
      return at === undefined || destination === null ? undefined : { at, destination: String(destination) };
    });
    return { rows: used.length, skipped, ...beaconing(used, { minEvents, threshold }) };
  },
};

/** Answers a behavioural tool. What is wrong with its arguments is a value; it throws only on a bug. */
export function answerBuiltIn(name: string, args: JsonObject, tables: readonly EventTable[]): BuiltInAnswer {
  const tool = Object.hasOwn(BUILT_INS, name) ? BUILT_INS[name] : undefined;
  if (!tool) return { ok: false, error: `There is no built-in tool "${name}".` };
  try {
    const reader = readArguments(args, tables);
    const output = tool(reader);
    reader.nothingLeft();
    return { ok: true, output: plainJson(output) };
  } catch (error) {
    if (error instanceof ArgumentError) return { ok: false, error: error.message };
    throw error;
  }
}

/** What can be used of some rows, and how many cannot. */
function sift<T>(
  rows: readonly (readonly Cell[])[],
  read: (row: readonly Cell[]) => T | undefined,
): { readonly used: readonly T[]; readonly skipped: number } {
  const used = rows.flatMap((row) => {
    const one = read(row);
    return one === undefined ? [] : [one];
  });
  return { used, skipped: rows.length - used.length };
}

function numberOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return cell;
  if (cell === null || !/^-?\d{1,15}(\.\d{1,15})?$/.test(cell)) return undefined;
  return Number(cell);
}

function degrees(cell: Cell, most: number): number | undefined {
  const value = numberOf(cell);
  return value === undefined || Math.abs(value) > most ? undefined : value;
}

/** From when to when the data goes; without a single time it neither begins nor ends before the moment that is asked about. */
function spanOf(times: readonly number[], at = 0): { readonly start: number; readonly end: number } {
  if (times.length === 0) return { start: at, end: at };
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    start = Math.min(start, time);
    end = Math.max(end, time);
  }
  return { start, end };
}
