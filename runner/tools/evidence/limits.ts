/** How much event data a case may bring. What is larger is refused as a whole: half of the evidence would mislead. */
export interface DataLimits {
  readonly fileBytes: number;
  /** Of all files together. */
  readonly allBytes: number;
  /** Of one table. */
  readonly rows: number;
  /** Of one table. */
  readonly columns: number;
  /** Rows by columns of one table, empty ones included. */
  readonly cells: number;
}

export const DATA_LIMITS: DataLimits = {
  fileBytes: 32 * 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
  rows: 250_000,
  columns: 200,
  cells: 5_000_000,
};

/** What the answer to one question may be. */
export interface AnswerLimits {
  /** Rows; the rest is left out, and said to be. */
  readonly rows: number;
  /** Bytes as JSON. */
  readonly bytes: number;
  /** Characters of the statement. */
  readonly statement: number;
  /** Bytes SQLite may take, the data included. */
  readonly memory: number;
}

export const ANSWER_LIMITS: AnswerLimits = {
  rows: 500,
  bytes: 256 * 1024,
  statement: 20_000,
  memory: 512 * 1024 * 1024,
};

/** Milliseconds for one question. */
export const ANSWER_TIME = 5_000;
/** Milliseconds to fill the database, once, before the first query. */
export const FILL_TIME = 120_000;
