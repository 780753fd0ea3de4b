import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveReference } from '../../language/host.js';
import { type LoadedCase, loadCase } from '../../language/load-case.js';
import { nodeFiles, pathOf, readText } from '../node-files.js';
import { readPlaybook } from '../prepare.js';
import type { FeedbackReply } from '../protocol/feedback.js';
import type { TraceEvents } from '../protocol/trace.js';
import { refusalFor } from '../refusal.js';
import { filesOf } from '../resume/resume.js';
import { eventsOf } from '../run-tools.js';
import { canonical, sha256 } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { redact, redactText } from '../trace/redact.js';
import { findBases, NOT_WHOLE } from './find-files.js';
import { mapWritten, type WrittenPlace } from './map-written.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Why no case is made. */
export type Failed = Extract<FeedbackReply, { readonly ok: false }>;

export function no(why: Failed['why'], message: string): Failed {
  return { ok: false, why, message };
}

const MAX_EVENT_BYTES = 64 * 1024 * 1024;

/** The files the run rests on: the playbook as it is now, case, alert and events as they were. */
export function sourcesOf(tracePath: string, opened: TraceEvents['run.opened'], options: NamedFiles) {
  const found = foundFiles(tracePath, opened, options);
  if (!found.ok) return found;
  const { playbookPath, casePath } = found;
  const playbook = readPlaybook(playbookPath);
  if ('ok' in playbook) return no('nothing', `${playbook.message} Say where the playbook of the run is: --playbook.`);
  const file = readText(casePath);
  if (!file.ok)
    return no('nothing', `The case ${casePath} of the run cannot be read: ${file.reason}. Say where it is: --case.`);
  const sample = loadCase(pathToFileURL(casePath).href, file.text, nodeFiles());
  const broken = refusalFor(casePath, sample.lines, sample.problems);
  if (broken) return no('refused', broken.message);
  const { alert } = sample;
  if (!alert) return no('nothing', `${casePath}: The case names no alert that can be read.`);
  const data = eventsOf(sample.case);
  if ('ok' in data) return no('refused', data.message);
  const digests = data.sources.map(({ digest }) => digest);
  const was = (opened.events ?? []).map(({ digest }) => digest);
  const other = [
    ...(sha256(file.text) === opened.case.digest ? [] : ['the case']),
    ...(sha256(alert.text) === opened.alert.digest ? [] : ['the alert']),
    ...(canonical(digests) === canonical(was) ? [] : ['the event data']),
  ];
  if (other.length > 0) {
    return no(
      'refused',
      `${other.join(', ')} changed since the run, and what was decided then was decided about what it was. Put it back, or say where it is: --case.`,
    );
  }
  return { ok: true as const, loaded: playbook.loaded, sample, alert, data, digests };
}

export interface NamedFiles {
  /** Where the playbook and the case are, when they are no longer where the trace says. */
  readonly playbookPath?: string | undefined;
  readonly casePath?: string | undefined;
  /** Folders that are looked through when they are not there and none was named. */
  readonly roots?: readonly string[] | undefined;
}

function foundFiles(tracePath: string, opened: TraceEvents['run.opened'], named: NamedFiles) {
  const said = filesOf(tracePath, opened, named);
  if (named.playbookPath !== undefined || existsSync(said.playbookPath)) return { ok: true as const, ...said };
  const { paths: bases, whole } = findBases(opened, named.roots ?? []);
  const [base, other] = bases.map((one) => join(one, opened.playbook.file));
  if (!whole && other === undefined)
    return no('refused', `${NOT_WHOLE} for the files of the run. Say where its playbook is: --playbook.`);
  if (base !== undefined && other !== undefined) {
    return no('refused', `The run may be of ${base} or of ${other}: both have its case. Say which: --playbook.`);
  }
  return {
    ok: true as const,
    ...(base === undefined ? said : filesOf(tracePath, opened, { ...named, playbookPath: base })),
  };
}

/** Event data as it is written, without secrets. */
export interface RawEvents {
  readonly table: string;
  readonly path: string;
  readonly text: string;
}

export function rawEvents({ case: sample, uri }: LoadedCase) {
  const files: RawEvents[] = [];
  for (const { table, file } of sample.events) {
    const path = pathOf(resolveReference(uri, file.value)) ?? file.value;
    const read = readText(path, MAX_EVENT_BYTES);
    if (!read.ok) return no('refused', `The events ${path} cannot be copied: ${read.reason}.`);
    const csv = path.endsWith('.csv');
    files.push({ table, path, text: csv ? redactText(read.text) : mapWritten(read.text, withoutSecret) });
  }
  return { ok: true as const, files };
}

export function isCsv({ path }: RawEvents): boolean {
  return path.endsWith('.csv');
}

/** The first line of a CSV file names its columns. */
export function eventText(events: RawEvents, names: Pseudonyms): string {
  if (!isCsv(events)) return names.written(events.text);
  const head = headOf(events.text);
  return head + names.text(events.text.slice(head.length));
}

export function headOf(csv: string): string {
  const end = csv.indexOf('\n');
  return end < 0 ? csv : csv.slice(0, end + 1);
}

function withoutSecret(text: string, { isName, name }: WrittenPlace): string {
  if (isName || name === undefined) return redactText(text);
  const made = redact({ [name]: text });
  const [said] = isJsonObject(made) ? Object.values(made) : [];
  return typeof said === 'string' ? said : text;
}
