import { userInfo } from 'node:os';
import path from 'node:path';
import { makeNewCase, type NewCaseReply, systemClock } from '../../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { exitOf, INTERRUPTS, inputProblem } from '../run.js';
import { count, plain, type Terminal } from '../terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'alert', placeholder: 'ALERT', help: 'The alert it is about: an OCSF Detection Finding.' },
  {
    name: 'out',
    placeholder: 'FILE',
    help: 'The new case; - prints it. Default: beside the alert, NAME.case.yaml for NAME.alert.json.',
  },
];

export const CASE_HELP = `countersign case new PLAYBOOK --alert ALERT [--out FILE]

Writes a case to begin with: it dry-runs the playbook on the alert with made-up answers, and writes down what was asked. Tools that
only look answer the least that their catalogs allow, people of the policy approve. The run goes one way; change the answers to see
the others. No file is replaced, and nothing leaves this machine.

${describeOptions(OPTIONS)}

Exit: 0 written, and a dry run with it completes or escalates; 4, 5 written, and it ends as denied or stopped, or fails;
1 playbook or alert has errors, 2 not understood or not possible, 3 no such file.
`;

export async function caseFile(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${CASE_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(CASE_HELP);
    return EXIT.ok;
  }
  const [what, playbook, ...more] = read.paths;
  const { alert, out } = read.options;
  if (what !== 'new') {
    const said = what === undefined ? 'What about a case?' : `There is no "case ${plain(what)}".`;
    return usage(`${said} Say "case new PLAYBOOK --alert ALERT".`);
  }
  if (playbook === undefined) return usage('Which playbook? Give its path.');
  if (more.length > 0) return usage(`One playbook at a time, not ${plain(more.join(', '))} as well.`);
  if (alert === undefined) return usage('About which alert? Give it with --alert.');
  const refused = inputProblem(playbook, 'playbook', terminal);
  if (refused !== undefined) return refused;
  if (!statOf(alert)?.isFile()) {
    terminal.err(`There is no alert "${plain(alert)}".\n`);
    return EXIT.noInput;
  }

  const stop = new AbortController();
  const interrupt = (): void => stop.abort('It was interrupted');
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  try {
    const reply = await makeNewCase({
      playbookPath: playbook,
      alertPath: alert,
      out: out === '-' ? undefined : out,
      write: out !== '-',
      user: userInfo().username,
      clock: systemClock,
      signal: stop.signal,
    });
    if (reply.ok) return told(reply, playbook, out === '-', terminal);
    const { file, message } = reply;
    terminal.err(`${plain(file === null ? message : message.replaceAll(file, shownPath(file)))}\n`);
    return file === path.resolve(playbook) || file === path.resolve(alert) ? EXIT.problems : EXIT.usage;
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

type Made = Extract<NewCaseReply, { readonly ok: true }>;

function told(made: Made, playbook: string, printed: boolean, { out, err, paint }: Terminal): ExitCode {
  const { outcome, reason, answers, approvals, tasks, notes } = made;
  const written = plain(shownPath(made.path));
  if (printed) out(made.text);
  else out(`${paint('green', '✓')} Written: ${written}\n`);
  const parts = [count(answers, 'answer'), count(approvals, 'approval'), count(tasks, 'task')];
  err(`Made up: ${parts.join(', ')}. Change them to what your tools and people would say.\n`);
  for (const note of notes) err(`Not made up: ${plain(note)}\n`);
  const code = exitOf(outcome);
  const verdict = made.verdict === null ? '' : `, with the verdict "${plain(made.verdict)}"`;
  err(`A dry run with it ends as ${outcome}${verdict}${code === EXIT.ok ? '.' : `: ${plain(reason)}`}\n`);
  if (!printed) err(`Run it: countersign run ${plain(shownPath(playbook))} --case ${written}\n`);
  return code;
}
