import { isObject } from '../../trace/shape.js';
import { isTime } from '../behaviour/time.js';
import type { DataLimits } from './limits.js';
import type { RawEvent } from './read-events.js';
import type { Cell, Column, ColumnType, EventTable } from './table.js';

export type MadeTable =
  | { readonly ok: true; readonly table: EventTable }
  | { readonly ok: false; readonly reason: string };

/** Objects inside an event become columns of their own, as deep as this; what is deeper stays JSON text. */
const MAX_DEPTH = 6;
const MAX_NAME = 64;

/**
 * A table of events. `{"user": {"name": "a"}}` is the column `user_name`. Names come from the data, and whoever writes logs
 * may choose them: of each only letters, digits and `_` are kept.
 */
export function makeTable(
  name: string,
  events: readonly RawEvent[],
  limits: Pick<DataLimits, 'columns' | 'cells'>,
): MadeTable {
  const places = new Map<string, number>();
  const sparse = events.map((event) => {
    const cells: Cell[] = [];
    for (const [path, cell] of flat(event)) {
      let place = places.get(path);
      if (place === undefined) {
        place = places.size;
        places.set(path, place);
      }
      cells[place] = cell;
    }
    return cells;
  });
  if (places.size > limits.columns) {
    return { ok: false, reason: `its events have ${places.size} different fields; at most ${limits.columns} are read` };
  }
  if (places.size * events.length > limits.cells) {
    const reason = `${events.length} events with ${places.size} different fields are more than ${limits.cells} values`;
    return { ok: false, reason };
  }
  const names = columnNames([...places.keys()]);
  const columns = names.map((column, index): Column => ({ name: column, type: typeOf(sparse, index) }));
  const rows = sparse.map((cells) =>
    columns.map(({ type }, index): Cell => {
      const cell = cells[index] ?? null;
      // A column of more than one kind is text, so that comparing does not depend on the row.
      return cell !== null && (type === 'text' || type === 'time') ? String(cell) : cell;
    }),
  );
  return { ok: true, table: { name, columns, rows } };
}

/** The fields of an event by their path, parts joined by what no JSON key ends up as in a column. */
function* flat(event: RawEvent, before = '', depth = 0): Generator<readonly [string, Cell]> {
  for (const [key, value] of Object.entries(event)) {
    const path = depth === 0 ? key : `${before}\u0000${key}`;
    if (value === null || value === undefined) yield [path, null];
    else if (typeof value === 'string') yield [path, value];
    else if (typeof value === 'number') yield [path, Number.isFinite(value) ? value : null];
    else if (typeof value === 'boolean') yield [path, value ? 1 : 0];
    else if (isObject(value) && depth < MAX_DEPTH) yield* flat(value, path, depth + 1);
    else yield [path, JSON.stringify(value)];
  }
}

/** A different SQL identifier for each path, the same ones for the same paths. SQL does not tell case apart. */
function columnNames(paths: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const plain = path.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, MAX_NAME);
    const base = /^[A-Za-z]/.test(plain) ? plain : `c_${plain}`;
    let name = base;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

function typeOf(rows: readonly (readonly Cell[])[], index: number): ColumnType {
  let whole = true;
  let number = true;
  let time = true;
  let any = false;
  for (const row of rows) {
    const cell = row[index] ?? null;
    if (cell === null) continue;
    any = true;
    number &&= typeof cell === 'number';
    whole &&= Number.isSafeInteger(cell);
    time &&= typeof cell === 'string' && isTime(cell);
    if (!number && !time) return 'text';
  }
  if (!any) return 'text';
  if (whole) return 'integer';
  return number ? 'real' : 'time';
}
