import { userInfo } from 'node:os';
import path from 'node:path';
import {
  asksModel,
  createModel,
  type EvaluationPlan,
  evaluationOf,
  knowledgeOf,
  type ModelProvider,
  evaluate as makeRuns,
  messageBatches,
  openFolder,
  PEOPLE,
  type People,
  peopleOf,
  planRuns,
  type Recordings,
  readRecordings,
  recordingName,
  systemClock,
  virtualClock,
  writeEvaluation,
} from '../../runner/index.js';
import { describeOptions, type OptionSpec, readArguments, wholeNumber } from '../arguments.js';
import { counter } from '../counter.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { MODEL_OPTIONS, MODELS, modelChoice } from '../model-options.js';
import { INTERRUPTS, inputProblem } from '../run.js';
import { count, plain, type Terminal } from '../terminal.js';
import { baselineOf } from './baseline.js';
import { exitOf } from './exit.js';
import { FORMATS, formatted } from './formats.js';
import { measured, measureProblem } from './measure.js';

/** Runs at the same time: some wait for a disk, a service, or the thread that has their events. */
const PARALLEL = 4;
/** Runs whose turns go into one batch, where batches are asked for. */
const PARALLEL_BATCHED = 200;
/** Runs of one evaluation: more are a mistake, or a day's work for the machine. */
const MOST_RUNS = 100_000;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'cases', placeholder: 'DIR', help: 'Labelled cases: a folder with everything below it, or one case.' },
  ...MODEL_OPTIONS.filter(({ name }) => ['model', 'model-id', 'effort', 'prices'].includes(name)),
  {
    name: 'recordings',
    placeholder: 'DIR',
    help: 'What replay plays: the folder "recordings" in the --out of an evaluation with record.',
  },
  { name: 'batch', flag: true, help: 'Send turns to Claude in message batches: half the price, and up to a day.' },
  { name: 'approvals', values: PEOPLE, help: 'What people answer. Default: case, its script.' },
  { name: 'seed', placeholder: 'N', help: 'What the adversary draws from. Default: 1.' },
  { name: 'repeat', placeholder: 'N', help: 'How often each case is run, for models that vary. Default: 1.' },
  { name: 'shard', placeholder: 'I/N', help: 'Make only the I-th of N parts; "countersign merge" puts them together.' },
  { name: 'parallel', placeholder: 'N', help: 'Runs at the same time. Default: 4.' },
  { name: 'out', placeholder: 'DIR', help: 'Keep each run and its trace there; goes on where one was interrupted.' },
  {
    name: 'measure',
    placeholder: 'FILE',
    help: 'Write what a policy’s breaker goes by: how often acts alone were wrong.',
  },
  {
    name: 'compare',
    placeholder: 'FILE',
    help: 'An earlier evaluation, JSON or folder: what got worse, case by case.',
  },
  { name: 'format', values: FORMATS, help: 'For people, programs, the test reports of CI, or a page.' },
];

export const EVALUATE_HELP = `countersign evaluate PLAYBOOK… --cases DIR [--model rehearsal|scripted|adversary|claude|record|replay]
                [--batch] [--recordings DIR] [--approvals case|deny|approve-all] [--model-id ID]
                [--effort low|medium|high|xhigh|max] [--prices FILE] [--seed N] [--repeat N] [--shard I/N] [--parallel N]
                [--out DIR] [--measure FILE] [--compare FILE] [--format ${FORMATS.join('|')}]

Dry-runs playbooks over labelled cases, and says how often they were right: as expected, attacks found, wrong acts without a
person, where people were needed, what it cost, each with how sure that is. Nothing leaves this machine unless --model claude
or record, which sends alert and evidence of every run to Anthropic.

${describeOptions(OPTIONS)}

Exit: 0 every run as its case says, 1 a playbook has errors, 2 not understood, 3 no such file, or no case for these playbooks, 4
stopped before all runs were made, or no measure written, 5 a fault of Countersign, 7 something ran without authority, 8 a run was
not as its case says.
`;

export async function evaluate(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${EVALUATE_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(EVALUATE_HELP);
    return EXIT.ok;
  }
  const { options, paths } = read;
  if (paths.length === 0) return usage('Which playbooks? Give their paths.');
  if (options.cases === undefined) return usage('Which cases? Give a folder, or one case, with --cases.');
  const [seed, repeat] = [wholeNumber(options.seed ?? '1'), wholeNumber(options.repeat ?? '1')];
  if (seed === undefined) return usage('--seed takes a whole number from 0.');
  if (repeat === undefined || repeat < 1) return usage('--repeat takes a whole number from 1.');
  const shard = shardIn(options.shard ?? '1/1');
  if (!shard) return usage('--shard takes which part of how many: 1/4 is the first of four.');
  const provider = MODELS.find((one) => one === options.model) ?? 'rehearsal';
  const recorded = recordingsChoice(provider, options);
  if (typeof recorded === 'string') return usage(recorded);
  const live = provider === 'claude' || provider === 'record';
  // Recordings are a folder here: what is said of the model is what is said of the one behind them.
  const chosen = modelChoice({ ...options, model: live ? 'claude' : provider === 'replay' ? 'rehearsal' : provider });
  if (!chosen.ok) {
    if (chosen.code === EXIT.usage) return usage(chosen.message);
    terminal.err(`${chosen.message}\n`);
    return chosen.code;
  }
  const batched = read.flags.has('batch');
  if (batched && !live) return usage('"--batch" goes with --model claude or record.');
  const parallel = wholeNumber(options.parallel ?? String(batched ? PARALLEL_BATCHED : PARALLEL));
  if (parallel === undefined || parallel < 1 || parallel > 1000)
    return usage('--parallel takes a whole number from 1 to 1000.');
  for (const one of paths) {
    const refused = inputProblem(one, 'playbook', terminal);
    if (refused !== undefined) return refused;
  }
  if (!statOf(options.cases)) {
    terminal.err(`There is no file or folder "${plain(options.cases)}".\n`);
    return EXIT.noInput;
  }
  const unfit = measureProblem(options.measure);
  if (unfit !== undefined) return usage(unfit);
  const baseline = baselineOf(options.compare, terminal);
  if (!baseline.ok) return baseline.code;
  const people: People = PEOPLE.find((one) => one === options.approvals) ?? 'case';
  const model = recorded?.model ?? modelOf(chosen.provider, chosen.options);
  if (typeof model === 'string') {
    terminal.err(`${model}\n`);
    return EXIT.usage;
  }
  const planned = planRuns({
    ...{ playbookPaths: paths, casesPath: options.cases, repeat, shard, seed, people, model },
    restsOn: recorded ? [recorded.digest] : [],
  });
  if ('ok' in planned) {
    terminal.err(`${plain(planned.message.replaceAll(planned.file ?? '\0', shownPath(planned.file ?? '')))}\n`);
    return EXIT.problems;
  }
  const { plan, runs, others } = planned;
  if (plan.runs === 0) {
    terminal.err(
      `No case in "${plain(options.cases)}" is for ${plan.playbooks.map(({ id }) => plain(id)).join(', ')}.\n`,
    );
    return EXIT.noInput;
  }
  if (plan.runs > MOST_RUNS)
    return usage(`These are ${plan.runs} runs; at most ${MOST_RUNS} are made. Use fewer repeats.`);
  if (others > 0) terminal.err(`${count(others, 'case')} for other playbooks passed over.\n`);
  const now = new Date(systemClock.now()).toISOString();
  const opened =
    options.out === undefined ? undefined : openFolder(options.out, plan, `${shard.index}/${shard.of}`, now);
  if (opened && !opened.ok) {
    terminal.err(`${plain(opened.message)}\n`);
    return EXIT.usage;
  }
  const folder = opened?.folder;
  const stop = new AbortController();
  const apiKey = process.env.ANTHROPIC_API_KEY;
  const batches =
    batched && apiKey !== undefined
      ? messageBatches({ apiKey: apiKey.trim(), clock: systemClock, signal: stop.signal })
      : undefined;
  const modelFor: Parameters<typeof makeRuns>[0]['model'] = (sample, loaded, run) => {
    const about = { seed, knowledge: knowledgeOf(loaded), asked: asksModel(loaded) };
    const known = { ...chosen.options, case: sample, ...about, clock: systemClock };
    if (recorded) return recorded.modelOf(run, known);
    const recording =
      provider === 'record' ? folder?.freshFile(path.join('recordings', recordingName(run))) : undefined;
    return createModel(provider, { ...known, apiKey, recording, batches });
  };
  const at = folder?.at ?? now;
  const interrupt = (): void => stop.abort('The evaluation was interrupted');
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  const progress = counter(terminal, 'runs');
  if (live) terminal.err(`Alert and evidence of ${count(runs.length, 'run')} are sent to Anthropic.\n`);
  try {
    const made = await makeRuns({
      ...{ runs, folder, paid: live, parallel, model: modelFor, user: userInfo().username, signal: stop.signal },
      // Nobody waits in earnest for a script.
      approver: (sample, clock) => peopleOf(people, sample, live && !batched ? undefined : clock),
      // What is reached over a network answers in its own time; everything else answers at once, so time can be simulated.
      // Nor has a run to wait for the day that a batch may take.
      clock: (idle) => (live && !batched ? systemClock : virtualClock(Date.parse(at), idle)),
      onProgress: progress.said,
    });
    progress.end();
    const evaluation = evaluationOf(plan, at, made);
    const stopped = made.length < runs.length;
    if (stopped) {
      const more = folder ? ' The same command goes on with it.' : '';
      terminal.err(`Stopped after ${made.length} of ${count(runs.length, 'run')}.${more}\n`);
    }
    if (options.out !== undefined) writeEvaluation(options.out, evaluation);
    terminal.out(formatted(options.format, evaluation, baseline.against(evaluation), terminal));
    return measured(options.measure, evaluation, terminal, exitOf(evaluation, stopped));
  } finally {
    progress.end();
    folder?.close();
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

function shardIn(text: string): { readonly index: number; readonly of: number } | undefined {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  return index === undefined || of === undefined || index < 1 || index > of ? undefined : { index, of };
}

/** The recordings to play, nothing where none are played, or what is wrong with what was asked for. */
function recordingsChoice(
  provider: ModelProvider,
  { recordings, out }: { readonly [name: string]: string | undefined },
): Recordings | string | undefined {
  if (provider === 'record' && out === undefined)
    return 'Where are the recordings to go? Name a folder with --out, and they are in its folder "recordings".';
  if (provider !== 'replay') return recordings === undefined ? undefined : '"--recordings" goes with --model replay.';
  if (recordings === undefined) return 'Which recordings? Give their folder with --recordings.';
  return readRecordings(recordings);
}

/** What the plan says of who answers agent steps, as runs will have it; or why nobody can. Nothing is sent yet. */
function modelOf(
  provider: ModelProvider,
  options: Extract<ReturnType<typeof modelChoice>, { readonly ok: true }>['options'],
): EvaluationPlan['model'] | string {
  // Whether it has turns to play back depends on the case.
  if (provider === 'scripted') return { provider, id: provider, ai: false };
  const made = createModel(provider, {
    ...options,
    ...{ case: { turns: new Map() }, clock: systemClock, apiKey: process.env.ANTHROPIC_API_KEY },
  });
  if (!made.ok) return made.message;
  const { id, ai } = made.model;
  return { provider: made.model.provider, id, ai };
}
