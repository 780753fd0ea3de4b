import type { Case } from '../language/model/case.js';
import type { Tool } from '../language/model/catalog.js';
import type { Clock } from './ports.js';
import type { Json, TraceEvents } from './protocol/trace.js';
import { type Refusal, refusal } from './refusal.js';
import { newAnalyst } from './tools/evidence/analyst.js';
import { evidenceHost } from './tools/evidence/host.js';
import {
  type EvidenceData,
  type KnownTables,
  knownTables,
  type LoadedEvents,
  loadEvents,
} from './tools/evidence/load-events.js';
import { type EvidenceThreads, evidenceThreads } from './tools/evidence/threads.js';
import { toolHost } from './tools/hosts.js';
import { type LiveOptions, openLive } from './tools/live/live.js';
import type { ToolHost } from './tools/port.js';
import { recordedHost } from './tools/recorded.js';
import type { SchemaCheck } from './tools/schema-check.js';
import { plainJson } from './trace/canonical.js';

export { type EvidenceData, type EvidenceThreads, evidenceThreads, type KnownTables, knownTables, type LiveOptions };

/** The event data of a case, or why a run with it cannot start. */
export function eventsOf(sample: Case, known?: KnownTables): EvidenceData | Refusal {
  const loaded = loadEvents(sample, undefined, known);
  return loaded.ok ? loaded.data : refusal(loaded.message, loaded.path, loaded.line);
}

/** Everything that answers calls in one run. The host goes to `enforce` and nowhere else. */
export interface RunTools {
  readonly host: ToolHost;
  /** The same with the recorded answers of another case over the same event data. */
  readonly hostFor: (sample: Case) => ToolHost;
  /** What may be told of the case's event data: tables, columns, types and numbers of rows, no values. */
  readonly evidence: Json | undefined;
  readonly opened: Pick<TraceEvents['run.opened'], 'events' | 'live'>;
  /** Ends whatever was started for it. Never rejects. */
  close(): Promise<void>;
}

export interface RunToolsParts {
  readonly sample: Case;
  readonly alert: Json;
  readonly schemas: SchemaCheck;
  readonly clock: Clock;
  /** The tools of the playbook and of all it calls. */
  readonly tools: readonly Tool[];
  /** Absent: no server is reached. */
  readonly live: LiveOptions | undefined;
  readonly signal: AbortSignal;
  /** The case's event data, where it has been read before. */
  readonly events?: EvidenceData | undefined;
  /** Threads that runs share, one after the other; without it each run with event data has one of its own. */
  readonly threads?: EvidenceThreads | undefined;
  /** A file as the trace names it. */
  readonly name: (uri: string) => string;
}

/**
 * Reads the event data of a case, and connects to live servers where the run is to have them. What keeps the run from
 * starting is a refusal, and then nothing is left running.
 */
export async function openTools(parts: RunToolsParts): Promise<RunTools | Refusal> {
  const { sample, alert, schemas, clock, tools, signal, name } = parts;
  const loaded: LoadedEvents = parts.events ? { ok: true, data: parts.events } : loadEvents(sample);
  if (!loaded.ok) return refusal(loaded.message, loaded.path, loaded.line);
  const opened = parts.live && (await openLive({ options: parts.live, tools, schemas, clock, signal }));
  if (opened && !opened.ok) return refusal(opened.message, opened.path, opened.line);
  const live = opened?.live;
  const { tables, schema, sources } = loaded.data;
  const analyst =
    tables.length === 0 ? undefined : newAnalyst({ tables, now: momentOf(alert) }, clock, undefined, parts.threads);
  const evidence = evidenceHost(analyst, schemas);
  const hostFor = (one: Case): ToolHost => toolHost({ sample: one, schemas, evidence, live });
  return {
    host: hostFor(sample),
    hostFor,
    evidence: schema.length === 0 ? undefined : plainJson(schema),
    opened: {
      ...(sources.length === 0
        ? {}
        : { events: sources.map(({ table, uri, digest }) => ({ table, file: name(uri), digest })) }),
      ...(live ? { live: live.opened } : {}),
    },
    async close() {
      await Promise.all([analyst?.close(), live?.close()]);
    },
  };
}

/** What answers an act that is taken back after its run: the case's recordings, or the least that fits. It reaches nothing. */
export function simulatedTools(sample: Pick<Case, 'answers'>, schemas: SchemaCheck): ToolHost {
  return recordedHost(sample, schemas);
}

/** When the alert was raised, in milliseconds; every OCSF event says so. */
function momentOf(alert: Json): number {
  const time = typeof alert === 'object' && alert !== null && 'time' in alert ? alert.time : undefined;
  return typeof time === 'number' && Number.isFinite(time) ? time : 0;
}
