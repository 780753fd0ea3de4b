import type { Json, JsonObject, TraceEvents } from '../protocol/trace.js';
import { canonical, plainJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';

type Opened = TraceEvents['run.opened'];

/** What a run rests on, in words, by the field of `run.opened` that holds its digests. */
const RESTS_ON: readonly (readonly [field: keyof Opened, words: string])[] = [
  ['playbook', 'the playbook'],
  ['policy', 'the policy'],
  ['catalogs', 'a tool catalog'],
  ['callees', 'a playbook it calls'],
  ['context', 'a file of its context'],
  ['examples', 'an example that agents are shown'],
  ['measure', 'the measure of the policy’s breaker'],
  ['case', 'the case'],
  ['alert', 'the alert'],
  ['events', 'its event data'],
  [
    'live',
    'what live servers answer, and as what (it takes the same ones: --live, or "countersign.liveServers" in the editor)',
  ],
];

/**
 * What a run rests on that is not what it was when the run began; empty when everything is. Files are compared by digest
 * and not by name: a folder may have moved.
 */
export function changedSince(before: Opened, now: Opened): readonly string[] {
  return RESTS_ON.filter(([field]) => digests(before[field]) !== digests(now[field])).map(([, words]) => words);
}

/** The digests in a field, in the order they stand. */
function digests(field: unknown): string {
  const value = plainJson(field ?? []);
  const all = Array.isArray(value) ? value : [value];
  return canonical(all.map((one) => (isJsonObject(one) ? (one.digest ?? serverIn(one)) : one)));
}

/** A live server by its name and the digests of its tools. */
function serverIn({ server, tools }: JsonObject): Json {
  return [
    server ?? null,
    ...(Array.isArray(tools) ? tools.map((tool: Json) => (isJsonObject(tool) ? (tool.digest ?? null) : null)) : []),
  ];
}
