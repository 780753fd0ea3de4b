/** A value of event data. Lists and what else has no column type of its own are JSON text; true and false are 1 and 0. */
export type Cell = string | number | null;

export type ColumnType = 'integer' | 'real' | 'text' | 'time';

export interface Column {
  /** A plain SQL identifier, unique in its table whatever the case of its letters. */
  readonly name: string;
  /** `time`: text in which every value is an RFC 3339 time. */
  readonly type: ColumnType;
}

/** The events of one file. */
export interface EventTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Each as long as `columns`. */
  readonly rows: readonly (readonly Cell[])[];
}

/** What may be said of a table without giving away a value of it. */
export interface TableSchema {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly Column[];
}

export function schemaOf({ name, columns, rows }: EventTable): TableSchema {
  return { table: name, rows: rows.length, columns };
}
