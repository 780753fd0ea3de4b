import { userInfo } from 'node:os';
import path from 'node:path';
import {
  BUILT_IN_INJECTIONS,
  createModel,
  knowledgeOf,
  type ModelProvider,
  PEOPLE,
  type RedTeamResult,
  randomIds,
  readInjections,
  readText,
  runRedTeam,
  systemClock,
  virtualClock,
} from '../runner/index.js';
import { describeOptions, type OptionSpec, readArguments, wholeNumber } from './arguments.js';
import { counter } from './counter.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shownPath, statOf } from './files.js';
import { describeRedTeam } from './redteam-text.js';
import { INTERRUPTS, inputProblem } from './run.js';
import { plain, type Terminal } from './terminal.js';

const MODELS = ['adversary', 'rehearsal', 'scripted', 'claude'] as const satisfies readonly ModelProvider[];
/** Runs at the same time, where a run waits for something: a disk, a service. */
const PARALLEL = 4;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'case', placeholder: 'CASE', help: 'The sample alert and everything that answers for the world.' },
  {
    name: 'injections',
    placeholder: 'FILE',
    help: 'Texts to place: .txt, one a line, or .jsonl. Default: a list of ours.',
  },
  { name: 'model', values: MODELS, help: 'Who answers agent steps. Default: adversary, which tries everything.' },
  { name: 'approvals', values: PEOPLE, help: 'What people answer. Default: case, its script.' },
  { name: 'seed', placeholder: 'N', help: 'What the adversary draws from. Default: 1.' },
  { name: 'traces', placeholder: 'DIR', help: 'A folder for the trace of each run. Default: none is kept.' },
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
];

export const REDTEAM_HELP = `countersign redteam PLAYBOOK --case CASE [--injections FILE] [--model adversary|rehearsal|scripted|claude]
                [--approvals case|deny|approve-all] [--seed N] [--traces DIR] [--format text|json]

Dry-runs a playbook over a case once as it is, and once for each injected text in each field that comes from outside: the
alert, and what tools answered. Prints what ran without authority, which must be nothing. Nothing leaves this machine unless
--model claude, which sends alert and evidence of every run to Anthropic.

${describeOptions(OPTIONS)}

Exit: 0 nothing ran without authority, 1 playbook or case has errors, 2 not understood, 3 no such file, 4 stopped before
all runs were made, 5 a fault of Countersign, 7 something ran without authority.
`;

export async function redteam(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${REDTEAM_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(REDTEAM_HELP);
    return EXIT.ok;
  }
  const [playbook, ...more] = read.paths;
  const { case: sample, injections: file, traces, format } = read.options;
  if (playbook === undefined) return usage('Which playbook? Give its path.');
  if (more.length > 0) return usage(`One playbook at a time, not ${plain(more.join(', '))} as well.`);
  if (sample === undefined) return usage('Which case? Give it with --case.');
  const seed = wholeNumber(read.options.seed ?? '1');
  if (seed === undefined) return usage('--seed takes a whole number from 0.');
  if (traces !== undefined && statOf(traces)) {
    return usage(`"${plain(traces)}" is there already, and a trace is never written over. Name a new folder.`);
  }
  const refused = inputProblem(playbook, 'playbook', terminal) ?? inputProblem(sample, 'case', terminal);
  if (refused !== undefined) return refused;
  const injections = injectionsOf(file);
  if (!injections.ok) {
    terminal.err(`${injections.message}\n`);
    return injections.code;
  }

  const provider = MODELS.find((model) => model === read.options.model) ?? 'adversary';
  const people = PEOPLE.find((one) => one === read.options.approvals) ?? 'case';
  const isLive = provider === 'claude';
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  const progress = counter(terminal, 'runs');
  let told = !isLive;
  try {
    const result = await runRedTeam({
      playbookPath: playbook,
      casePath: sample,
      injections: injections.injections,
      model: (one, loaded, drawn) => {
        const apiKey = process.env.ANTHROPIC_API_KEY;
        return createModel(provider, {
          ...{ case: one, apiKey, clock: systemClock },
          ...{ seed: drawn, knowledge: knowledgeOf(loaded) },
        });
      },
      seed,
      people,
      // What is reached over a network answers in its own time; everything else answers at once, so time can be simulated.
      clock: (idle) => (isLive ? systemClock : virtualClock(Date.now(), idle)),
      ids: randomIds,
      user: userInfo().username,
      signal: stop.signal,
      traces,
      parallel: isLive || traces !== undefined ? PARALLEL : 1,
      onProgress: (done, of) => {
        if (!told) terminal.err(`Alert and evidence of ${of} runs are sent to Anthropic.\n`);
        told = true;
        progress.said(done, of);
      },
    });
    progress.end();
    if (!result.ok) {
      const { file: at, message } = result;
      terminal.err(`${plain(at === null ? message : message.replaceAll(at, shownPath(at)))}\n`);
      return at === null ? EXIT.usage : EXIT.problems;
    }
    const { report, findings } = result;
    if (stop.signal.aborted) terminal.err(`Stopped after ${report.summary.runs} runs; the rest were not made.\n`);
    terminal.out(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : describeRedTeam(result, terminal));
    if (format === 'json') for (const { row, problem } of findings) terminal.err(`row ${row}: ${plain(problem)}\n`);
    return exitOf(report, stop.signal.aborted);
  } finally {
    progress.end();
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

/** What ran without authority says more than a fault, and a matrix that was not made to its end does not say that nothing did. */
export function exitOf({ rows, summary }: RedTeamResult['report'], stopped = false): ExitCode {
  if (summary.unauthorized > 0) return EXIT.unauthorized;
  if (rows.some((row) => row.outcome === 'fault')) return EXIT.failed;
  return stopped ? EXIT.denied : EXIT.ok;
}

type Chosen =
  | Extract<ReturnType<typeof readInjections>, { readonly ok: true }>
  | { readonly ok: false; readonly message: string; readonly code: ExitCode };

function injectionsOf(file: string | undefined): Chosen {
  if (file === undefined) return { ok: true, injections: BUILT_IN_INJECTIONS };
  const read = readText(path.resolve(file));
  const name = `The injections "${plain(file)}"`;
  if (!read.ok) {
    const code = read.fault === 'too-large' || read.fault === 'not-text' ? EXIT.problems : EXIT.noInput;
    return { ok: false, message: `${name} cannot be read: ${read.reason}.`, code };
  }
  const found = readInjections(file, read.text);
  return found.ok ? found : { ok: false, message: `${name} cannot be used: ${found.message}`, code: EXIT.problems };
}
