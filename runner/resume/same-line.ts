import type { Actor, Json, TraceEventName, TraceLine } from '../protocol/trace.js';
import { canonical } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';

/**
 * Fields that are another each time the same thing happens: ids nobody can guess, and times; and what files are called, for
 * they may have moved. That they are the same is known by their digests.
 */
const VOLATILE: { readonly [E in TraceEventName]?: readonly string[] } = {
  intent: ['permit'],
  budget: ['elapsedMs'],
  'gate.opened': ['timeoutMs'],
  called: ['file'],
};

/** What is to be written now, as the journal would write it: without secrets, and plain. */
export interface Now {
  readonly event: TraceEventName;
  readonly step: string | null;
  readonly actor: Json;
  readonly data: Json;
}

/** Whether what is to be written now is what the line already says; if not, in what they differ. */
export function differenceFrom(recorded: TraceLine, now: Now): string | undefined {
  if (now.event !== recorded.event) return `"${recorded.event}" is recorded where "${now.event}" follows now`;
  if (now.step !== recorded.step) return `it is recorded of step "${recorded.step}" and is of "${now.step}" now`;
  if (!same(now.actor, recorded.actor satisfies Actor)) return 'it is recorded of somebody else';
  const volatile = VOLATILE[recorded.event] ?? [];
  const before: { readonly [field: string]: unknown } = recorded.data;
  const after = isJsonObject(now.data) ? now.data : {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (volatile.includes(field)) continue;
    if (!same(unnamed(field, after[field]), unnamed(field, before[field]))) return `its "${field}" is another now`;
  }
  return undefined;
}

/** A place in a file, whatever the file is called. */
function unnamed(field: string, value: unknown): unknown {
  if (field !== 'place' || typeof value !== 'object' || value === null) return value;
  return { ...value, file: '' };
}

function same(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonical(one) === canonical(other);
}
