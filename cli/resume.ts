import { userInfo } from 'node:os';
import path from 'node:path';
import {
  asksModel,
  createModel,
  examplesOf,
  randomIds,
  resumePlaybook,
  systemClock,
  systemRandom,
} from '../runner/index.js';
import { chosenSigner, configFolder } from '../runner/trace/keys.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shownPath, statOf } from './files.js';
import { surroundings } from './keys.js';
import { describeLive } from './live-summary.js';
import { isLive, MODEL_OPTIONS, MODELS, modelChoice, sentWords } from './model-options.js';
import { progressOf } from './progress.js';
import { approverOf, INTERRUPTS, report } from './run.js';
import { plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'approvals', placeholder: 'case|ask|deny|FILE', help: 'Who answers from now on. Default: case, its script.' },
  ...MODEL_OPTIONS.filter(({ name }) => name !== 'model'),
  { name: 'playbook', placeholder: 'FILE', help: 'Where the playbook is, if no longer where the trace says.' },
  { name: 'case', placeholder: 'FILE', help: 'Where the case is, if no longer where the trace says.' },
  { name: 'live', placeholder: 'FILE', help: 'The live servers of a run that was started with some.' },
  {
    name: 'key',
    placeholder: 'FILE|none',
    help: 'Who signs checkpoints, as so far. Default: your key, if there is one.',
  },
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
];

export const RESUME_HELP = `countersign resume TRACE [--approvals case|ask|deny|FILE] [--playbook FILE] [--case FILE]
                [--model-id ID] [--effort low|medium|high|xhigh|max] [--prices FILE] [--recording FILE] [--live FILE] [--key FILE|none]
                [--format text|json]

Goes on with a run that broke off, in the same trace. Nobody who answered is asked again and no call is made a second time: of
an act that was about to be made when it broke off, a person says whether it took effect. An approval that expired
meanwhile is asked for again. Agent steps are answered by the model that the run was started with; what is said about it
here is as for run. Refused when the playbook, the policy, a catalog, the case, its event data or the alert
changed, or when live servers do not say what they said.

${describeOptions(OPTIONS)}

Exit: 0 completed or escalated, 1 the trace or a file cannot be gone on with, 2 not understood, 3 no such file, 4 denied,
stopped or cancelled, 5 failed.
`;

export async function resume(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${RESUME_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(RESUME_HELP);
    return EXIT.ok;
  }
  const [trace, ...more] = read.paths;
  if (trace === undefined) return usage('Which trace? Give its path.');
  if (more.length > 0) return usage('One trace at a time.');
  for (const file of [trace, read.options.playbook, read.options.case]) {
    if (file === undefined || statOf(file)?.isFile()) continue;
    terminal.err(`There is no file "${plain(file)}".\n`);
    return EXIT.noInput;
  }
  const { approvals = 'case', format, live } = read.options;
  const signing = chosenSigner(read.options.key, configFolder(surroundings()));
  if (!signing.ok) return usage(signing.message);
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
    const reply = await resumePlaybook({
      tracePath: trace,
      playbookPath: read.options.playbook,
      casePath: read.options.case,
      model: (sample, { provider, id }, loaded) => {
        const known = MODELS.find((one) => one === provider);
        if (!known) return { ok: false, message: `The model "${provider}" of the run is not known to this version.` };
        const chosen = modelChoice({ ...read.options, model: known });
        if (!chosen.ok) return chosen;
        const apiKey = process.env.ANTHROPIC_API_KEY;
        const made = createModel(known, {
          modelId: id,
          ...chosen.options,
          case: sample,
          asked: asksModel(loaded),
          clock: systemClock,
          apiKey,
        });
        if (made.ok && isLive(known)) terminal.err(sentWords(examplesOf(loaded).length));
        return made;
      },
      approver: approver.make,
      live: live === undefined ? undefined : { path: live, environment: process.env },
      signer: signing.signer,
      random: systemRandom,
      clock: systemClock,
      ids: randomIds,
      user: userInfo().username,
      signal: stop.signal,
      onOpened: (opened) => terminal.err(describeLive(opened.live ?? [])),
      onEvent: (line) => {
        started = true;
        progress.event(line);
      },
    });
    progress.end();
    if (reply.ok) return await report(reply.result, format === 'json', terminal);
    const { file, message } = reply;
    const said = file === null ? message : message.replaceAll(file, shownPath(file));
    terminal.err(`${plain(said)}\n`);
    if (started) return EXIT.failed;
    return file !== null && path.isAbsolute(file) ? EXIT.problems : EXIT.usage;
  } finally {
    progress.end();
    approver.close();
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}
