import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEvaluator } from '../language/expressions/evaluate.js';
import { resolveReference } from '../language/host.js';
import { type LoadedPlaybook, loadPlaybook } from '../language/load.js';
import { alertProblem, type LoadedCase, loadCase } from '../language/load-case.js';
import type { Case } from '../language/model/case.js';
import type { Tool } from '../language/model/catalog.js';
import { alertEntities, alertValue } from '../language/model/entities.js';
import { indexLines, type LineIndex } from '../language/syntax/lines.js';
import { type BreakerReading, readBreaker } from './breaker/breaker.js';
import { measuredDigest } from './breaker/measured-digest.js';
import { calleesOf } from './callees.js';
import { caseInputs } from './case-inputs.js';
import type { LiveRun } from './control.js';
import type { RunBinding } from './decide/call.js';
import { type Decision, decisionIn } from './decisions.js';
import { type EngineParts, type EngineResult, runEngine } from './engine/engine.js';
import { changedExamples, examplesOf } from './examples.js';
import { unmetExpectations } from './expectations.js';
import type { ModelClient } from './models/port.js';
import { nodeFiles, pathOf, readText } from './node-files.js';
import type { Approver, Clock, Ids } from './ports.js';
import type { RunReply } from './protocol/messages.js';
import type { Json, JsonObject, TraceEvents, TraceLine } from './protocol/trace.js';
import { type Refusal, refusal, refusalFor } from './refusal.js';
import { type EvidenceData, type EvidenceThreads, type LiveOptions, openTools, type RunTools } from './run-tools.js';
import { type Stoppable, stoppable } from './stop.js';
import { type SchemaCheck, schemaCheck } from './tools/schema-check.js';
import { canonical, plainJson, sha256 } from './trace/canonical.js';
import { type Journal, JournalError, openJournal, type Random } from './trace/journal.js';
import type { Signer } from './trace/note.js';
import { PERSONAL_TYPES, type PersonalValue } from './trace/personal.js';
import { VERSION } from './version.js';

export interface RunOptions {
  /** File system paths; relative ones count from the working directory. */
  readonly playbookPath: string;
  readonly casePath: string;
  /** A new file. By default one under `traces`, in the working directory when the playbook lies below it, else beside it. */
  readonly tracePath?: string | undefined;
  /** Made once the case is read; `createModel` gives what it is to return. */
  readonly model: (
    sample: Case,
    loaded: LoadedPlaybook,
  ) => { readonly ok: true; readonly model: ModelClient } | { readonly ok: false; readonly message: string };
  readonly approver: (sample: Case) => Approver;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Live servers for tools that only read. Absent: no server is reached. */
  readonly live?: LiveOptions | undefined;
  /** Who starts the run; they may not approve in it. */
  readonly user: string;
  /** Ends the run before its next effect. */
  readonly signal: AbortSignal;
  /** Signs checkpoints of the trace; nobody does unless given. */
  readonly signer?: Signer | undefined;
  /** Has the trace name the alert's people by tokens, whose salts are of these random bytes; as they are unless given. */
  readonly commitPersonal?: Random | undefined;
  /** Told of every line once it is written. */
  readonly onEvent?: (line: TraceLine) => void;
}

/**
 * Dry-runs a playbook over a case. A run that cannot start, or whose trace cannot be written, is a value with the reason
 * and the place; before the first line of the trace is written nothing is changed anywhere. Never rejects.
 */
export async function runPlaybook(options: RunOptions): Promise<RunReply> {
  let journal: Journal | undefined;
  let tools: RunTools | undefined;
  let stop: Stoppable | undefined;
  try {
    const prepared = prepare(options);
    if ('ok' in prepared) return prepared;
    const { tracePath, run } = prepared;
    const answering = await toolsOf(options, prepared);
    if ('ok' in answering) return answering;
    tools = answering;
    const random = options.commitPersonal;
    const opened = await openJournal(tracePath, {
      run,
      clock: options.clock,
      signer: options.signer,
      personal: random && { values: personalOf(prepared.alert.value), random },
    });
    if (!opened.ok) return refusal(opened.message, tracePath);
    journal = opened.journal;
    const decisions: Decision[] = [];
    journal.onLine((line) => decisions.push(...noted(line)));
    if (options.onEvent) journal.onLine(safely(options.onEvent));
    const made = stoppable(journal, liveOf(prepared, options.clock), options.signal, options.user);
    if (!made.ok) return refusal(await fault(new JournalError(made.message), journal), tracePath);
    stop = made.stop;
    const parts = partsOf(options, prepared, journal, tools);
    const result = await runEngine({ ...parts, signal: stop.signal, stopped: stop.check });
    await journal.close();
    return { ok: true, result: resultOf(prepared, result, decisions) };
  } catch (error) {
    return refusal(await fault(error, journal), journal?.path ?? null);
  } finally {
    stop?.close();
    await tools?.close();
  }
}

/** A run that is about to start: everything is read and fits. */
export interface Prepared {
  readonly run: string;
  readonly loaded: LoadedPlaybook;
  readonly sample: LoadedCase;
  readonly alert: NonNullable<LoadedCase['alert']>;
  readonly inputs: JsonObject | undefined;
  readonly schemas: SchemaCheck;
  readonly model: ModelClient;
  readonly texts: ReadonlyMap<string, string>;
  readonly tracePath: string;
  /** Folder that the trace names files from. */
  readonly base: string;
  /** What the policy's breaker comes to; `undefined`: it has none, or the run is one that is to measure without it. */
  readonly breaker: BreakerReading | undefined;
  /** URIs of examples that its agents are not shown. */
  readonly heldOut: ReadonlySet<string>;
}

/** What the trace of a run that goes on settles. */
export interface Settled {
  readonly run: string;
  /** When the run began, in milliseconds since the epoch. */
  readonly begun: number;
  /** Folder that the trace names files from. */
  readonly base: string;
}

/** A playbook that can be run, with the text of every file it was read with. */
export interface RunnablePlaybook {
  readonly path: string;
  readonly loaded: LoadedPlaybook;
  readonly texts: ReadonlyMap<string, string>;
  /** Of all its runs: what is compiled for one serves the others. */
  readonly schemas: SchemaCheck;
}

/** Reads a playbook with everything it refers to; one with errors is refused. */
export function readPlaybook(playbookPath: string): RunnablePlaybook | Refusal {
  const path = resolve(playbookPath);
  const file = readText(path);
  if (!file.ok) return refusal(`The playbook ${path} cannot be run: ${file.reason}.`, path);
  const files = nodeFiles();
  const loaded = loadPlaybook(pathToFileURL(path).href, file.text, files);
  const broken = refusalFor(path, loaded.lines, loaded.problems) ?? changedExample(path, loaded);
  return broken ?? { path, loaded, texts: new Map(files.texts).set(loaded.uri, loaded.text), schemas: schemaCheck() };
}

function changedExample(path: string, loaded: LoadedPlaybook): Refusal | undefined {
  const [first] = changedExamples(loaded);
  if (!first) return undefined;
  const { line } = loaded.examples.includes(first) ? loaded.lines.positionAt(first.at.range.start) : { line: 0 };
  return refusal(
    `${path}:${line + 1} The example "${first.at.value}" is no longer what ${first.mark.by} read, so no agent is shown it. Have it reviewed again: "countersign feedback review".`,
    path,
    line,
  );
}

interface PrepareOptions extends Pick<RunOptions, 'casePath' | 'tracePath' | 'model' | 'clock' | 'ids'> {
  /**
   * Set for simulations only: acts run at the most they ever may, as if a measure showed that they are seldom wrong. An act that
   * has fallen to people can be measured no other way, and what withstands an adversary must do so without a breaker.
   */
  readonly ignoresBreaker?: boolean;
  /** Set where answers are counted: no agent is shown what people decided over the very alert that it is asked about. */
  readonly holdsOut?: boolean;
}

/** Reads playbook and case and sees whether one can be run on the other. Changes nothing anywhere. */
export function prepare(
  options: PrepareOptions & Pick<RunOptions, 'playbookPath'>,
  settled?: Settled,
): Prepared | Refusal {
  const playbook = readPlaybook(options.playbookPath);
  return 'ok' in playbook ? playbook : prepareCase(playbook, options, settled);
}

/** The same for a playbook that was read before. */
export function prepareCase(
  playbook: RunnablePlaybook,
  options: PrepareOptions,
  settled?: Settled,
): Prepared | Refusal {
  const casePath = resolve(options.casePath);
  const caseFile = readText(casePath);
  if (!caseFile.ok) return refusal(`The case ${casePath} cannot be used: ${caseFile.reason}.`, casePath);
  return prepareText(playbook, caseFile.text, options, settled);
}

/** The same with the text that is at `casePath`, or is to be there. */
export function prepareText(
  playbook: RunnablePlaybook,
  text: string,
  options: PrepareOptions,
  settled?: Settled,
): Prepared | Refusal {
  const files = nodeFiles();
  const { path: playbookPath, loaded, schemas } = playbook;
  const casePath = resolve(options.casePath);
  const sample = loadCase(pathToFileURL(casePath).href, text, files);
  const broken = refusalFor(casePath, sample.lines, sample.problems);
  if (broken) return broken;

  const { alert } = sample;
  const wanted = sample.case.playbook;
  const id = loaded.playbook.id?.value;
  if (id === undefined || wanted?.value !== id) {
    const line = wanted ? sample.lines.positionAt(wanted.range.start).line : 0;
    const message = `${casePath}:${line + 1} wrong-playbook: This case is for the playbook "${wanted?.value ?? ''}", not for "${id ?? ''}". Run it with that one, or choose another case.`;
    return refusal(message, casePath, line);
  }
  if (!alert)
    return refusal(`${casePath}: The case names no alert that can be read. Name one under "alert".`, casePath, 0);
  const unfit = alertProblem(alert.value, loaded.playbook.trigger?.class?.value);
  if (unfit !== undefined)
    return refusal(`The alert ${pathOf(alert.uri) ?? alert.uri} cannot be used: ${unfit}`, casePath, 0);
  const inputs = caseInputs(loaded, sample, schemas);
  if (!inputs.ok) return inputs;
  const untriggered = triggerProblem(loaded, alert.value, inputs.value);
  if (untriggered !== undefined) return refusal(untriggered, playbookPath, 0);
  const model = options.model(sample.case, loaded);
  if (!model.ok) return refusal(model.message);

  const run = settled?.run ?? options.ids.next('run');
  const tracePath = resolve(
    options.tracePath ?? defaultTrace(playbookPath, id, sample.case.id?.value ?? 'case', options.clock),
  );
  const texts = new Map([...playbook.texts, ...files.texts, [sample.uri, sample.text]]);
  const above = dirname(dirname(tracePath));
  const base = settled?.base ?? (isBelow(above, playbookPath) ? above : dirname(playbookPath));
  const breaker = options.ignoresBreaker
    ? undefined
    : readBreaker({
        ...{ loaded, digest: measuredDigest(playbook), model: model.model },
        now: settled?.begun ?? options.clock.now(),
      });
  return {
    run,
    loaded,
    sample,
    alert,
    inputs: inputs.value,
    schemas,
    model: model.model,
    texts,
    tracePath,
    base,
    breaker,
    heldOut: new Set(options.holdsOut ? examplesOver(alert.value, loaded) : []),
  };
}

function examplesOver(alert: Json, loaded: LoadedPlaybook): readonly string[] {
  const examples = examplesOf(loaded);
  if (examples.length === 0) return [];
  const own = canonical(plainJson(alert));
  return examples.flatMap(({ uri, content }) =>
    content.alert !== undefined && canonical(plainJson(content.alert)) === own ? [uri] : [],
  );
}

/** What the run says of itself to whoever looks for runs that are going on. */
export function liveOf({ run, loaded, sample }: Prepared, clock: Clock): LiveRun {
  return {
    run,
    pid: process.pid,
    playbook: loaded.playbook.id?.value ?? '',
    case: sample.case.id?.value ?? '',
    since: new Date(clock.now()).toISOString(),
  };
}

/** Why the playbook does not run on this alert; `undefined` when it does. */
export function triggerProblem(
  { playbook, context }: LoadedPlaybook,
  alert: Json,
  inputs: JsonObject | undefined,
): string | undefined {
  const when = playbook.trigger?.when;
  if (!when) return undefined;
  const result = createEvaluator().evaluate(when.parsed, {
    alert: plainJson(alertValue(alert)),
    ...(inputs === undefined ? {} : { inputs }),
    ...(context.size === 0 ? {} : { context: Object.fromEntries(context) }),
  });
  const text = when.parsed.text.trim();
  if (!result.ok)
    return `Whether this playbook is for the alert cannot be told: "${text}" has no value: ${result.reason}`;
  if (result.value === true) return undefined;
  return `This playbook is not for the alert: its trigger "${text}" does not hold. Choose another alert, or change the trigger.`;
}

/** What every call of the run is bound to. */
export function bindingOf({ run, loaded, texts }: Pick<Prepared, 'run' | 'loaded' | 'texts'>): RunBinding {
  const digest = (uri: string): string => sha256(texts.get(uri) ?? '');
  return {
    run,
    playbook: digest(loaded.uri),
    policy: loaded.policy ? digest(loaded.policy.uri) : null,
    callees: calleesOf(loaded)
      .map(({ uri }) => digest(uri))
      .sort(),
  };
}

/** Opens what answers the calls of a run. Whoever opens it closes it. */
export function toolsOf(
  { clock, live, signal }: Pick<RunOptions, 'clock' | 'live' | 'signal'>,
  { loaded, sample, alert, schemas, base }: Prepared,
  events?: EvidenceData,
  threads?: EvidenceThreads,
): Promise<RunTools | Refusal> {
  const tools = [loaded, ...calleesOf(loaded)].flatMap(calledTools);
  const name = (uri: string): string => nameFrom(base, uri);
  return openTools({
    sample: sample.case,
    alert: alert.value,
    schemas,
    clock,
    tools: [...new Set(tools)],
    live,
    signal,
    events,
    threads,
    name,
  });
}

/** The tools that the steps of a playbook can call. */
function calledTools({ stepOf, tools }: LoadedPlaybook): readonly Tool[] {
  const names = [...stepOf.values()].flatMap((step) => {
    if (step.kind === 'action') return [step.tool.value];
    return step.kind === 'agent' ? step.tools.map(({ tool }) => tool.value) : [];
  });
  return names.flatMap((name) => tools.get(name) ?? []);
}

/** What the engine is started with. */
export function partsOf(
  options: Pick<RunOptions, 'approver' | 'clock' | 'ids' | 'user' | 'signal'>,
  prepared: Prepared,
  journal: EngineParts['journal'],
  tools: RunTools,
): EngineParts {
  const { sample, alert, inputs, schemas, model, texts, base, breaker, heldOut } = prepared;
  const loaded = breaker ? { ...prepared.loaded, breaker: breaker.verdictOn } : prepared.loaded;
  const names = new Map<string, string>();
  const name = (uri: string): string => {
    const known = names.get(uri) ?? nameFrom(base, uri);
    names.set(uri, known);
    return known;
  };
  const approver = options.approver(sample.case);
  const lines = new Map<string, LineIndex>([[loaded.uri, loaded.lines]]);
  return {
    loaded,
    alert: alert.value,
    inputs,
    binding: bindingOf(prepared),
    model,
    approver,
    journal,
    clock: options.clock,
    ids: options.ids,
    schemas,
    host: tools.host,
    evidence: tools.evidence,
    heldOut,
    sampled: sample.case.sampled && new Set(sample.case.sampled.map((step) => step.value)),
    user: options.user,
    signal: options.signal,
    placeOf(uri, range) {
      const text = texts.get(uri);
      if (text === undefined) return null;
      const index = lines.get(uri) ?? indexLines(text);
      lines.set(uri, index);
      return { file: name(uri), ...index.positionAt(range.start) };
    },
    opened: {
      ...restsOn(prepared, name),
      alert: { file: name(alert.uri), digest: sha256(alert.text) },
      ...tools.opened,
      engine: VERSION,
      model: { provider: model.provider, id: model.id, ai: model.ai, note: model.note },
      approvals: approver.how,
      dryRun: true,
      startedBy: options.user,
    },
  };
}

/** The files a run rests on beside the alert and event data, as `run.opened` has them. */
export function restsOn(
  { loaded, sample, texts, breaker, heldOut }: Pick<Prepared, 'loaded' | 'sample' | 'texts' | 'breaker' | 'heldOut'>,
  name: (uri: string) => string,
): Pick<
  TraceEvents['run.opened'],
  'playbook' | 'policy' | 'catalogs' | 'callees' | 'context' | 'examples' | 'case' | 'measure'
> {
  const digest = (uri: string): string => sha256(texts.get(uri) ?? '');
  const fileAt = (uri: string) => ({ file: name(uri), digest: digest(uri) });
  const versionAt = ({ uri, playbook }: LoadedPlaybook) => ({
    id: playbook.id?.value ?? '',
    version: playbook.version?.value ?? '',
    ...fileAt(uri),
  });
  const { policy } = loaded;
  const { callees, catalogs, contexts } = urisOf(loaded);
  const shown = examplesOf(loaded).filter(({ uri }) => !heldOut.has(uri));
  const examples = uniqueUris(shown.flatMap(({ files }) => files));
  return {
    playbook: versionAt(loaded),
    policy: policy ? { id: policy.id?.value ?? '', digest: digest(policy.uri) } : null,
    catalogs: catalogs.map(fileAt),
    ...(callees.length === 0 ? {} : { callees: callees.map(versionAt) }),
    ...(contexts.length === 0 ? {} : { context: contexts.map(fileAt) }),
    ...(examples.length === 0 ? {} : { examples: examples.map(fileAt) }),
    case: { id: sample.case.id?.value ?? '', ...fileAt(sample.uri) },
    ...(breaker
      ? {
          measure: breaker.measure && {
            file: name(pathToFileURL(breaker.measure.path).href),
            digest: breaker.measure.digest,
          },
        }
      : {}),
  };
}

function urisOf(loaded: LoadedPlaybook) {
  const callees = calleesOf(loaded);
  const all = [loaded, ...callees];
  return {
    callees,
    catalogs: uniqueUris(all.flatMap((one) => one.catalogs.map(({ uri }) => uri))),
    contexts: uniqueUris(
      all.flatMap((one) => one.playbook.context.map(({ file }) => resolveReference(one.uri, file.value))),
    ),
  };
}

/** Who the alert is about: of the entities it names, those that are personal data. */
function personalOf(alert: Json): readonly PersonalValue[] {
  const entities = alertEntities(alert);
  return PERSONAL_TYPES.flatMap((type) => (entities[type] ?? []).map((value) => ({ type, value })));
}

function uniqueUris(uris: readonly string[]): readonly string[] {
  return [...new Set(uris)];
}

/** What a line adds to the decisions of people. */
export function noted(line: TraceLine): readonly Decision[] {
  const decision = decisionIn(line);
  return decision ? [decision] : [];
}

/** @param decisions what people decided in the run, in order */
export function resultOf(
  { run, loaded, sample, model, tracePath }: Prepared,
  ended: EngineResult,
  decisions: readonly Decision[],
): Extract<RunReply, { ok: true }>['result'] {
  const { outcome, acts, reviews, undo, usage, reason } = ended;
  const verdict =
    ended.verdict === null || typeof ended.verdict === 'string' ? ended.verdict : JSON.stringify(ended.verdict);
  return {
    version: 1,
    run,
    playbook: loaded.playbook.id?.value ?? '',
    case: sample.case.id?.value ?? '',
    model: model.id,
    outcome,
    verdict,
    acts,
    reviews,
    undo,
    usage,
    trace: tracePath,
    identity: acts.some(({ approvedBy }) => approvedBy.length > 0) ? 'locally-asserted' : null,
    unmet: unmetExpectations(sample, { verdict, outcome, acts, reason, decisions, policy: loaded.policy }),
    reason,
  };
}

/** The entry point's one catch: what a run that broke off leaves behind, and what to say of it. */
export async function fault(error: unknown, journal: Journal | undefined): Promise<string> {
  const kept = journal ? ` Its trace, as far as it got, is ${journal.path}.` : '';
  if (error instanceof JournalError) {
    await journal?.close().catch(() => undefined);
    return error.message;
  }
  const what = error instanceof Error ? error.message : String(error);
  const reason = `A fault inside Countersign ended the run: ${what}.`;
  const usage = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  try {
    if (journal) {
      const lines = journal.lines + 1;
      await journal.write(
        'run.closed',
        null,
        { kind: 'engine', id: 'countersign' },
        { outcome: 'failed', verdict: null, reason, usage, lines },
      );
      await journal.close();
    }
  } catch {
    // The trace is broken off then, and verifying it says so.
  }
  return `${reason}${kept} Please report it.`;
}

/** A listener's own faults must not reach the journal. */
export function safely(listener: (line: TraceLine) => void): (line: TraceLine) => void {
  return (line) => {
    try {
      listener(line);
    } catch {
      // Whoever watches may fail; the run is not theirs.
    }
  };
}

function defaultTrace(playbookPath: string, playbook: string, sample: string, clock: Clock): string {
  const home = isBelow(process.cwd(), playbookPath) ? process.cwd() : dirname(playbookPath);
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '');
  return join(home, 'traces', `${playbook}-${sample}-${stamp}.trace.jsonl`);
}

/** A file as the trace names it: from `base` where it lies below, else whole. */
function nameFrom(base: string, uri: string): string {
  const path = pathOf(uri);
  if (path === undefined) return uri;
  return isBelow(base, path) ? relative(base, path).replaceAll('\\', '/') : path;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
