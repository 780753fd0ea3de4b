import { resolveReference } from '../../../language/host.js';
import type { Case } from '../../../language/model/case.js';
import { pathOf, readText } from '../../node-files.js';
import { sha256 } from '../../trace/canonical.js';
import { makeTable } from './columns.js';
import { DATA_LIMITS, type DataLimits } from './limits.js';
import { formatOf, readEvents } from './read-events.js';
import { type EventTable, schemaOf, type TableSchema } from './table.js';

/** The event data of a case as it was read, once, at the start of a run. */
export interface EvidenceData {
  readonly tables: readonly EventTable[];
  readonly schema: readonly TableSchema[];
  /** Where each table came from, with the digest of the very text that was used, without a byte order mark. */
  readonly sources: readonly { readonly table: string; readonly uri: string; readonly digest: string }[];
}

export type LoadedEvents =
  | { readonly ok: true; readonly data: EvidenceData }
  /** `line` counts from 0. */
  | { readonly ok: false; readonly path: string; readonly line: number | null; readonly message: string };

/** Tables that were made before, the newest few: cases that lie together often share their events. */
export interface KnownTables {
  of(key: string): EventTable | undefined;
  keep(key: string, table: EventTable): void;
}

/** So many tables at most, which is what the cases of one playbook have. */
const MOST_KEPT = 8;

export function knownTables(): KnownTables {
  const tables = new Map<string, EventTable>();
  return {
    of: (key) => tables.get(key),
    keep(key, table) {
      for (const [oldest] of tables) if (tables.size >= MOST_KEPT) tables.delete(oldest);
      tables.set(key, table);
    },
  };
}

/**
 * Reads what a case names under `events`. The first file that cannot be used refuses all of it. Never throws. Of a text that
 * is the same as one of `known` the table is that one: it is read all the same, and not made again.
 */
export function loadEvents(
  sample: Pick<Case, 'uri' | 'events'>,
  limits: DataLimits = DATA_LIMITS,
  known?: KnownTables,
): LoadedEvents {
  const tables: EventTable[] = [];
  const sources: { table: string; uri: string; digest: string }[] = [];
  let bytes = 0;
  for (const { table, file } of sample.events) {
    const uri = resolveReference(sample.uri, file.value);
    const path = pathOf(uri) ?? uri;
    const no = (reason: string, line: number | null = null): LoadedEvents => ({
      ok: false,
      path,
      line,
      message: `${path}${line === null ? '' : `:${line + 1}`} The events of "${table}" cannot be used: ${reason}.`,
    });
    const format = formatOf(file.value);
    if (!format) return no('the name ends in none of .jsonl, .json, .csv');
    const text = readText(path, limits.fileBytes);
    if (!text.ok) return no(text.reason);
    bytes += Buffer.byteLength(text.text);
    if (bytes > limits.allBytes) {
      return no(
        `with it the case has more than ${limits.allBytes} bytes of events. Leave out what the case does not need`,
      );
    }
    const digest = sha256(text.text);
    const key = `${table} ${format} ${digest}`;
    sources.push({ table, uri, digest });
    const before = known?.of(key);
    if (before) {
      tables.push(before);
      continue;
    }
    const read = readEvents(text.text, format, limits.rows);
    if (!read.ok) return no(read.reason, read.line);
    const made = makeTable(table, read.events, limits);
    if (!made.ok) return no(made.reason);
    tables.push(made.table);
    known?.keep(key, made.table);
  }
  return { ok: true, data: { tables, schema: tables.map(schemaOf), sources } };
}
