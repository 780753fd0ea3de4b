import { fileKindOf, type LoadedPolicyTest, loadPolicyTest } from '../../language/index.js';
import { nodeFiles, readText } from '../../runner/node-files.js';
import { runPolicyTests } from '../../runner/policy-test/run-policy-tests.js';
import { describeOptions, type OptionSpec, readArguments, wholeNumber } from '../arguments.js';
import { notRead } from '../check-text.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findFiles, statOf, uriOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { jsonOf } from './json.js';
import { junitOf } from './junit.js';
import { reportOf } from './report.js';
import { textOf } from './text.js';

const FORMATS = ['text', 'json', 'junit'] as const;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: FORMATS, help: 'For people, programs, or the test reports of CI.' },
  {
    name: 'min-coverage',
    placeholder: 'PERCENT',
    help: 'Fail when tests exercise less of a policy. Default: 0.',
  },
];

export const POLICY_HELP = `countersign policy test [PATH…] [--format ${FORMATS.join('|')}] [--min-coverage PERCENT]

Judges what *.policy.test.yaml files expect of a policy: files, or folders with everything in them (default: this folder). Says
what is not as expected and what decided, and which ceilings, roles, tags and listed tools of the policy no test exercises.

${describeOptions(OPTIONS)}

Exit: 0 all as expected, 1 not, or problems, or too little exercised, 2 not understood, 3 nothing to test.
`;

export function policy(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${POLICY_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(POLICY_HELP);
    return EXIT.ok;
  }
  const [what, ...given] = read.paths;
  if (what !== 'test') {
    return usage(
      what === undefined
        ? 'What about the policy? Say "policy test".'
        : `There is no "policy ${plain(what)}". Say "policy test".`,
    );
  }
  const wanted = read.options['min-coverage'];
  const least = wanted === undefined ? 0 : wholeNumber(wanted.replace(/%$/, ''));
  if (least === undefined || least > 100) {
    return usage(`"--min-coverage" cannot be "${plain(wanted ?? '')}". It is a whole number from 0 to 100.`);
  }
  const other = given.find((file) => fileKindOf(file) !== 'policy_test' && statOf(file)?.isFile());
  if (other !== undefined)
    return usage(`"${plain(other)}" holds no tests of a policy: its name must end in .policy.test.yaml.`);
  const paths = given.length > 0 ? given : ['.'];
  const gone = paths.find((one) => !statOf(one));
  if (gone !== undefined) {
    terminal.err(`There is no file or folder "${plain(gone)}".\n`);
    return EXIT.noInput;
  }
  const found = findFiles(paths);
  const files = found.ok ? found.files.filter((file) => fileKindOf(file) === 'policy_test') : [];
  if (files.length === 0) {
    const where = paths.map((one) => `"${plain(one)}"`).join(', ');
    terminal.err(`There is nothing to test in ${where}: no *.policy.test.yaml.\n`);
    return EXIT.noInput;
  }
  const host = nodeFiles();
  const loaded = files.map((file): LoadedPolicyTest => {
    const read = readText(file);
    if (read.ok) return loadPolicyTest(uriOf(file), read.text, host);
    return { ...loadPolicyTest(uriOf(file), '', host), problems: [notRead(read)] };
  });
  const report = reportOf(runPolicyTests(loaded), host, least);
  const format = FORMATS.find((one) => one === read.options.format) ?? 'text';
  terminal.out(format === 'json' ? jsonOf(report) : format === 'junit' ? junitOf(report) : textOf(report, terminal));
  return report.passed ? EXIT.ok : EXIT.problems;
}
