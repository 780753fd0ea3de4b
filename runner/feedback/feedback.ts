import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoadedCase } from '../../language/load-case.js';
import { loadCase } from '../../language/load-case.js';
import { type CaseFeedback, TRUTHS, type Truth } from '../../language/model/case.js';
import type { EvaluatedRun } from '../evaluation/evaluated-run.js';
import { nodeFiles, pathOf } from '../node-files.js';
import type { FeedbackReply } from '../protocol/feedback.js';
import type { TraceEvents, TraceLine } from '../protocol/trace.js';
import { refusalFor } from '../refusal.js';
import { canonical, plainJson, sha256 } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { readPersonal } from '../trace/personal-file.js';
import { readTrace } from '../trace/read.js';
import { redact } from '../trace/redact.js';
import { sideFiles } from '../trace/side-files.js';
import { type CaseContent, caseText } from './case-text.js';
import { type Decided, decidedIn, expectedActs } from './decided.js';
import { keptIn, pseudonymized } from './pseudonymized.js';
import { type Pseudonyms, pseudonymsFor } from './pseudonyms.js';
import { personalIn, type ReviewedValue } from './review.js';
import { scriptIn } from './script.js';
import { eventText, headOf, isCsv, type NamedFiles, no, type RawEvents, rawEvents, sourcesOf } from './sources.js';
import { type NewFile, writeNew } from './write-new.js';

export interface FeedbackOptions extends NamedFiles {
  readonly tracePath: string;
  /** The new case, `….case.yaml`. By default beside the run's case. */
  readonly out?: string | undefined;
  /** The verdict that is right, by whom and why; absent: only what people decided in the run counts. */
  readonly verdict?: { readonly value: string; readonly as: string; readonly reason: string } | undefined;
  /** What the alert really is. */
  readonly truth?: Truth | undefined;
  /** Who looked at personal data: with the code of what they saw, or nobody needs to, as made-up values replace it. */
  readonly save?: { readonly how: 'seen'; readonly code: string } | { readonly how: 'pseudonymized' } | undefined;
}

/** More than a person looks through. */
const MOST_VALUES = 2000;

/**
 * Makes a labelled case of a run in which a person decided otherwise than was proposed. Writes nothing unless `save` says that
 * personal data was looked at, or is to be replaced. The trace must verify, and case, alert and events be as they were in the run.
 */
export async function makeFeedback(options: FeedbackOptions): Promise<FeedbackReply> {
  const tracePath = resolve(options.tracePath);
  const read = await readTrace(tracePath);
  if (!read.ok) return no('nothing', read.message);
  const { valid, firstBad, checkpoints } = read.verification;
  if (!valid) {
    const what = firstBad ? `line ${firstBad.line}: ${firstBad.reason}` : checkpoints.problems.join(' ');
    return no('broken', `The trace does not verify, so it is no evidence of what anybody decided: ${what}`);
  }
  const ended = endedIn(read.lines);
  if (!ended) return no('refused', 'The run is not over, or broke off. Let it end first: "countersign resume".');
  const { opened, closed, last } = ended;
  if (opened.undoes) return no('refused', 'This is the trace of an undo. Give the trace of the run.');
  if (opened.personal) {
    const personal = readPersonal(sideFiles(tracePath).personal);
    if (!personal.ok || personal.data.digests === null)
      return no(
        'refused',
        'Personal data of this run was erased, and a case would bring it back. Nothing is made of it.',
      );
  }
  const decided = decidedIn(read.lines);
  const { verdict } = options;
  const came = typeof closed.verdict === 'string' ? closed.verdict : null;
  const changed = verdict !== undefined && verdict.value !== came;
  if (!changed && decided.by.length === 0) {
    return no(
      'nothing',
      verdict === undefined
        ? 'Nobody refused or changed anything in this run. If its verdict is wrong, say which is right: --verdict.'
        : `The run came to the verdict "${verdict.value}" itself, and nobody refused or changed anything: there is nothing to learn.`,
    );
  }
  const sources = sourcesOf(tracePath, opened, options);
  if (!sources.ok) return sources;
  const { loaded, sample, alert, data } = sources;
  const people = new Set([...(loaded.policy?.roles.values() ?? [])].flatMap((all) => all.map(({ value }) => value)));
  if (verdict && !people.has(verdict.as)) {
    return no(
      'refused',
      `"${verdict.as}" has no role in the policy of the playbook, so a verdict of theirs counts for nothing. Name somebody the policy names.`,
    );
  }
  const truth = options.truth ?? (verdict ? TRUTHS.find((one) => one === verdict.value) : sample.case.truth);
  if (verdict && truth === undefined) {
    return no(
      'refused',
      `What "${verdict.value}" says of the alert is known to the playbook alone. Say what the alert really is: --truth ${TRUTHS.join('|')}.`,
    );
  }
  const out = outOf(options.out, sample, opened.case.id);
  if (!out.ok) return out;

  const by = [...new Set([...(verdict ? [verdict.as] : []), ...decided.by])];
  const source = { run: last.run, trace: last.hash, by };
  const content = cleaned(
    contentOf({ id: out.id, opened, decided, verdict, came, truth, sample, source, lines: read.lines }),
  );
  const cleanAlert = canonical(redact(alert.value)) === canonical(plainJson(alert.value)) ? alert.text : undefined;
  const alertText = cleanAlert ?? `${JSON.stringify(redact(alert.value), null, 2)}\n`;
  const values = personalIn({ alert: redact(alert.value), content, events: data }, loaded);
  if (values.length > MOST_VALUES) {
    return no(
      'refused',
      `${values.length} values are personal data, more than anybody looks through (${MOST_VALUES}). Write the case by hand, with less event data.`,
    );
  }
  const { save } = options;
  const code = sha256(canonical([content.feedback.trace, caseText(content), alertText, values, sources.digests])).slice(
    7,
    19,
  );
  const stay = [
    ...new Set([...by, ...[...content.approvals, ...content.tasks, ...content.undo].flatMap(({ as }) => as ?? [])]),
  ];
  const told = {
    ok: true as const,
    case: out.path,
    people: stay.sort(),
    code,
    shown: [
      { name: basename(out.path), text: caseText(content) },
      { name: content.alert, text: alertText },
    ],
    events: content.events.map(({ file }) => file),
  };
  if (save === undefined || (save.how === 'seen' && save.code !== code))
    return { ...told, files: [], values, stale: save !== undefined };

  const events = rawEvents(sample);
  if (!events.ok) return events;
  const names = save.how === 'pseudonymized' ? pseudonymsFor(values) : undefined;
  if (names) {
    const kept = keptNames(names, content, alertText, events.files, out.id);
    if (kept !== undefined) return no('refused', kept);
  }
  const reviewed = { ...content, feedback: { ...content.feedback, reviewed: save.how } };
  const text = caseText(names ? pseudonymized(reviewed, names) : reviewed);
  const files: readonly NewFile[] = [
    { path: out.path, text },
    { path: beside(out.path, content.alert), text: names ? names.written(alertText) : alertText },
    ...events.files.map((one) => ({
      path: beside(out.path, eventFile(out.id, one.table, one.path)),
      text: names ? eventText(one, names) : one.text,
    })),
  ];
  const problem = problemOf(files);
  if (problem !== undefined) return no('refused', problem);
  const wrong = writeNew(files);
  if (wrong !== undefined) return no('refused', wrong);
  return {
    ...told,
    files: files.map(({ path }) => path),
    values: names?.made.map(withPlaces(values)) ?? values,
    stale: false,
  };
}

function withPlaces(values: readonly ReviewedValue[]) {
  const places = new Map(values.map((one) => [one.value, one.places]));
  return (made: Pseudonyms['made'][number]) => ({ ...made, places: places.get(made.value) ?? [] });
}

interface Ended {
  readonly opened: TraceEvents['run.opened'];
  readonly closed: TraceEvents['run.closed'];
  readonly last: TraceLine;
}

function endedIn(lines: readonly TraceLine[]): Ended | undefined {
  const [first] = lines;
  const last = lines.at(-1);
  if (first?.event !== 'run.opened' || last?.event !== 'run.closed') return undefined;
  return { opened: first.data, closed: last.data, last };
}

/** As the schema of cases has it. */
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const SUFFIX = '.case.yaml';

function outOf(given: string | undefined, sample: LoadedCase, id: string) {
  const path = resolve(given ?? join(dirname(pathOf(sample.uri) ?? '.'), `${id}-feedback${SUFFIX}`));
  const name = basename(path).slice(0, -SUFFIX.length);
  if (!path.endsWith(SUFFIX) || !ID.test(name)) {
    return no(
      'refused',
      `"${basename(path)}" is no name for the case: small letters, digits and single hyphens, and ${SUFFIX} behind them. Name one with --out.`,
    );
  }
  return { ok: true as const, path, id: name };
}

interface Parts {
  readonly id: string;
  readonly opened: TraceEvents['run.opened'];
  readonly decided: Decided;
  readonly verdict: FeedbackOptions['verdict'];
  readonly came: EvaluatedRun['verdict'];
  readonly truth: Truth | undefined;
  readonly sample: LoadedCase;
  readonly source: Omit<CaseFeedback, 'reviewed' | 'example'>;
  readonly lines: readonly TraceLine[];
}

function contentOf({ id, opened, decided, verdict, came, truth, sample, source, lines }: Parts): CaseContent {
  const words = [
    ...(verdict
      ? [`The verdict was ${came === null ? 'none' : `"${came}"`} and is to be "${verdict.value}": ${verdict.reason}`]
      : []),
    ...decided.words,
  ];
  const script = scriptIn(lines, sample.case);
  const inputs = plainJson(sample.case.inputs);
  return {
    ...script,
    ...{ id, truth, injected: sample.case.injected, playbook: opened.playbook.id },
    title: verdict ? `A person came to the verdict "${verdict.value}"` : 'A person decided otherwise than was proposed',
    description: words.join(' '),
    feedback: { ...source, reviewed: 'seen', example: undefined },
    alert: `${id}.alert.json`,
    inputs: isJsonObject(inputs) ? inputs : {},
    events: sample.case.events.map(({ table, file }) => ({ table, file: eventFile(id, table, file.value) })),
    draws: sample.case.sampled !== undefined || script.sampled.length > 0,
    expect: {
      ...expectedActs(decided, verdict ? truth : undefined),
      verdict: verdict?.value,
      changedAt: decided.changedAt,
    },
  };
}

/** Without secrets: what the trace has is without them, what the earlier case recorded beyond it may have some. */
function cleaned(content: CaseContent): CaseContent {
  const inputs = redact(content.inputs);
  return {
    ...content,
    inputs: isJsonObject(inputs) ? inputs : {},
    answers: content.answers.flatMap((answer) => {
      const args = redact(answer.with);
      if (!isJsonObject(args) || canonical(args) !== canonical(plainJson(answer.with))) return [];
      return [{ ...answer, ...(answer.output === undefined ? {} : { output: redact(answer.output) }) }];
    }),
  };
}

function eventFile(id: string, table: string, file: string): string {
  return `${id}.${table}${extname(file)}`;
}

function beside(path: string, name: string): string {
  return join(dirname(path), name);
}

/** Why made-up values cannot stand everywhere; `undefined` when they can. */
function keptNames(
  names: Pseudonyms,
  content: CaseContent,
  alertText: string,
  events: readonly RawEvents[],
  id: string,
): string | undefined {
  if (names.text(id) !== id)
    return 'The name of the case holds a value that is personal data. Give it another with --out.';
  const head = events.filter(isCsv).filter(({ text }) => names.text(headOf(text)) !== headOf(text));
  const json = events.filter((one) => !isCsv(one)).flatMap(({ text }) => jsonIn(text));
  const kept = new Set([
    ...keptIn(content, names),
    ...names.keptNames([plainJson(JSON.parse(alertText)), ...json]),
    ...head.map(({ table }) => `a column of ${table}`),
  ]);
  if (kept.size > 0) {
    return `A made-up value cannot stand for what is also the name of a field: ${[...kept].join(', ')}. Look at the case yourself and save it with --reviewed.`;
  }
  const quoted = names.made.some(({ value }) => value.includes('"')) && events.some(isCsv);
  return quoted
    ? 'A value with a quotation mark cannot be replaced in CSV for certain. Look at the case yourself and save it with --reviewed.'
    : undefined;
}

/** The values of JSON, or of JSON lines; the events were read before, so there is no other. */
function jsonIn(text: string) {
  const lines = text.trimStart().startsWith('[') ? [text] : text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => plainJson(JSON.parse(line)));
}

/** What is wrong with the case before it is written; `undefined`: nothing. */
function problemOf(files: readonly NewFile[]): string | undefined {
  const [sample] = files;
  if (!sample) return undefined;
  const disk = nodeFiles();
  const texts = new Map(files.map(({ path, text }) => [pathToFileURL(path).href, text]));
  const uri = pathToFileURL(sample.path).href;
  const loaded = loadCase(uri, sample.text, {
    ...disk,
    read: (one) => texts.get(one) ?? disk.read(one),
    exists: (one) => texts.has(one) || disk.exists?.(one) === true,
  });
  return refusalFor(sample.path, loaded.lines, loaded.problems)?.message;
}
