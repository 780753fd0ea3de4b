import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveReference } from '../language/host.js';
import type { LoadedPlaybook } from '../language/load.js';
import type { Case } from '../language/model/case.js';
import type { Tool } from '../language/model/catalog.js';
import { alertEntities } from '../language/model/entities.js';
import { indexLines, type LineIndex } from '../language/syntax/lines.js';
import { calleesOf } from './callees.js';
import type { LiveRun } from './control.js';
import type { RunBinding } from './decide/call.js';
import { type Decision, decisionIn } from './decisions.js';
import { type EngineParts, type EngineResult, runEngine } from './engine/engine.js';
import { examplesOf } from './examples.js';
import { unmetExpectations } from './expectations.js';
import type { ModelClient } from './models/port.js';
import { pathOf } from './node-files.js';
import type { Approver, Clock, Ids } from './ports.js';
import { isBelow, type Prepared, prepare } from './prepare.js';
import type { RunReply } from './protocol/messages.js';
import type { Json, TraceEvents, TraceLine } from './protocol/trace.js';
import { type Refusal, refusal } from './refusal.js';
import { type EvidenceData, type EvidenceThreads, type LiveOptions, openTools, type RunTools } from './run-tools.js';
import { type Stoppable, stoppable } from './stop.js';
import { sha256 } from './trace/canonical.js';
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

/** A file as the trace names it: from `base` where it lies below, else whole. */
function nameFrom(base: string, uri: string): string {
  const path = pathOf(uri);
  if (path === undefined) return uri;
  return isBelow(base, path) ? relative(base, path).replaceAll('\\', '/') : path;
}
