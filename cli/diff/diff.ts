import { dayOf } from '../../language/host.js';
import { reviewTrees } from '../../revisions/index.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { faultWords, plain, type Terminal } from '../terminal.js';
import { exitOf, FAULT_NAMES, failOnOf, worstOf } from './outcome.js';
import { type DiffReport, reportOf } from './report.js';
import { sidesOf } from './sides.js';

const FORMATS = ['text', 'json', 'markdown', 'html', 'sarif', 'gitlab'] as const;
type Format = (typeof FORMATS)[number];

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'format',
    values: FORMATS,
    help: 'For people, programs, a comment, a page, and reports of GitHub and GitLab.',
  },
  { name: 'fail-on', placeholder: 'KINDS', help: 'What fails: violated, widened, stale, or none. All by default.' },
];

export const DIFF_HELP = `countersign diff [BASE [HEAD]] [--format ${FORMATS.join('|')}] [--fail-on KINDS]

Says what the playbooks below this folder may do that they could not before, and what made the difference. BASE and HEAD
are git revisions, folders, or playbooks. Without HEAD it is the work tree; without BASE it is where HEAD left the default
branch. The policy of BASE judges: what looks harmless only by a policy or catalog that changed as well is told. What
that policy acknowledges is told apart and does not count. Boundary records that are there have to be right.

${describeOptions(OPTIONS)}

Exit: 0 nothing may do more, 20 something may, 21 something may that the policy of BASE does not allow, 22 nothing may but
a boundary record is stale, 2 not understood, 3 nothing to compare, 1 a fault of ours. What --fail-on leaves out is told and
does not fail.
`;

export async function diff(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  if (!read.ok || (!read.help && read.paths.length > 2)) {
    terminal.err(`${read.ok ? 'There are two sides: BASE and HEAD.' : read.message}\n\n${DIFF_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(DIFF_HELP);
    return EXIT.ok;
  }
  const failOn = failOnOf(read.options['fail-on'] ?? FAULT_NAMES.join());
  if (!failOn.ok) {
    terminal.err(`${plain(failOn.message)}\n\n${DIFF_HELP}`);
    return EXIT.usage;
  }
  try {
    const found = await sidesOf(read.paths);
    if (!found.ok) {
      terminal.err(`${plain(found.message)}\n`);
      return found.code;
    }
    const { base, head, root, isWanted, pairs } = found.sides;
    const today = dayOf(new Date());
    const review = reviewTrees(base, head, root, today, isWanted, pairs);
    if (review.playbooks.length === 0) {
      terminal.err('There is no playbook on either side: their names end in .playbook.yaml.\n');
      return EXIT.noInput;
    }
    const report = reportOf(review, root, today);
    terminal.out(await shown(report, FORMATS.find((format) => format === read.options.format) ?? 'text', terminal));
    return exitOf(worstOf(report, failOn.faults));
  } catch (error) {
    // A script must not take a fault of ours for an answer: 5 means something else to those who run playbooks.
    terminal.err(faultWords(error));
    return EXIT.problems;
  }
}

/** Each form is loaded when it is asked for. */
async function shown(report: DiffReport, format: Format, terminal: Terminal): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('./text.js')).diffText(report, terminal);
    case 'json':
      return (await import('./json.js')).diffJson(report);
    case 'markdown':
      return (await import('./markdown.js')).diffMarkdown(report);
    case 'html':
      return (await import('./html.js')).diffHtml(report);
    case 'gitlab':
      return (await import('./gitlab.js')).diffGitlab(report);
    case 'sarif':
      return (await import('./sarif.js')).diffSarif(report);
  }
}
