import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEvaluator } from '../language/expressions/evaluate.js';
import { type LoadedPlaybook, loadPlaybook } from '../language/load.js';
import { alertProblem, type LoadedCase, loadCase } from '../language/load-case.js';
import { alertValue } from '../language/model/entities.js';
import { type BreakerReading, readBreaker } from './breaker/breaker.js';
import { measuredDigest } from './breaker/measured-digest.js';
import { caseInputs } from './case-inputs.js';
import { changedExamples, examplesOf } from './examples.js';
import type { ModelClient } from './models/port.js';
import { nodeFiles, pathOf, readText } from './node-files.js';
import type { Clock } from './ports.js';
import type { Json, JsonObject } from './protocol/trace.js';
import { type Refusal, refusal, refusalFor } from './refusal.js';
import type { RunOptions } from './run.js';
import { type SchemaCheck, schemaCheck } from './tools/schema-check.js';
import { canonical, plainJson } from './trace/canonical.js';

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

function defaultTrace(playbookPath: string, playbook: string, sample: string, clock: Clock): string {
  const home = isBelow(process.cwd(), playbookPath) ? process.cwd() : dirname(playbookPath);
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '');
  return join(home, 'traces', `${playbook}-${sample}-${stamp}.trace.jsonl`);
}

/** Whether a path lies in a folder, at any depth. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
