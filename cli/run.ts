import { userInfo } from 'node:os';
import path from 'node:path';
import { checkFile, fileKindOf, indexLines } from '../language/index.js';
import {
  type Approver,
  asksModel,
  createModel,
  denyingApprover,
  examplesOf,
  fileApprover,
  knowledgeOf,
  nodeFiles,
  type RunOptions,
  type RunResult,
  randomIds,
  readText,
  reviewRun,
  runPlaybook,
  scriptedApprover,
  systemClock,
  systemRandom,
  terminalApprover,
  verifyTrace,
} from '../runner/index.js';
import { chosenSigner, configFolder } from '../runner/trace/keys.js';
import { describeOptions, type OptionSpec, readArguments, wholeNumber } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shownPath, statOf, uriOf } from './files.js';
import { describe } from './formats/text.js';
import { surroundings } from './keys.js';
import { describeLive } from './live-summary.js';
import { isLive, MODEL_OPTIONS, modelChoice, sentWords } from './model-options.js';
import { progressOf } from './progress.js';
import { describeReview } from './redteam-text.js';
import { describeRun } from './run-summary.js';
import { plain, type Terminal } from './terminal.js';

/** What ends a run before its next effect, with its trace closed. */
export const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'case', placeholder: 'CASE', help: 'The sample alert and everything that answers for the world.' },
  ...MODEL_OPTIONS,
  { name: 'approvals', placeholder: 'case|ask|deny|FILE', help: 'Who answers gates. Default: case, its script.' },
  {
    name: 'seed',
    placeholder: 'N',
    help: 'What the adversary draws from: another number, other attempts. Default: 1.',
  },
  { name: 'trace', placeholder: 'FILE', help: 'Where the trace goes; a new file. Default: one under traces/.' },
  { name: 'live', placeholder: 'FILE', help: 'The servers that reading tools may ask in this run. Default: none.' },
  {
    name: 'key',
    placeholder: 'FILE|none',
    help: 'Who signs checkpoints of the trace. Default: your key, if there is one.',
  },
  {
    name: 'personal',
    values: ['keep', 'commit'],
    help: 'Whether the trace names the alert’s people by tokens that can be erased. Default: keep.',
  },
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
];

export const RUN_HELP = `countersign run PLAYBOOK --case CASE [--model rehearsal|scripted|adversary|claude|record|replay]
                [--approvals case|ask|deny|FILE] [--model-id ID] [--effort low|medium|high|xhigh|max] [--prices FILE]
                [--recording FILE] [--seed N] [--live FILE] [--trace FILE] [--key FILE|none] [--personal keep|commit]
                [--format text|json]

Dry-runs a playbook over a case: consequential tools are simulated. Nothing leaves this machine but with --model claude
or record, which send alert and evidence to Anthropic and need ANTHROPIC_API_KEY, and with --live, which asks the servers in
FILE.

${describeOptions(OPTIONS)}

Exit: 0 completed or escalated, 1 playbook or case has errors, 2 not understood, 3 no such file, 4 denied, stopped or
cancelled, 5 failed, 7 the adversary managed something without authority.
`;

export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${RUN_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(RUN_HELP);
    return EXIT.ok;
  }
  const [playbook, ...more] = read.paths;
  const { case: sample, trace, format, approvals = 'case', live } = read.options;
  const seed = wholeNumber(read.options.seed ?? '1');
  if (seed === undefined) return usage('--seed takes a whole number from 0.');
  const chosen = modelChoice(read.options);
  if (playbook === undefined) return usage('Which playbook? Give its path.');
  if (more.length > 0) return usage(`One playbook at a time, not ${plain(more.join(', '))} as well.`);
  if (sample === undefined) return usage('Which case? Give it with --case.');

  if (!chosen.ok) {
    if (chosen.code === EXIT.usage) return usage(chosen.message);
    terminal.err(`${chosen.message}\n`);
    return chosen.code;
  }

  const refused = inputProblem(playbook, 'playbook', terminal) ?? inputProblem(sample, 'case', terminal);
  if (refused !== undefined) return refused;
  if (trace !== undefined && statOf(trace)) {
    return usage(`"${plain(trace)}" is there already, and a trace is never written over. Name a new file.`);
  }
  const signing = chosenSigner(read.options.key, configFolder(surroundings()));
  if (!signing.ok) {
    terminal.err(`${plain(signing.message)}\n`);
    return EXIT.usage;
  }
  const approver = approverOf(approvals);
  if (!approver.ok) {
    terminal.err(`${approver.message}\n`);
    return approver.code;
  }

  const stop = new AbortController();
  const interrupt = (signal: string): void => stop.abort(`The run was interrupted (${signal})`);
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  let started = false;
  const progress = progressOf(terminal, format === 'json' || approvals === 'ask');
  try {
    const options: RunOptions = {
      playbookPath: playbook,
      casePath: sample,
      tracePath: trace,
      model: (one, loaded) => {
        const apiKey = process.env.ANTHROPIC_API_KEY;
        const { provider, options } = chosen;
        const known = { seed, knowledge: knowledgeOf(loaded), asked: asksModel(loaded) };
        const made = createModel(provider, { ...options, ...known, case: one, clock: systemClock, apiKey });
        if (made.ok && isLive(provider)) terminal.err(sentWords(examplesOf(loaded).length));
        return made;
      },
      approver: approver.make,
      live: live === undefined ? undefined : { path: live, environment: process.env },
      clock: systemClock,
      ids: randomIds,
      user: userInfo().username,
      signal: stop.signal,
      signer: signing.signer,
      commitPersonal: read.options.personal === 'commit' ? systemRandom : undefined,
      onEvent: (line) => {
        started = true;
        if (line.event === 'run.opened') terminal.err(describeLive(line.data.live ?? []));
        progress.event(line);
      },
    };
    const reply = await runPlaybook(options);
    progress.end();
    if (!reply.ok) {
      const { file, message } = reply;
      terminal.err(`${plain(file === null ? message : message.replaceAll(file, shownPath(file)))}\n`);
      if (started) return EXIT.failed;
      // A place for the trace, a model without a key: what was asked for, not what the files say.
      return file === path.resolve(playbook) || file === path.resolve(sample) ? EXIT.problems : EXIT.usage;
    }
    const code = await report(reply.result, format === 'json', terminal);
    if (chosen.provider !== 'adversary' || format === 'json') return code;
    const reviewed = await reviewRun(options, reply.result.trace);
    if (!reviewed) {
      terminal.err('What the adversary managed cannot be told: the files or the trace can no longer be read.\n');
      return EXIT.failed;
    }
    terminal.out(describeReview(reviewed));
    return reviewed.audit.unauthorized > 0 ? EXIT.unauthorized : code;
  } finally {
    progress.end();
    approver.close();
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

export async function report(result: RunResult, json: boolean, terminal: Terminal): Promise<ExitCode> {
  if (json) {
    terminal.out(`${JSON.stringify({ ...result, trace: shownPath(result.trace) }, null, 2)}\n`);
  } else {
    terminal.out(describeRun(result, await verifyTrace(result.trace), shownPath(result.trace), terminal));
  }
  return exitOf(result.outcome);
}

export function exitOf(outcome: RunResult['outcome']): ExitCode {
  switch (outcome) {
    case 'completed':
    case 'escalated':
      return EXIT.ok;
    case 'stopped':
    case 'denied':
    case 'cancelled':
      return EXIT.denied;
    case 'failed':
      return EXIT.failed;
  }
}

/** Says what is wrong with an input as `check` does; `undefined` when it can be used. */
export function inputProblem(file: string, kind: 'playbook' | 'case', terminal: Terminal): ExitCode | undefined {
  if (fileKindOf(file) !== kind) {
    terminal.err(`"${plain(file)}" is no ${kind}: its name must end in .${kind}.yaml.\n`);
    return statOf(file) ? EXIT.usage : EXIT.noInput;
  }
  const read = readText(path.resolve(file));
  if (!read.ok) {
    terminal.err(`The ${kind} "${plain(file)}" cannot be read: ${read.reason}.\n`);
    return read.fault === 'too-large' || read.fault === 'not-text' ? EXIT.problems : EXIT.noInput;
  }
  const problems = checkFile(uriOf(file), read.text, nodeFiles()).problems.filter(
    (problem) => problem.severity === 'error',
  );
  if (problems.length === 0) return undefined;
  const lines = indexLines(read.text);
  for (const problem of problems) terminal.err(describe({ file, text: read.text, lines }, problem, terminal));
  terminal.err(`The ${kind} has errors, so it is not run.\n`);
  return EXIT.problems;
}

type ChosenApprover =
  | {
      readonly ok: true;
      readonly make: (sample: Parameters<typeof scriptedApprover>[0]) => Approver;
      readonly close: () => void;
    }
  | { readonly ok: false; readonly message: string; readonly code: ExitCode };

export function approverOf(choice: string): ChosenApprover {
  const nothing = (): void => undefined;
  if (choice === 'case') return { ok: true, make: (sample) => scriptedApprover(sample), close: nothing };
  if (choice === 'deny') return { ok: true, make: () => denyingApprover(), close: nothing };
  if (choice === 'ask') {
    const asking = terminalApprover({ input: process.stdin, output: process.stderr });
    return { ok: true, make: () => asking, close: asking.close };
  }
  const read = readText(path.resolve(choice));
  if (!read.ok) {
    return {
      ok: false,
      code: EXIT.noInput,
      message: `The approvals "${plain(choice)}" cannot be read: ${read.reason}. Give case, ask, deny or a file.`,
    };
  }
  const file = fileApprover(uriOf(choice), read.text);
  if (!file.ok)
    return { ok: false, code: EXIT.problems, message: `${plain(shownPath(choice))}:${file.line + 1}  ${file.message}` };
  return { ok: true, make: () => file.approver, close: nothing };
}
