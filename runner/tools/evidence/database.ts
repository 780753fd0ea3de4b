import initSqlJs, { type Database, type SqlJsStatic, type Statement } from 'sql.js';
import { readSql } from '../../../language/model/sql-text.js';
import { ANSWER_LIMITS, type AnswerLimits } from './limits.js';
import type { Cell, EventTable } from './table.js';

export type QueryAnswer =
  | {
      readonly ok: true;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
      /** There are more rows than an answer may have. */
      readonly truncated: boolean;
    }
  | { readonly ok: false; readonly error: string };

export interface EvidenceDatabase {
  /**
   * Answers one SELECT. Its parameters are bound by name, never pasted in. What is wrong with it is a value; it never
   * changes anything. Synchronous, and it takes as long as it takes: whoever calls bounds it from outside.
   */
  query(sql: string, parameters: { readonly [name: string]: Cell }): QueryAnswer;
  /** Gives its memory back. Nothing may be asked any more. */
  close(): void;
}

/** SQLite in memory, filled with the tables and then closed to writing. */
export async function openDatabase(
  tables: readonly EventTable[],
  limits: AnswerLimits = ANSWER_LIMITS,
): Promise<EvidenceDatabase> {
  const sqlite: SqlJsStatic = await initSqlJs();
  const db = new sqlite.Database();
  db.run(`PRAGMA hard_heap_limit=${limits.memory}`);
  db.run('PRAGMA temp_store=MEMORY');
  for (const table of tables) fill(db, table);
  // The same question has the same answer: what SQLite would make up is not to be had.
  db.create_function('random', () => notHere('random()'));
  db.create_function('randomblob', (_: number) => notHere('randomblob()'));
  db.run('PRAGMA query_only=ON');
  return { query: (sql, parameters) => query(db, sql, parameters, limits), close: () => db.close() };
}

function notHere(name: string): never {
  throw new Error(`${name} is not to be had here: the same query has to give the same answer`);
}

function fill(db: Database, { name, columns, rows }: EventTable): void {
  const types = columns.map((column) => `"${column.name}" ${column.type === 'time' ? 'text' : column.type}`);
  // SQLite has no table without a column.
  db.run(`CREATE TABLE "${name}" (${types.length > 0 ? types.join(', ') : '"nothing" text'})`);
  if (types.length === 0) return;
  db.run('BEGIN');
  const insert = db.prepare(`INSERT INTO "${name}" VALUES (${types.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run([...row]);
  insert.free();
  db.run('COMMIT');
}

function query(
  db: Database,
  sql: string,
  parameters: { readonly [name: string]: Cell },
  limits: AnswerLimits,
): QueryAnswer {
  if (sql.length > limits.statement) return no(`The statement is longer than ${limits.statement} characters.`);
  // Some PRAGMAs take effect while they are prepared, and even behind EXPLAIN, so the words are looked at first.
  const text = readSql(sql);
  if (text.verb !== 'SELECT' && text.verb !== 'WITH' && text.verb !== 'VALUES') {
    return no(`Only a SELECT can be asked here, not ${text.verb === '' ? 'nothing' : text.verb.slice(0, 20)}.`);
  }
  const pragma = [...text.words].find((word) => /^pragma(_|$)/.test(word));
  if (pragma !== undefined)
    return no(`"${pragma.slice(0, 40)}" is not to be had here. The tables are described to you.`);
  if (text.positional) return no('Parameters need a name here, such as :user.');
  const missing = [...text.parameters].find((name) => !Object.hasOwn(parameters, name));
  if (missing !== undefined) return no(`There is no value for the parameter ":${missing.slice(0, 40)}".`);
  let statement: Statement | undefined;
  try {
    const statements = db.iterateStatements(sql);
    const only = statements.next();
    if (only.done === true) return no('There is no statement in it.');
    statement = only.value;
    const rest = readSql(statements.getRemainingSQL());
    if (rest.verb !== '') return no('One statement at a time.');
    const effect = writingOpcode(db, sql.slice(0, sql.length - statements.getRemainingSQL().length));
    if (effect !== undefined) return no(`Only a SELECT can be asked here; this would change something (${effect}).`);
    const bound = Object.entries(parameters).filter(([name]) => text.parameters.has(name));
    statement.bind(Object.fromEntries(bound.flatMap(([name, value]) => SIGNS.map((sign) => [sign + name, value]))));
    return rowsOf(statement, limits);
  } catch (error) {
    return no(`SQLite says: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    statement?.free();
  }
}

const SIGNS = [':', '@', '$', '#'] as const;

/** What a statement that only reads never does: the opcodes that make `sqlite3_stmt_readonly` false, which sql.js does not export. */
const WRITING: ReadonlySet<string> = new Set([
  'OpenWrite', 'CreateBtree', 'Destroy', 'Clear', 'SetCookie', 'ParseSchema', 'DropTable', 'DropIndex', 'DropTrigger',
  'Vacuum', 'IncrVacuum', 'AutoCommit', 'Savepoint', 'JournalMode', 'Checkpoint', 'VUpdate', 'VCreate', 'VDestroy', 'VRename',
]); // biome-ignore format: a list

/** Functions that reach outside of the database, as a plan names them. */
const FORBIDDEN = /^(sqlite_attach|sqlite_detach|load_extension|fts3_tokenizer)\(/;

/** The first step of SQLite's own plan by which the statement would change something; `undefined` when none does. */
function writingOpcode(db: Database, sql: string): string | undefined {
  const plan = db.prepare(`EXPLAIN ${sql}`);
  try {
    while (plan.step()) {
      const [, opcode, , p2, , p4] = plan.get();
      if (typeof opcode !== 'string') return 'what is not known';
      if (WRITING.has(opcode)) return opcode;
      if (opcode === 'Transaction' && p2 !== 0) return opcode;
      if (typeof p4 === 'string' && FORBIDDEN.test(p4)) return p4.replace(/\(.*/s, '');
    }
    return undefined;
  } finally {
    plan.free();
  }
}

function rowsOf(statement: Statement, limits: AnswerLimits): QueryAnswer {
  const rows: (readonly Cell[])[] = [];
  const columns = statement.getColumnNames();
  let bytes = JSON.stringify(columns).length;
  while (statement.step()) {
    if (rows.length >= limits.rows) return { ok: true, columns, rows, truncated: true };
    const row = statement.get().map(cellOf);
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > limits.bytes) {
      if (rows.length > 0) return { ok: true, columns, rows, truncated: true };
      return no(`One row of the answer has more than ${limits.bytes} bytes. Ask for fewer columns, or part of a text.`);
    }
    rows.push(row);
  }
  return { ok: true, columns, rows, truncated: false };
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null;
}

function no(error: string): QueryAnswer {
  return { ok: false, error };
}
