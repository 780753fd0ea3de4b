import { TRUTHS } from '../../language/index.js';
import { type FeedbackOptions, type FeedbackReply, makeFeedback, systemClock } from '../../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { columns } from '../columns.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { count, plain, type Terminal } from '../terminal.js';
import { review } from './review.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'verdict', placeholder: 'WORD', help: 'The verdict that is right, where the one of the run is wrong.' },
  { name: 'as', placeholder: 'PERSON', help: 'With --verdict or review: who says so, as the policy names you.' },
  { name: 'reason', placeholder: 'TEXT', help: 'With --verdict: why. It goes into the case.' },
  { name: 'truth', values: TRUTHS, help: 'What the alert really is, where the verdict alone does not say it.' },
  { name: 'out', placeholder: 'FILE', help: 'The new case. Default: beside the case of the run.' },
  { name: 'reviewed', placeholder: 'CODE', help: 'You looked at what was listed or shown with this code.' },
  { name: 'pseudonymize', flag: true, help: 'Replace what is listed by made-up values, the same everywhere.' },
  {
    name: 'playbook',
    placeholder: 'FILE',
    help: 'Where the playbook is, when it is not found from the trace or below this folder.',
  },
  { name: 'case', placeholder: 'FILE', help: 'Where the case of the run is, likewise.' },
];

export const FEEDBACK_HELP = `countersign feedback TRACE [--verdict WORD --as PERSON --reason TEXT] [--truth benign|malicious|novel|ambiguous]
                [--out FILE] [--reviewed CODE | --pseudonymize]
countersign feedback review CASE --as PERSON [--reviewed CODE]

Makes a labelled case of a run in which a person refused or changed what was proposed, or whose verdict a person says is wrong.
Every evaluation has it as a regression. Personal data is listed first and nothing is written; then save it with --reviewed and
the code of the list, or with --pseudonymize.

"review" shows what agents would be shown of such a case as an example, and with the code of that lets it be shown.

${describeOptions(OPTIONS)}

Exit: 0 written, 2 not understood or not possible, 3 no such file, or nothing in the run to learn from, 6 the trace is broken,
9 personal data is to be looked at first; nothing is written.
`;

export async function feedback(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${FEEDBACK_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(FEEDBACK_HELP);
    return EXIT.ok;
  }
  if (read.paths[0] === 'review') return reviewCase(read, terminal, usage);
  const [trace, ...more] = read.paths;
  if (trace === undefined) return usage('Which run? Give its trace.');
  if (more.length > 0) return usage('One trace at a time.');
  const { verdict, as, reason, truth, out, reviewed, playbook, case: sample } = read.options;
  if (verdict !== undefined && (as === undefined || reason === undefined))
    return usage('Who says that this verdict is right, and why? Give --as and --reason.');
  if (verdict === undefined && (as !== undefined || reason !== undefined))
    return usage('--as and --reason go with --verdict: what people decided in the run is in its trace.');
  const pseudonymize = read.flags.has('pseudonymize');
  if (reviewed !== undefined && pseudonymize)
    return usage('Either --reviewed, which keeps personal data as it is, or --pseudonymize, which replaces it.');
  if (!statOf(trace)?.isFile()) {
    terminal.err(`There is no trace "${plain(trace)}".\n`);
    return EXIT.noInput;
  }
  const save: FeedbackOptions['save'] =
    reviewed !== undefined ? { how: 'seen', code: reviewed } : pseudonymize ? { how: 'pseudonymized' } : undefined;
  const reply = await makeFeedback({
    tracePath: trace,
    playbookPath: playbook,
    casePath: sample,
    roots: [process.cwd()],
    out,
    truth: TRUTHS.find((one) => one === truth),
    verdict: verdict === undefined ? undefined : { value: verdict, as: as ?? '', reason: reason ?? '' },
    save,
  });
  if (!reply.ok) {
    terminal.err(`${plain(reply.message)}\n`);
    return FAILED[reply.why];
  }
  return reply.files.length === 0 ? toReview(reply, terminal) : written(reply, terminal);
}

function reviewCase(
  { paths, options, flags }: Extract<ReturnType<typeof readArguments>, { readonly ok: true }>,
  terminal: Terminal,
  usage: (message: string) => ExitCode,
): ExitCode {
  const [, sample, ...more] = paths;
  const { as, playbook, reviewed: code } = options;
  if (sample === undefined) return usage('Which case? Give its path.');
  if (more.length > 0) return usage('One case at a time.');
  if (as === undefined) return usage('Who reads it? Give --as, as the policy names you.');
  const others = ['verdict', 'reason', 'truth', 'out', 'case'].filter((name) => options[name] !== undefined);
  if (others.length > 0 || flags.size > 0) return usage('"review" takes --as, --reviewed and --playbook.');
  if (!statOf(sample)?.isFile()) {
    terminal.err(`There is no case "${plain(sample)}".\n`);
    return EXIT.noInput;
  }
  return review({ sample, as, playbook, code, now: new Date(systemClock.now()).toISOString() }, terminal);
}

const FAILED = { nothing: EXIT.noInput, broken: EXIT.broken, refused: EXIT.usage } as const;

type Made = Extract<FeedbackReply, { readonly ok: true }>;

function toReview(reply: Made, terminal: Terminal): ExitCode {
  const { values, code, stale } = reply;
  terminal.out(`${terminal.paint('bold', 'Personal data that the case would have')}\n`);
  terminal.out(list(reply));
  if (stale) terminal.err('The code of --reviewed is of another list: what the case is made of has changed since.\n');
  terminal.err(
    `${count(values.length, 'value')} found, and nothing written. Names in running text are not found: read alert, answers and reasons yourself. Then keep it all with --reviewed ${code}, or have what is listed replaced with --pseudonymize.\n`,
  );
  return EXIT.unreviewed;
}

function written(reply: Made, terminal: Terminal): ExitCode {
  const [sample, ...others] = reply.files.map((file) => plain(shownPath(file)));
  const replaced = reply.values.some(({ instead }) => instead !== undefined);
  if (replaced) terminal.out(list(reply));
  terminal.out(`${terminal.paint('green', '✓')} Written: ${sample}, with ${others.join(', ')}\n`);
  if (replaced)
    terminal.err(
      'What context or policy say of a value they do not say of a made-up one. Run the case once to see that it goes the same way.\n',
    );
  return EXIT.ok;
}

function list({ values, people }: Made): string {
  const rows = values.map(
    ({ type, value, places, instead }) =>
      [`  ${type}`, value, instead === undefined ? '' : `→ ${instead}`, places.join(', ')] as const,
  );
  const stay = people.map((person) => ['  decided', person, '', 'stays: the policy names them'] as const);
  return columns([...rows, ...stay]).join('');
}
