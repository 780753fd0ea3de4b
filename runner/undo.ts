import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LoadedPlaybook, loadPlaybook } from '../language/load.js';
import { loadCase } from '../language/load-case.js';
import { callDigest, type RunBinding } from './decide/call.js';
import { actPlace, type LaterUndone, undoLater } from './engine/undo-later.js';
import { isLive } from './kill.js';
import { nodeFiles, readText } from './node-files.js';
import type { Clock, Ids } from './ports.js';
import type { TraceEventName, TraceEvents, TraceLine } from './protocol/trace.js';
import { changedSince } from './resume/unchanged.js';
import { fault, restsOn } from './run.js';
import { simulatedTools } from './run-tools.js';
import { schemaCheck } from './tools/schema-check.js';
import { openJournal, type Random } from './trace/journal.js';
import { committedDigest } from './trace/personal.js';
import { readPersonal } from './trace/personal-file.js';
import { knownValues, revealLine } from './trace/reveal-line.js';
import { sideFiles } from './trace/side-files.js';
import { verifyTrace } from './trace/verify.js';

export interface UndoOptions {
  /** The trace of the run. */
  readonly tracePath: string;
  /** Id of the act's call in it. */
  readonly call: string;
  /** Who takes it back, as they say. */
  readonly as: string;
  readonly reason: string;
  /** Where the playbook is, when it is not where the trace says. */
  readonly playbookPath?: string | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signal: AbortSignal;
  /** For tokens, where the trace has them. */
  readonly random: Random;
}

export type UndoReply =
  | {
      readonly ok: true;
      readonly became: LaterUndone;
      readonly trace: string;
      readonly tool: string;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Takes back an act of a run that is over, within the time the playbook gives for it. The trace of that run is closed and stays
 * as it is: what happens now has a trace of its own beside it, which names the run, the act and the last line of its trace.
 * Playbook, policy, catalogs and case must be the very ones of the run. Never rejects but on a fault of ours.
 */
export async function undoAct(options: UndoOptions): Promise<UndoReply> {
  const { tracePath, call: id, clock, ids } = options;
  const lines: TraceLine[] = [];
  // What the trace has tokens for is needed as it was.
  const values = knownValues(tracePath);
  const { firstBad, lines: count } = await verifyTrace(tracePath, {
    onGood: (line) => lines.push(revealLine(line, values)),
  });
  // A run that was cut off may have acted, and what it did may be taken back all the same.
  if (firstBad && firstBad.line <= count) return no(`The trace is broken at line ${firstBad.line}: ${firstBad.reason}`);
  if (isLive(tracePath))
    return no('The run still goes on. Take the act back there, or end the run first: "countersign kill".');
  const opened = dataOf(lines, 'run.opened')[0];
  const last = lines.at(-1);
  if (!opened || !last) return no('The trace has no run in it.');
  if (opened.undoes) return no('This is the trace of an undo. Give the trace of the run.');

  const call = dataOf(lines, 'proposed').find((one) => one.call.id === id)?.call;
  const told = lines.flatMap((line) => (line.event === 'notified' && line.data.call === id ? [line] : []))[0];
  if (!call || !told) return no(`No act "${id}" at level "notify" is in this trace. ${actsIn(lines)}`);
  const { undo } = told.data;
  if (!undo || told.step === null) return no(`Nothing takes ${call.tool} back.`);
  if (undo.until === null)
    return no(
      'The playbook gives no "undo-within" for this act, so it could be taken back only while the run went on.',
    );
  if (dataOf(lines, 'undone').some((one) => one.call === id && one.ok))
    return no('It was taken back in the run itself.');

  const found = filesFor(options, opened.playbook.file, opened.case.file);
  if (!found.ok) return found;
  const { loaded, sample, texts } = found;
  const is = restsOn({ loaded, sample, texts, breaker: undefined, heldOut: new Set() }, (uri) => uri);
  const changed = changedSince(opened, { ...opened, callees: [], context: [], examples: [], ...is });
  if (changed.length > 0)
    return no(
      `What the run rests on was changed since the run: ${changed.join(', ')}. What may take an act back is what was in force then; bring the files back as they were.`,
    );
  const binding: RunBinding = {
    run: ids.next('run'),
    playbook: is.playbook.digest,
    policy: is.policy?.digest ?? null,
    callees: (is.callees ?? []).map(({ digest }) => digest).sort(),
  };
  const personal = opened.personal ? readPersonal(sideFiles(tracePath).personal) : undefined;
  if (personal && (!personal.ok || personal.data.digests === null))
    return no('The personal data of the trace was erased, so what the act was done to is not known any more.');
  const salt = personal?.ok ? personal.data.digests : null;
  const digest = callDigest(call, binding);
  if (
    (salt === null ? digest : committedDigest(digest, salt)) !== call.digest ||
    JSON.stringify(undo.arguments).includes('[redacted:')
  ) {
    return no(
      'The arguments of the act are not in the trace as they were: something in them was replaced. Take it back by hand.',
    );
  }

  const place = actPlace(loaded, told.step, undo.tool);
  if (!place) return no(`The playbook has no step "${told.step}" any more, or no tool ${undo.tool}.`);
  const attempt = await nextAttempt(tracePath, id);
  if (!attempt.ok) return attempt;
  const journal = await openJournal(attempt.path, {
    run: binding.run,
    clock,
    personal: personal?.ok ? { values: personal.data.entries, random: options.random } : undefined,
  });
  if (!journal.ok) return no(journal.message);
  const schemas = schemaCheck();
  const { checkpoints: _, personal: __, ...before } = opened;
  try {
    const became = await undoLater(
      {
        place,
        binding,
        call,
        arguments: undo.arguments,
        until: Date.parse(undo.until),
        journal: journal.journal,
        host: simulatedTools(sample.case, schemas),
        schemas,
        clock,
        ids,
        how: 'terminal',
        signal: options.signal,
        opened: {
          ...before,
          approvals: 'terminal',
          startedBy: options.as,
          undoes: { run: last.run, call: id, last: last.hash },
        },
      },
      { as: options.as, reason: options.reason },
    );
    await journal.journal.close();
    return { ok: true, became, trace: attempt.path, tool: undo.tool };
  } catch (error) {
    return no(await fault(error, journal.journal));
  }
}

/** Where the trace of the next attempt goes. One that is under way, or was cut off, and one that worked rule out another. */
async function nextAttempt(
  tracePath: string,
  call: string,
): Promise<{ readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string }> {
  const stem = tracePath.replace(/\.trace\.jsonl$/, '');
  for (let number = 1; ; number++) {
    const path = `${stem}.undo-${call}${number === 1 ? '' : `-${number}`}.trace.jsonl`;
    if (!existsSync(path)) return { ok: true, path };
    const before: TraceLine[] = [];
    const { valid } = await verifyTrace(path, { onGood: (line) => before.push(line) });
    if (!valid) return no(`Somebody is taking it back, or tried and was cut off: see ${path}.`);
    if (dataOf(before, 'undone').some(({ ok }) => ok)) return no(`It was taken back before: see ${path}.`);
  }
}

function filesFor(options: UndoOptions, playbookFile: string, caseFile: string) {
  const { tracePath } = options;
  const bases = [dirname(dirname(resolve(tracePath))), dirname(resolve(tracePath)), process.cwd()];
  const at = (file: string): string | undefined =>
    isAbsolute(file) ? file : bases.map((base) => join(base, file)).find((path) => existsSync(path));
  const given = options.playbookPath === undefined ? undefined : resolve(options.playbookPath);
  const playbookPath = given ?? at(playbookFile);
  // Where the playbook was given, the other files are named from the same place.
  const moved = given && resolve(given, ...playbookFile.split('/').map(() => '..'), caseFile);
  const casePath = moved && existsSync(moved) ? moved : at(caseFile);
  if (!playbookPath || !casePath) {
    return no(`The playbook ${playbookFile} of the run is not found from here. Say where it is with --playbook.`);
  }
  const files = nodeFiles();
  const playbook = readText(playbookPath);
  const sampleText = readText(casePath);
  if (!playbook.ok) return no(`The playbook ${playbookPath} cannot be read: ${playbook.reason}.`);
  if (!sampleText.ok) return no(`The case ${casePath} cannot be read: ${sampleText.reason}.`);
  const loaded: LoadedPlaybook = loadPlaybook(pathToFileURL(playbookPath).href, playbook.text, files);
  const sample = loadCase(pathToFileURL(casePath).href, sampleText.text, files);
  const texts = new Map(files.texts).set(loaded.uri, loaded.text).set(sample.uri, sample.text);
  return { ok: true as const, loaded, sample, texts };
}

function actsIn(lines: readonly TraceLine[]): string {
  const acts = dataOf(lines, 'notified').map(({ call }) => call);
  return acts.length === 0 ? 'It has none.' : `It has: ${acts.join(', ')}.`;
}

function dataOf<E extends TraceEventName>(lines: readonly TraceLine[], event: E): readonly TraceEvents[E][] {
  return lines.flatMap((line) => (isOf(line, event) ? [line.data] : []));
}

function isOf<E extends TraceEventName>(
  line: TraceLine,
  event: E,
): line is TraceLine & { readonly event: E; readonly data: TraceEvents[E] } {
  return line.event === event;
}

function no(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
