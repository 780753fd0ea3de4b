import { userInfo } from 'node:os';
import { type FoundRun, killRun, liveRuns, systemClock } from '../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shownPath, statOf } from './files.js';
import { plain, type Terminal } from './terminal.js';

/** Where runs are looked for when nothing else is said. */
const TRACES = 'traces';
/** How long the run has to say that it ends. */
const WAIT_MS = 30_000;

const KILL_OPTIONS: readonly OptionSpec[] = [
  { name: 'reason', placeholder: 'TEXT', help: 'Why; it goes into the trace.' },
  {
    name: 'in',
    placeholder: 'FOLDER',
    help: `Where the run's trace lies, for a run given by its id. Default: ${TRACES}.`,
  },
];

export const KILL_HELP = `countersign kill RUN|TRACE [--reason TEXT]

Ends a run in another process before its next effect. Once this command is done, no effect of that run begins any more; one
under way completes. The run is given by its id, or by the file of its trace.

${describeOptions(KILL_OPTIONS)}

Exit: 0 ended, 2 not understood, 3 no such run, 5 the run has not confirmed it within ${WAIT_MS / 1000} seconds.
`;

export async function kill(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, KILL_OPTIONS);
  const [which, ...more] = read.ok ? read.paths : [];
  if (!read.ok || (!read.help && (which === undefined || more.length > 0))) {
    const message = read.ok ? 'Which run? Give its id, or its trace.' : read.message;
    terminal.err(`${message}\n\n${KILL_HELP}`);
    return EXIT.usage;
  }
  if (read.help || which === undefined) {
    terminal.out(KILL_HELP);
    return EXIT.ok;
  }
  const folder = read.options.in ?? TRACES;
  const trace = statOf(which)?.isFile() ? which : liveRuns(folder).find(({ run }) => run === which)?.trace;
  if (trace === undefined) {
    terminal.err(
      `There is no run "${plain(which)}" in "${plain(folder)}", and no such trace. "countersign runs" lists those that go on.\n`,
    );
    return EXIT.noInput;
  }
  const { reason = '' } = read.options;
  const killed = await killRun({ trace, by: userInfo().username, reason, clock: systemClock, wait: WAIT_MS });
  const shown = plain(shownPath(trace));
  switch (killed.kind) {
    case 'ended':
      terminal.out(`Ended: no effect of this run begins any more. Its trace is ${shown}.\n`);
      return EXIT.ok;
    case 'gone':
      terminal.out(`The process of this run is gone, so nothing of it goes on. Its trace ${shown} is cut off there.\n`);
      return EXIT.ok;
    case 'not-running':
      terminal.err(`The run of ${shown} does not go on: there was nothing to end.\n`);
      return EXIT.noInput;
    case 'unconfirmed':
      terminal.err(
        `The run has not confirmed it within ${WAIT_MS / 1000} seconds. The order lies beside its trace and is looked at before each effect. Something it does may hang: end ${killed.pid === null ? 'its process' : `process ${killed.pid}`} if it must not go on.\n`,
      );
      return EXIT.failed;
  }
}

const RUNS_OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
];

export const RUNS_HELP = `countersign runs [FOLDER...]

Lists the runs that go on and have their trace in these folders. Default: ${TRACES}.

${describeOptions(RUNS_OPTIONS)}

Exit: 0, also when there are none; 2 not understood.
`;

export function runs(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, RUNS_OPTIONS);
  if (!read.ok) {
    terminal.err(`${read.message}\n\n${RUNS_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(RUNS_HELP);
    return EXIT.ok;
  }
  const found = (read.paths.length === 0 ? [TRACES] : read.paths).flatMap(liveRuns);
  if (read.options.format === 'json') {
    const runs = found.map((one) => ({ ...one, trace: shownPath(one.trace) }));
    terminal.out(`${JSON.stringify({ version: 1, runs }, null, 2)}\n`);
  } else if (found.length === 0) terminal.out('No run goes on.\n');
  else terminal.out(found.map(describe).join(''));
  return EXIT.ok;
}

function describe({ run, playbook, case: sample, since, trace, alive }: FoundRun): string {
  const state = alive ? `since ${since}` : 'its process is gone';
  return `${plain(run)}  ${plain(playbook)} on ${plain(sample)}, ${plain(state)}  ${plain(shownPath(trace))}\n`;
}
