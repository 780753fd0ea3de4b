import { mergeEvaluations, writeEvaluation } from '../../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { count, plain, type Terminal } from '../terminal.js';
import { baselineOf, readAll } from './baseline.js';
import { exitOf } from './exit.js';
import { FORMATS, formatted } from './formats.js';
import { measured, measureProblem } from './measure.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'out', placeholder: 'DIR', help: 'Write the whole there, as "evaluate --out" does, without traces.' },
  {
    name: 'measure',
    placeholder: 'FILE',
    help: 'Write there how often acts without a person were wrong, for a policy’s breaker.',
  },
  { name: 'compare', placeholder: 'FILE', help: 'An earlier evaluation: what got worse, case by case.' },
  { name: 'format', values: FORMATS, help: 'For people, programs, the test reports of CI, or a page.' },
];

export const MERGE_HELP = `countersign merge EVALUATION… [--out DIR] [--measure FILE] [--compare FILE] [--format ${FORMATS.join('|')}]

Puts the parts of one evaluation together, as "evaluate --shard I/N" made them: JSON files, or folders of --out. What comes out is
what the whole would have been.

${describeOptions(OPTIONS)}

Exit: as evaluate; 4 when parts are missing.
`;

export function merge(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${MERGE_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(MERGE_HELP);
    return EXIT.ok;
  }
  if (read.paths.length === 0) return usage('Which evaluations? Give their files or folders.');
  const unfit = measureProblem(read.options.measure);
  if (unfit !== undefined) return usage(unfit);
  const parts = readAll(read.paths, terminal);
  if (!parts.ok) return parts.code;
  const baseline = baselineOf(read.options.compare, terminal);
  if (!baseline.ok) return baseline.code;
  const merged = mergeEvaluations(parts.evaluations);
  if (!merged.ok) {
    terminal.err(`${plain(merged.message)}\n`);
    return EXIT.problems;
  }
  const { evaluation } = merged;
  if (evaluation.missing > 0)
    terminal.err(
      `${count(evaluation.missing, 'run')} of the whole are in none of them. Were all parts made and given?\n`,
    );
  if (read.options.out !== undefined) writeEvaluation(read.options.out, evaluation);
  terminal.out(formatted(read.options.format, evaluation, baseline.against(evaluation), terminal));
  return measured(read.options.measure, evaluation, terminal, exitOf(evaluation, evaluation.missing > 0));
}
