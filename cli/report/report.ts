import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { boundaryOf, dayOf, fileKindOf, loadPlaybook } from '../../language/index.js';
import {
  measuredDigest,
  nodeFiles,
  readBreaker,
  readEvaluation,
  readText,
  systemClock,
  type TraceFacts,
  traceFacts,
  VERSION,
} from '../../runner/index.js';
import { sha256 } from '../../runner/trace/canonical.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { recordOf } from '../boundary/record-text.js';
import { counter } from '../counter.js';
import { htmlOf } from '../document/to-html.js';
import { markdownOf } from '../document/to-markdown.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { below, findFiles, shownPath, statOf, uriOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { reportDocument } from './document.js';
import type { ReportedEvaluation, ReportedPlaybook } from './subject.js';

const FORMATS = ['markdown', 'html'] as const;
/** Traces read at the same time. */
const PARALLEL = 4;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'evaluation', placeholder: 'FILE', help: 'What "evaluate" came to: its JSON, or the folder of its --out.' },
  { name: 'traces', placeholder: 'DIR', help: 'Traces of runs: a folder with everything below it, or one trace.' },
  { name: 'out', placeholder: 'FILE', help: 'Where the report goes. Default: standard output.' },
  { name: 'format', values: FORMATS, help: 'Default: markdown, or html where FILE ends in .html.' },
];

export const REPORT_HELP = `countersign report PLAYBOOK… [--evaluation FILE] [--traces DIR] [--out FILE] [--format ${FORMATS.join('|')}]

Answers the ten questions that people who buy, run or review such systems ask: from what playbooks may do, from verified traces, and
from an evaluation, with links to each. What is not shown says what would show it. Also maps them to the EU AI Act (Articles 12 and
14), NIST AI RMF, NIST SP 800-61r3 and OWASP guidance for agents. A PLAYBOOK may be a folder. Nothing leaves this machine.

${describeOptions(OPTIONS)}

Exit: 0 written, 1 a playbook or the evaluation cannot be read, 2 not understood, 3 no such file.
`;

export async function report(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${REPORT_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(REPORT_HELP);
    return EXIT.ok;
  }
  const { evaluation: given, traces, out } = read.options;
  if (read.paths.length === 0) return usage('Which playbooks? Give their paths, or a folder.');
  const found = findFiles(read.paths);
  if (!found.ok) {
    terminal.err(`${found.message}\n`);
    return found.usage ? EXIT.usage : EXIT.noInput;
  }
  const files = found.files.filter((file) => fileKindOf(file) === 'playbook');
  if (files.length === 0) {
    terminal.err(`There is no playbook in ${read.paths.map(plain).join(', ')}: their names end in .playbook.yaml.\n`);
    return EXIT.noInput;
  }
  const missing = [given, traces].find((one) => one !== undefined && !statOf(one));
  if (missing !== undefined) {
    terminal.err(`There is no file or folder "${plain(missing)}".\n`);
    return EXIT.noInput;
  }
  const playbooks: ReportedPlaybook[] = [];
  for (const file of files) {
    const one = playbookAt(file, systemClock.now());
    if (typeof one === 'string') {
      terminal.err(`The playbook "${plain(shownPath(file))}" cannot be read: ${one}.\n`);
      return EXIT.problems;
    }
    playbooks.push(one);
  }
  const evaluation = given === undefined ? undefined : evaluationAt(given);
  if (typeof evaluation === 'string') {
    terminal.err(`${plain(evaluation)}\n`);
    return EXIT.problems;
  }
  const home = out === undefined ? process.cwd() : path.dirname(path.resolve(out));
  const facts = traces === undefined ? [] : await tracesBelow(traces, terminal);
  const day = dayOf(new Date(systemClock.now()));
  const document = reportDocument({ playbooks, evaluation, traces: facts, home }, VERSION, day);
  const format = FORMATS.find((one) => one === read.options.format) ?? (out?.endsWith('.html') ? 'html' : 'markdown');
  const words = format === 'html' ? htmlOf(document) : markdownOf(document);
  if (out === undefined) terminal.out(words);
  else {
    try {
      writeFileSync(out, words);
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      terminal.err(`The report cannot be written to "${plain(out)}" (${why}).\n`);
      return EXIT.usage;
    }
  }
  return EXIT.ok;
}

/** A playbook with what it may do. Errors do not keep it from being reported on. */
function playbookAt(file: string, now: number): ReportedPlaybook | string {
  const text = readText(file);
  if (!text.ok) return text.reason;
  const files = nodeFiles();
  const loaded = loadPlaybook(uriOf(file), text.text, files);
  const digest = measuredDigest({ loaded, texts: new Map(files.texts).set(loaded.uri, text.text) });
  const record = recordOf(file);
  return {
    ...{ file, loaded, boundary: boundaryOf(loaded), digest, textDigest: sha256(text.text) },
    breaker: readBreaker({ loaded, digest, model: undefined, now }),
    id: loaded.playbook.id?.value ?? path.basename(file),
    errors: loaded.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, message }) => `${rule}: ${message}`),
    record: existsSync(record) ? record : undefined,
  };
}

function evaluationAt(given: string): ReportedEvaluation | string {
  const read = readEvaluation(given);
  if (!read.ok) return read.message;
  const file = path.resolve(read.path);
  return { evaluation: read.evaluation, file, folder: path.dirname(file) };
}

async function tracesBelow(given: string, terminal: Terminal): Promise<readonly TraceFacts[]> {
  const paths = statSync(given).isDirectory()
    ? [...below(given, (name) => name.endsWith('.trace.jsonl'))].map((one) => path.resolve(one)).sort()
    : [path.resolve(given)];
  const facts: TraceFacts[] = [];
  const progress = counter(terminal, 'traces');
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < paths.length; at = next++) {
      facts[at] = await traceFacts(paths[at] ?? '');
      progress.said(++done, paths.length);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  progress.end();
  return facts;
}
