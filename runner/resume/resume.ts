import { createReadStream } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { LoadedPlaybook } from '../../language/load.js';
import type { Case } from '../../language/model/case.js';
import { takeOverControl } from '../control.js';
import { runEngine } from '../engine/engine.js';
import type { ModelClient } from '../models/port.js';
import { type Prepared, prepare } from '../prepare.js';
import type { RunReply } from '../protocol/messages.js';
import type { Actor, TraceEvents, TraceLine } from '../protocol/trace.js';
import { type Refusal, refusal } from '../refusal.js';
import { fault, liveOf, noted, partsOf, type RunOptions, resultOf, safely, toolsOf } from '../run.js';
import type { RunTools } from '../run-tools.js';
import { stoppable } from '../stop.js';
import { type Journal, JournalError, type Random } from '../trace/journal.js';
import type { Signer } from '../trace/note.js';
import { mapPersonal } from '../trace/personal.js';
import { redact } from '../trace/redact.js';
import { reopenJournal } from '../trace/reopen.js';
import { scanTrace } from '../trace/scan.js';
import { findOut } from './in-doubt.js';
import { RebuildError, rebuild } from './rebuild.js';
import { changedSince } from './unchanged.js';

type Opened = TraceEvents['run.opened'];

export interface ResumeOptions
  extends Pick<RunOptions, 'approver' | 'clock' | 'ids' | 'live' | 'user' | 'signal' | 'onEvent'> {
  /** The trace of a run that broke off. */
  readonly tracePath: string;
  /** The key that signs checkpoints of the trace, as it did so far; and randomness, where it has tokens for personal data. */
  readonly signer?: Signer | undefined;
  readonly random: Random;
  /** Where the playbook and the case are, when they are no longer where the trace says. */
  readonly playbookPath?: string | undefined;
  readonly casePath?: string | undefined;
  /** Told of the first line of the trace once it is certain that the run goes on, before anything is asked. */
  readonly onOpened?: ((opened: Opened) => void) | undefined;
  /** Who answers agent steps from now on; `before` is who did. */
  readonly model: (
    sample: Case,
    before: Opened['model'],
    loaded: LoadedPlaybook,
  ) => { readonly ok: true; readonly model: ModelClient } | { readonly ok: false; readonly message: string };
}

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };

/**
 * Goes on with a run that broke off: rebuilds its state from the trace, without asking anybody again and without making a
 * call a second time, and carries on from there in the same trace. Refuses when the trace is not as it was written, when
 * the run ended or still goes on, and when anything it rests on changed. Never rejects.
 */
export async function resumePlaybook(options: ResumeOptions): Promise<RunReply> {
  let journal: Journal | undefined;
  let tools: RunTools | undefined;
  try {
    const tracePath = resolve(options.tracePath);
    const opened = await openedIn(tracePath);
    if ('ok' in opened) return opened;
    const found = filesOf(tracePath, opened.data, options);
    const prepared = prepare(
      {
        ...options,
        ...found,
        tracePath,
        model: (sample, loaded) => options.model(sample, opened.data.model, loaded),
      },
      { run: opened.run, base: found.base, begun: Date.parse(opened.time) },
    );
    if ('ok' in prepared) return prepared;
    const user = opened.data.startedBy;
    const answering = await toolsOf(options, prepared);
    if ('ok' in answering) return answering;
    tools = answering;
    const before = partsOf({ ...options, user }, prepared, NOTHING_WRITTEN, tools);
    const changed = changedSince(opened.data, before.opened);
    if (changed.length > 0) {
      return refusal(
        `The run cannot go on: ${changed.join(', ')} changed since it began, and what people approved then was approved under what it was. Put back what it was, or run it anew.`,
        tracePath,
      );
    }
    const { clock, signer, random } = options;
    const reopened = await reopenJournal(tracePath, { clock, signer, random });
    if (!reopened.ok) return refusal(reopened.message, tracePath);
    journal = reopened.journal;
    return await goOn(options, prepared, before, opened, journal, reopened.lines);
  } catch (error) {
    if (!(error instanceof RebuildError)) return refusal(await fault(error, journal), journal?.path ?? null);
    await journal?.close();
    return refusal(error.message, journal?.path ?? null);
  } finally {
    await tools?.close();
  }
}

async function goOn(
  options: ResumeOptions,
  prepared: Prepared,
  before: ReturnType<typeof partsOf>,
  opened: OpenedLine,
  journal: Journal,
  lines: readonly TraceLine[],
): Promise<RunReply> {
  const { clock } = options;
  const killed = lines.find((line) => line.event === 'killed')?.actor.id ?? takeOverControl(journal.path)?.by;
  if (killed !== undefined) {
    await journal.close();
    return refusal(
      `The run cannot go on: it was ended by ${killed}, and broke off before its trace was closed.`,
      journal.path,
    );
  }
  options.onOpened?.(opened.data);
  const decisions = lines.flatMap(noted);
  journal.onLine((line) => decisions.push(...noted(line)));
  if (options.onEvent) journal.onLine(safely(options.onEvent));
  const made = stoppable(journal, liveOf(prepared, clock), options.signal, options.user);
  if (!made.ok) return refusal(await fault(new JournalError(made.message), journal), journal.path);
  const { stop } = made;
  const ended = new AbortController();
  const end = (): void => ended.abort(stop.signal.reason);
  const { model, approver, host, schemas, loaded } = before;
  const { signal } = ended;
  const rebuilding = rebuild({
    lines,
    ...{ model, approver, host, clock, journal },
    // Where personal data has tokens, plain digests of calls could be guessed: the lines have others.
    clean: (value, event) =>
      event ? mapPersonal(event, redact(value), (text) => text, journal.digestAsWritten) : redact(value),
    by: options.user,
    onLive: async () => {
      await journal.write('resumed', null, ENGINE, { fromLine: lines.length - 1, by: options.user });
      // An order to end is for what happens from now on; what happened before is only told again.
      if (stop.signal.aborted) end();
      else stop.signal.addEventListener('abort', end, { once: true });
    },
    inDoubt: (intent) => findOut(intent, { loaded, lines, journal, approver, schemas, clock, signal }),
  });
  const stopped = (): string | undefined => (rebuilding.isLive() ? stop.check() : undefined);
  try {
    const run = runEngine({ ...before, ...rebuilding, signal, stopped, opened: opened.data });
    const result = await rebuilding.lead(run);
    await journal.close();
    return { ok: true, result: resultOf(prepared, result, decisions) };
  } catch (error) {
    ended.abort('The run broke off');
    throw error;
  } finally {
    stop.close();
  }
}

type OpenedLine = Extract<TraceLine, { readonly event: 'run.opened' }>;

/** The first line of the trace, or why there is none to go on from. */
async function openedIn(path: string): Promise<OpenedLine | Refusal> {
  let opened: OpenedLine | undefined;
  const file = createReadStream(path);
  const scan = await scanTrace(file, {
    onGood: (line) => {
      if (line.event === 'run.opened') opened ??= line;
      // The rest is checked when the trace is opened to be gone on with.
      file.destroy();
    },
  });
  if (opened) return opened;
  return refusal(
    `The run in ${path} cannot go on: ${scan.firstBad ? `line ${scan.firstBad.line}: ${scan.firstBad.reason}` : 'it never began.'}`,
    path,
  );
}

export interface Files {
  readonly playbookPath: string;
  readonly casePath: string;
  readonly base: string;
}

/**
 * Where the files of a run are: as named, else as the trace names them, from the folder above its own. The names the
 * trace gives files are kept, so what a path ends in tells the folder they count from.
 */
export function filesOf(
  tracePath: string,
  opened: Opened,
  named: Pick<ResumeOptions, 'playbookPath' | 'casePath'>,
): Files {
  const above = dirname(dirname(tracePath));
  const { file } = opened.playbook;
  const playbookPath = named.playbookPath === undefined ? fileAt(above, file) : resolve(named.playbookPath);
  const base = isAbsolute(file) || !endsWith(playbookPath, file) ? above : cutOff(playbookPath, file);
  const casePath = named.casePath === undefined ? fileAt(base, opened.case.file) : resolve(named.casePath);
  return { playbookPath, casePath, base };
}

function fileAt(base: string, file: string): string {
  return isAbsolute(file) ? file : join(base, file);
}

function endsWith(path: string, file: string): boolean {
  return path.replaceAll('\\', '/').endsWith(`/${file}`);
}

function cutOff(path: string, file: string): string {
  return resolve(path.slice(0, path.length - file.length));
}

/** While it is only looked at what a run would be started with. */
const NOTHING_WRITTEN: Parameters<typeof partsOf>[2] = {
  lines: 0,
  write: () => Promise.reject(new Error('Nothing is written before the trace is opened again.')),
};
