import { CsvError, parse } from 'csv-parse/sync';
import { isObject } from '../../trace/shape.js';

/** One event as it is in its file: names to JSON values, or, of CSV, to text. */
export type RawEvent = { readonly [name: string]: unknown };

export type ReadEvents =
  | { readonly ok: true; readonly events: readonly RawEvent[] }
  /** `line` counts from 0. */
  | { readonly ok: false; readonly line: number; readonly reason: string };

export type EventFormat = 'jsonl' | 'json' | 'csv';

export function formatOf(path: string): EventFormat | undefined {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1];
  return extension === 'jsonl' || extension === 'json' || extension === 'csv' ? extension : undefined;
}

/** The events of a text. The reason is a clause for a person; it never quotes the data. */
export function readEvents(text: string, format: EventFormat, maxRows: number): ReadEvents {
  // A byte order mark is no part of the data.
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  switch (format) {
    case 'jsonl':
      return readLines(plain, maxRows);
    case 'json':
      return readList(plain, maxRows);
    case 'csv':
      return readRows(plain, maxRows);
  }
}

/** JSON Lines: one object a line. Empty lines are nothing. */
function readLines(text: string, maxRows: number): ReadEvents {
  const events: RawEvent[] = [];
  for (const [line, one] of text.split('\n').entries()) {
    if (one.trim() === '') continue;
    if (events.length >= maxRows) return tooMany(line, maxRows);
    const value = parseJson(one);
    if (value === undefined) return { ok: false, line, reason: 'the line is not JSON' };
    if (!isObject(value)) return { ok: false, line, reason: 'the line is JSON and not an object' };
    events.push(value);
  }
  return { ok: true, events };
}

function readList(text: string, maxRows: number): ReadEvents {
  const value = parseJson(text);
  if (value === undefined) return { ok: false, line: 0, reason: 'it is not JSON' };
  if (!Array.isArray(value)) return { ok: false, line: 0, reason: 'it is JSON and not a list of events' };
  if (value.length > maxRows) return tooMany(0, maxRows);
  const events: RawEvent[] = [];
  for (const [index, item] of value.entries()) {
    if (!isObject(item)) return { ok: false, line: 0, reason: `item ${index + 1} of the list is not an object` };
    events.push(item);
  }
  return { ok: true, events };
}

/** RFC 4180, the first row being the names of the columns. */
function readRows(text: string, maxRows: number): ReadEvents {
  try {
    const rows: string[][] = parse(text, { skip_empty_lines: true, to: maxRows + 2, relax_column_count: false });
    const [names, ...rest] = rows;
    if (!names) return { ok: true, events: [] };
    if (rest.length > maxRows) return tooMany(0, maxRows);
    if (new Set(names).size < names.length) return { ok: false, line: 0, reason: 'two columns have the same name' };
    return {
      ok: true,
      events: rest.map((row) => {
        const event: { [name: string]: unknown } = Object.create(null);
        for (const [index, name] of names.entries()) event[name] = textOrNothing(row[index]);
        return event;
      }),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? Math.max(0, error.lines - 1) : 0;
    return { ok: false, line, reason: CSV_FAULTS.get(error.code) ?? 'it is not CSV as RFC 4180 describes it' };
  }
}

const CSV_FAULTS: ReadonlyMap<string, string> = new Map([
  ['CSV_RECORD_INCONSISTENT_FIELDS_LENGTH', 'a row has another number of fields than the first one'],
  ['CSV_QUOTE_NOT_CLOSED', 'a quotation mark is not closed'],
  ['INVALID_OPENING_QUOTE', 'a quotation mark stands inside a field that does not start with one'],
  ['CSV_INVALID_CLOSING_QUOTE', 'something follows the closing quotation mark of a field'],
]);

/** CSV has no numbers: what is plainly written as one is one. An empty field is no value. */
function textOrNothing(field: string | undefined): string | number | boolean | null {
  if (field === undefined || field === '') return null;
  if (field === 'true' || field === 'false') return field === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(field) ? Number(field) : field;
}

function tooMany(line: number, maxRows: number): ReadEvents {
  return { ok: false, line, reason: `it has more than ${maxRows} events` };
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
