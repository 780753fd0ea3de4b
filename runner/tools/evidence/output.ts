import type { JsonSchema } from '../../../language/model/json-schema.js';
import type { Json, JsonObject } from '../../protocol/trace.js';
import type { QueryAnswer } from './database.js';
import type { Cell } from './table.js';

export type Shaped = { readonly ok: true; readonly output: Json } | { readonly ok: false; readonly error: string };

type Answered = Extract<QueryAnswer, { ok: true }>;

/** The answer to a query that a model wrote: everything, with nothing said of its form in advance. */
export function tableOutput({ columns, rows, truncated }: Answered): JsonObject {
  return { columns, rows, count: rows.length, truncated };
}

/**
 * The answer to a query that a catalog wrote, as its tool's `output` has it. With a field `rows` that is a list, each row is
 * one item. Otherwise there must be exactly one row, and its columns are the fields.
 */
export function catalogOutput(output: JsonSchema, answer: Answered): Shaped {
  const { columns, rows, truncated } = answer;
  const fields = output.properties ?? {};
  const item = Object.hasOwn(fields, 'rows') ? fields.rows : undefined;
  if (item?.type === 'array') {
    const shape = item.items?.properties ?? {};
    const items = rows.map((row) => objectOf(columns, row, shape));
    const rest = Object.hasOwn(fields, 'truncated') ? { truncated } : {};
    // What is missing must be seen to be missing.
    if (truncated && !Object.hasOwn(fields, 'truncated')) {
      return no(
        `There are more than ${rows.length} rows, and its output has no field "truncated" to say so. Ask for less.`,
      );
    }
    return { ok: true, output: { rows: items, ...rest } };
  }
  const [row, ...more] = rows;
  if (!row) return no('The query found nothing, and its output is one row.');
  if (more.length > 0 || truncated) return no('The query found more than one row, and its output is one.');
  return { ok: true, output: objectOf(columns, row, fields) };
}

function objectOf(
  columns: readonly string[],
  row: readonly Cell[],
  shape: { readonly [name: string]: JsonSchema },
): JsonObject {
  const out: { [name: string]: Json } = Object.create(null);
  for (const [index, column] of columns.entries()) {
    const cell = row[index] ?? null;
    out[column] = fieldOf(cell, Object.hasOwn(shape, column) ? shape[column] : undefined);
  }
  return out;
}

/** SQLite knows neither truth values nor lists: 1 and 0, and JSON text, are those where the field's type says so. */
function fieldOf(cell: Cell, schema: JsonSchema | undefined): Json {
  if (schema?.type === 'boolean' && (cell === 0 || cell === 1)) return cell === 1;
  if (typeof cell === 'string' && (schema?.type === 'array' || schema?.type === 'object')) {
    try {
      const value: Json = JSON.parse(cell);
      return value;
    } catch {
      return cell;
    }
  }
  return cell;
}

function no(error: string): Shaped {
  return { ok: false, error };
}
