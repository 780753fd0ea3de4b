import path from 'node:path';
import { randomIds, systemClock, systemRandom, undoAct } from '../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shownPath, statOf } from './files.js';
import { plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'as', placeholder: 'PERSON', help: 'Who takes it back, as the policy names you.' },
  { name: 'reason', placeholder: 'TEXT', help: 'Why; it goes into the trace.' },
  { name: 'playbook', placeholder: 'FILE', help: 'Where the playbook is, when it is not where the trace says.' },
];

export const UNDO_HELP = `countersign undo TRACE CALL --as PERSON [--reason TEXT]

Takes back an act at level notify of a run that is over, within the time its playbook gives. It is decided on like any call; what
happens is in a trace of its own beside the run's.

${describeOptions(OPTIONS)}

Exit: 0 taken back, 2 not understood, or it cannot be taken back any more, 3 no such file, 4 denied, 5 the tool failed.
`;

export async function undo(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${UNDO_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(UNDO_HELP);
    return EXIT.ok;
  }
  const [trace, call, ...more] = read.paths;
  const { as, reason = '', playbook } = read.options;
  if (trace === undefined || call === undefined || more.length > 0) {
    return usage('Which act? Give the trace and the id of its call, as the run said them.');
  }
  if (as === undefined || as === '') return usage('Who takes it back? Give --as.');
  if (!statOf(trace)?.isFile()) {
    terminal.err(`There is no trace "${plain(trace)}".\n`);
    return EXIT.noInput;
  }
  const reply = await undoAct({
    tracePath: path.resolve(trace),
    call,
    as,
    reason,
    playbookPath: playbook,
    clock: systemClock,
    random: systemRandom,
    ids: randomIds,
    signal: new AbortController().signal,
  });
  if (!reply.ok) {
    terminal.err(`${plain(reply.message)}\n`);
    return EXIT.usage;
  }
  const shown = plain(shownPath(reply.trace));
  switch (reply.became) {
    case 'undone':
      terminal.out(`Taken back with ${plain(reply.tool)} (simulated in a dry run). Trace: ${shown}\n`);
      return EXIT.ok;
    case 'failed':
      terminal.err(`${plain(reply.tool)} failed; whether the act was taken back is not known. Trace: ${shown}\n`);
      return EXIT.failed;
    case 'denied':
      terminal.err(`Denied: the trace ${shown} says why.\n`);
      return EXIT.denied;
  }
}
