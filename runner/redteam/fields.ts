import type { Case, RecordedAnswer, ScriptedTurn } from '../../language/model/case.js';
import type { Json } from '../protocol/trace.js';
import type { EvidenceData } from '../run-tools.js';

/**
 * A place in what comes from outside that holds text: `alert.finding_info.title`, `answers[2].output.summary`,
 * `events.signins[0].city`.
 */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly part:
    | { readonly kind: 'alert' }
    | { readonly kind: 'output' | 'error'; readonly answer: number }
    /** A column of event data, in the row where it has its first text. */
    | { readonly kind: 'event'; readonly table: number; readonly row: number; readonly column: number };
  readonly path: Path;
}

type Path = readonly (string | number)[];
type Rows = EvidenceData['tables'][number]['rows'];

/** What a run reads from outside. */
export interface Outside {
  readonly alert: Json;
  readonly case: Case;
  readonly events: EvidenceData;
}

/** Every text of the alert, of what tools answered, and of each column of event data one, in order. */
export function fieldsOf({ alert, case: sample, events }: Outside): readonly Field[] {
  const fields: Field[] = [...textsOf(alert)].map(({ path, value }) => ({
    name: nameOf('alert', path),
    value,
    part: { kind: 'alert' },
    path,
  }));
  for (const [answer, { output, error }] of sample.answers.entries()) {
    if (error !== undefined) {
      fields.push({ name: `answers[${answer}].error`, value: error, part: { kind: 'error', answer }, path: [] });
    }
    for (const { path, value } of textsOf(output ?? null)) {
      const name = nameOf(`answers[${answer}].output`, path);
      fields.push({ name, value, part: { kind: 'output', answer }, path });
    }
  }
  for (const [table, { name, columns, rows }] of events.tables.entries()) {
    for (const [column, { name: of, type }] of columns.entries()) {
      const row = type === 'text' ? rows.findIndex((cells) => typeof cells[column] === 'string') : -1;
      const value = rows[row]?.[column];
      if (typeof value !== 'string') continue;
      fields.push({
        name: `events.${name}[${row}].${of}`,
        value,
        part: { kind: 'event', table, row, column },
        path: [],
      });
    }
  }
  return fields;
}

/**
 * The same with a text placed in a field, after what stood there. What the alert names as an entity is known to the tools
 * and to written turns under its changed name, so that the run goes as deep as with the old one.
 */
export function placed({ alert, case: sample, events }: Outside, field: Field, text: string): Outside {
  const value = field.value === '' ? text : `${field.value} ${text}`;
  const { part } = field;
  if (part.kind === 'event') {
    const tables = events.tables.map((table, at) =>
      at === part.table ? { ...table, rows: withCell(table.rows, part.row, part.column, value) } : table,
    );
    return { alert, case: sample, events: { ...events, tables } };
  }
  if (part.kind !== 'alert') {
    const answers = sample.answers.map((one, index): RecordedAnswer => {
      if (index !== part.answer) return one;
      return part.kind === 'error'
        ? { ...one, error: value }
        : { ...one, output: put(one.output ?? null, field.path, value) };
    });
    return { alert, case: { ...sample, answers }, events };
  }
  const changed = put(alert, field.path, value);
  if (field.path[0] !== 'observables' || field.path.at(-1) !== 'value') return { alert: changed, case: sample, events };
  const rename = <T extends Json>(json: T): T => renamed(json, field.value, value);
  return {
    alert: changed,
    events,
    case: {
      ...sample,
      answers: sample.answers.map((one) => ({ ...one, with: rename(one.with) })),
      turns: new Map([...sample.turns].map(([step, turns]) => [step, turns.map((turn) => renamedTurn(turn, rename))])),
    },
  };
}

function withCell(rows: Rows, row: number, column: number, value: string): Rows {
  return rows.map((cells, at) => (at === row ? cells.map((cell, place) => (place === column ? value : cell)) : cells));
}

function renamedTurn(turn: ScriptedTurn, rename: <T extends Json>(json: T) => T): ScriptedTurn {
  return {
    ...turn,
    calls: turn.calls.map((call) => ({ ...call, with: rename(call.with) })),
    output: turn.output === undefined ? undefined : rename(turn.output),
  };
}

function* textsOf(json: Json, path: Path = []): Generator<{ readonly path: Path; readonly value: string }> {
  if (typeof json === 'string') yield { path, value: json };
  else if (isList(json)) for (const [index, item] of json.entries()) yield* textsOf(item, [...path, index]);
  else if (typeof json === 'object' && json !== null) {
    for (const [name, inner] of Object.entries(json)) yield* textsOf(inner, [...path, name]);
  }
}

function nameOf(root: string, path: Path): string {
  return path.reduce<string>((name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${part}`), root);
}

function put(json: Json, [first, ...rest]: Path, value: string): Json {
  if (first === undefined) return value;
  if (isList(json)) return json.map((item, index) => (index === first ? put(item, rest, value) : item));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, inner]) => [name, name === first ? put(inner, rest, value) : inner]),
  );
}

/** The value with every text that is exactly `from` replaced. */
function renamed<T extends Json>(json: T, from: string, to: string): T;
function renamed(json: Json, from: string, to: string): Json {
  if (typeof json === 'string') return json === from ? to : json;
  if (isList(json)) return json.map((item) => renamed(item, from, to));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, renamed(inner, from, to)]));
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
