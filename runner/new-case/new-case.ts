import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCase } from '../../language/load-case.js';
import type { Tool } from '../../language/model/catalog.js';
import type { Json } from '../../language/syntax/tree.js';
import { visible } from '../../language/visible.js';
import { scriptedApprover } from '../approvers/scripted.js';
import { calleesOf } from '../callees.js';
import { openSimulatedTrace } from '../evaluation/open-trace.js';
import { keyOf, type Script, type ScriptAnswer, scriptIn } from '../feedback/script.js';
import { writeNew } from '../feedback/write-new.js';
import { createModel } from '../models/index.js';
import { nodeFiles, readText } from '../node-files.js';
import type { Approver, Clock } from '../ports.js';
import { prepareText, type RunnablePlaybook, readPlaybook } from '../prepare.js';
import type { NewCaseReply } from '../protocol/new-case.js';
import type { JsonObject, TraceLine } from '../protocol/trace.js';
import { approvingPeople } from '../redteam/people.js';
import { countingIds, type Simulated, simulate } from '../redteam/simulation.js';
import { virtualClock } from '../redteam/virtual-clock.js';
import { type Refusal, refusal } from '../refusal.js';
import { eventsOf } from '../run-tools.js';
import { plainJson } from '../trace/canonical.js';
import { valueAt } from '../trace/places.js';
import { redactText } from '../trace/redact.js';
import { madeUp, madeUpInputs } from './made-up.js';
import { newCaseText } from './new-case-text.js';
import { notAnswered } from './not-answered.js';

export interface NewCaseOptions {
  /** File system paths; relative ones count from the working directory. */
  readonly playbookPath: string;
  readonly alertPath: string;
  /** The new file, `….case.yaml`. By default beside the alert and named as it is. */
  readonly out?: string | undefined;
  /** Whether it is written, or only given back. */
  readonly write: boolean;
  /** Who starts the run: they may not approve in it. */
  readonly user: string;
  readonly clock: Clock;
  /** Makes no further run once it aborts. */
  readonly signal: AbortSignal;
}

/** A playbook asks at most so often for something new because of what it was answered. */
const MOST_RUNS = 200;
const SUFFIX = '.case.yaml';
const LONGEST_TITLE = 200;

/**
 * Makes a case to begin with: dry-runs the playbook on the alert, again and again with what was asked for and not answered,
 * until nothing is. People approve; the model is the rehearsal's. Nothing leaves the machine, and no file is ever replaced.
 */
export async function makeNewCase(options: NewCaseOptions): Promise<NewCaseReply> {
  const out = outOf(options);
  if (!out.ok) return out;
  const playbook = readPlaybook(options.playbookPath);
  if ('ok' in playbook) return playbook;
  const begun = beginningOf(playbook, options, out);
  if ('ok' in begun) return begun;
  let home: string | undefined;
  try {
    home = await mkdtemp(join(tmpdir(), 'countersign-case-'));
    const made = await settle(playbook, begun, { ...options, out: out.path, home });
    if ('ok' in made) return made;
    const wrong = options.write ? writeNew([{ path: out.path, text: made.text }]) : undefined;
    return wrong === undefined ? { ok: true, path: out.path, ...made } : refusal(wrong, out.path);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return refusal(`A fault inside Countersign: ${what}. Please report it.`);
  } finally {
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  }
}

/** A case in which people answer as they are asked, and nobody is told anything. */
const EMPTY = { approvals: [], tasks: [], onEvents: [], notes: [], outputOf: () => undefined };

/** What of the case does not depend on a run. */
interface Beginning {
  readonly id: string;
  readonly title: string;
  readonly playbook: string;
  readonly alert: string;
  readonly inputs: JsonObject;
}

function outOf({ alertPath, out, write }: NewCaseOptions): { readonly ok: true; readonly path: string } | Refusal {
  const path = resolve(out ?? join(dirname(alertPath), `${nameOf(alertPath)}${SUFFIX}`));
  if (!path.endsWith(SUFFIX) || basename(path) === SUFFIX)
    return refusal(`"${basename(path)}" is no name for a case: it must end in ${SUFFIX}. Name one with --out.`);
  if (write && existsSync(path))
    return refusal(`"${path}" is there already, and a case is never written over. Name a new one with --out.`);
  return { ok: true, path };
}

/** Reads the alert as the case will name it; a refusal where it is none, with the place. */
function beginningOf(
  { path, loaded, schemas }: RunnablePlaybook,
  { alertPath }: NewCaseOptions,
  out: { readonly path: string },
): Beginning | Refusal {
  const file = resolve(alertPath);
  const read = readText(file);
  if (!read.ok) return refusal(`The alert ${file} cannot be used: ${read.reason}.`, file);
  const way = relative(dirname(out.path), file);
  if (isAbsolute(way))
    return refusal(`A case names its alert by a relative path, and there is none from ${out.path} to ${file}.`, file);
  const playbook = loaded.playbook.id?.value ?? '';
  const alert = way.replaceAll('\\', '/');
  const bare = { id: idOf(playbook, file), title: titleOf(null, playbook), playbook, alert, inputs: {} };
  const text = newCaseText({ ...bare, ...EMPTY, answers: [] });
  const sample = loadCase(pathToFileURL(out.path).href, text, nodeFiles());
  const [wrong] = sample.problems.filter(({ severity }) => severity === 'error');
  if (wrong || !sample.alert) {
    const hint =
      wrong?.rule === 'invalid-alert' ? ' "countersign alert map" makes one of what another product wrote.' : '';
    return refusal(
      `${file}:1 ${wrong?.rule ?? 'invalid-alert'}: ${wrong?.message ?? 'There is none.'}${hint}`,
      file,
      0,
    );
  }
  const inputs = madeUpInputs(loaded.playbook.inputs, sample.alert.value, schemas);
  if (inputs.problem !== null)
    return refusal(
      `${path}:1 No values could be made up for the playbook's inputs: ${inputs.problem}. Give them examples or defaults, or write the case by hand.`,
      path,
      0,
    );
  return { ...bare, title: titleOf(sample.alert.value, playbook), inputs: inputs.value };
}

/** `new-sign-in` of `new-sign-in.alert.json`. */
function nameOf(alertPath: string): string {
  return basename(alertPath).replace(/(\.alert)?\.json$/i, '');
}

/** As the schema of cases has ids: small letters, digits and single hyphens. */
function idOf(playbook: string, alertPath: string): string {
  const name = nameOf(alertPath)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${playbook}-${name === '' ? 'case' : name}`;
}

/** The finding's own title, in one line; its text is the alert's and may be anything. */
function titleOf(alert: Json, playbook: string): string {
  const given = valueAt(plainJson(alert), ['finding_info', 'title']);
  const line = visible(
    redactText(typeof given === 'string' ? given : '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return line === '' ? `A made-up case for ${playbook}` : Array.from(line).slice(0, LONGEST_TITLE).join('');
}

type Settled = Omit<Extract<NewCaseReply, { readonly ok: true }>, 'ok' | 'path'>;

interface Surroundings extends NewCaseOptions {
  readonly out: string;
  /** Folder of its own, for traces that nobody keeps. */
  readonly home: string;
}

async function settle(
  playbook: RunnablePlaybook,
  begun: Beginning,
  surroundings: Surroundings,
): Promise<Settled | Refusal> {
  const all = [playbook.loaded, ...calleesOf(playbook.loaded)];
  const toolOf = (name: string): Tool | undefined => all.flatMap(({ tools }) => tools.get(name) ?? [])[0];
  const made = new Map<string, ScriptAnswer>();
  for (let number = 1; ; number++) {
    const text = newCaseText({ ...begun, ...EMPTY, answers: [...made.values()] });
    const ran = await runOnce(playbook, text, surroundings, number, () => approvingPeople());
    if ('ok' in ran) return ran;
    const asked = madeUp(ran.lines, made, toolOf, playbook.schemas);
    for (const answer of asked.answers) made.set(keyOf(answer.tool, answer.with), answer);
    if (asked.answers.length > 0 && number < MOST_RUNS) continue;
    const notes = [...notAnswered(ran.lines), ...asked.unanswered];
    if (asked.answers.length > 0)
      notes.push(`After ${MOST_RUNS} runs it still asked for something new, so the rest is left out.`);
    const script = scriptOf(ran.lines, made);
    const onEvents = [...new Set(script.answers.map(({ tool }) => tool))].filter((name) => {
      const kind = toolOf(name)?.backend.kind;
      return kind === 'evidence' || kind === 'built-in';
    });
    const written = newCaseText({ ...begun, ...script, onEvents, notes, outputOf: (name) => toolOf(name)?.output });
    // What is said of the case is what a run with it came to, by its own script.
    const proof = await runOnce(playbook, written, surroundings, number + 1, (sample) => scriptedApprover(sample));
    if ('ok' in proof) return proof;
    const { outcome, reason } = proof.result;
    return {
      text: written,
      ...{ outcome, reason, notes, verdict: verdictOf(proof) },
      answers: script.answers.length,
      approvals: script.approvals.length,
      tasks: script.tasks.length,
    };
  }
}

/** As the result of a run has it. */
function verdictOf({ result: { verdict } }: Simulated): string | null {
  return verdict === null || typeof verdict === 'string' ? verdict : JSON.stringify(verdict);
}

/** What was answered in the last run, as the case says it. Silence of nobody is no answer. */
function scriptOf(
  lines: readonly TraceLine[],
  made: ReadonlyMap<string, ScriptAnswer>,
): Pick<Script, 'answers' | 'approvals' | 'tasks'> {
  const { answers, approvals, tasks } = scriptIn(lines, { answers: [] });
  return {
    answers: answers.filter(({ tool, with: args }) => made.has(keyOf(tool, args))),
    approvals: approvals.flatMap(({ gate, as, decision }) => (as === undefined ? [] : [{ gate, as, decision }])),
    tasks,
  };
}

async function runOnce(
  playbook: RunnablePlaybook,
  text: string,
  { out, home, clock, user, signal }: Surroundings,
  number: number,
  approver: (sample: Parameters<typeof scriptedApprover>[0]) => Approver,
): Promise<Simulated | Refusal> {
  const interrupted = refusal('It was interrupted, and nothing is written.');
  if (signal.aborted) return interrupted;
  const now = clock.now();
  const ids = countingIds(number);
  const prepared = prepareText(playbook, text, {
    casePath: out,
    tracePath: join(home, `${number}.trace.jsonl`),
    model: (sample) => createModel('rehearsal', { case: sample, clock }),
    ...{ clock, ids },
  });
  if ('ok' in prepared) return prepared;
  const events = eventsOf(prepared.sample.case);
  if ('ok' in events) return events;
  const simulation = { user, signal, events, approver, ids, openTrace: openSimulatedTrace };
  const ran = await simulate(prepared, { ...simulation, clock: (idle) => virtualClock(now, idle) });
  // Where it was cut off it says nothing of what the playbook asks.
  return signal.aborted ? interrupted : ran;
}
