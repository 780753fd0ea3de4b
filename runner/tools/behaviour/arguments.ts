import type { JsonObject } from '../../protocol/trace.js';
import type { Cell, EventTable } from '../evidence/table.js';
import { timeOf } from './time.js';

/** What is wrong with an argument, as a sentence for whoever made the call. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

type Row = readonly Cell[];

/** Reads the arguments of a built-in tool; each reader throws an `ArgumentError` for a person or model to read. */
export interface Arguments {
  table(): EventTable;
  text(name: string): string;
  number(name: string, otherwise: number, least: number, most: number): number;
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T;
  /** A moment in milliseconds, where one is given. */
  optionalTime(name: string): number | undefined;
  /** Gives a row's value in the column that the argument names. */
  column(table: EventTable, name: string): (row: Row) => Cell;
  optionalColumn(table: EventTable, name: string): ((row: Row) => Cell) | undefined;
  /** Whether a row is of the `entity` named in the `entity_column`. */
  entityIn(table: EventTable): (row: Row) => boolean;
  /** The same, and every row where neither is given. */
  optionalEntityIn(table: EventTable): (row: Row) => boolean;
  /** Throws when there is an argument that nobody read. */
  nothingLeft(): void;
}

export function readArguments(args: JsonObject, tables: readonly EventTable[]): Arguments {
  const read = new Set<string>();
  const get = (name: string): JsonObject[string] | undefined => {
    read.add(name);
    return Object.hasOwn(args, name) ? args[name] : undefined;
  };
  const text = (name: string): string => {
    const value = get(name);
    if (typeof value !== 'string' || value === '') throw new ArgumentError(`"${name}" must be a text.`);
    return value;
  };
  const column = (table: EventTable, name: string): ((row: Row) => Cell) => {
    const wanted = text(name);
    const index = table.columns.findIndex((one) => one.name === wanted);
    if (index < 0) {
      const names = table.columns.map((one) => one.name).join(', ');
      throw new ArgumentError(`The table "${table.name}" has no column "${wanted.slice(0, 80)}"; it has ${names}.`);
    }
    return (row) => row[index] ?? null;
  };
  const entityIn = (table: EventTable): ((row: Row) => boolean) => {
    const cell = column(table, 'entity_column');
    const entity = text('entity');
    return (row) => {
      const value = cell(row);
      return value !== null && String(value) === entity;
    };
  };
  return {
    table() {
      const wanted = text('table');
      const table = tables.find((one) => one.name === wanted);
      if (table) return table;
      const names = tables.map((one) => one.name).join(', ');
      throw new ArgumentError(`There is no table "${wanted.slice(0, 80)}" in this case; there is ${names || 'none'}.`);
    },
    text,
    number(name, otherwise, least, most) {
      const value = get(name);
      if (value === undefined) return otherwise;
      if (typeof value === 'number' && value >= least && value <= most) return value;
      throw new ArgumentError(`"${name}" must be a number from ${least} to ${most}.`);
    },
    choice(name, choices) {
      const value = get(name);
      if (value === undefined) return choices[0];
      const choice = choices.find((one) => one === value);
      if (choice === undefined) throw new ArgumentError(`"${name}" must be one of ${choices.join(', ')}.`);
      return choice;
    },
    optionalTime(name) {
      const value = get(name);
      if (value === undefined) return undefined;
      const at = typeof value === 'string' || typeof value === 'number' ? timeOf(value) : undefined;
      if (at === undefined) throw new ArgumentError(`"${name}" must be a time, such as 2026-11-25T08:00:00Z.`);
      return at;
    },
    column,
    optionalColumn: (table, name) => (get(name) === undefined ? undefined : column(table, name)),
    entityIn,
    optionalEntityIn(table) {
      if (get('entity_column') === undefined && get('entity') === undefined) return () => true;
      return entityIn(table);
    },
    nothingLeft() {
      const left = Object.keys(args).find((name) => !read.has(name));
      if (left !== undefined) throw new ArgumentError(`"${left.slice(0, 80)}" is no argument of this tool.`);
    },
  };
}
