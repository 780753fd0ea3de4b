import { ATTACK_VERSION, fileKindOf, loadCase, loadPlaybook } from '../../language/index.js';
import { nodeFiles, readText } from '../../runner/node-files.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findFiles, shownPath, uriOf } from '../files.js';
import { count, plain, type Terminal } from '../terminal.js';
import { type Covered, coveredBy } from './covered.js';
import { layerText } from './layer.js';

const FORMATS = ['text', 'layer'] as const;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: FORMATS, help: 'For people, or a layer file of the ATT&CK Navigator (4.5).' },
];

export const COVERAGE_HELP = `countersign coverage [PATH…] [--format ${FORMATS.join('|')}]

Says which techniques of MITRE ATT&CK (v${ATTACK_VERSION}) playbooks name, which playbooks those are, and how many labelled cases
each has: of files, or of folders with everything in them (default: this folder). What authors claim to answer is no detection. A
playbook with errors does not run and is not counted.

${describeOptions(OPTIONS)}

Exit: 0 counted, 1 a file cannot be read, 2 not understood, 3 no playbook there.
`;

export function coverage(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  if (!read.ok) {
    terminal.err(`${read.message}\n\n${COVERAGE_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(COVERAGE_HELP);
    return EXIT.ok;
  }
  const paths = read.paths.length > 0 ? read.paths : ['.'];
  const found = findFiles(paths);
  if (!found.ok) {
    terminal.err(`${found.message}\n`);
    return found.usage ? EXIT.usage : EXIT.noInput;
  }
  const ofKind = (kind: string): readonly string[] => found.files.filter((file) => fileKindOf(file) === kind);
  if (ofKind('playbook').length === 0) {
    terminal.err(`There is no playbook in ${paths.map(plain).join(', ')}: their names end in .playbook.yaml.\n`);
    return EXIT.noInput;
  }
  const host = nodeFiles();
  const texts = new Map<string, string>();
  for (const file of [...ofKind('playbook'), ...ofKind('case')]) {
    const text = readText(file);
    if (!text.ok) {
      terminal.err(`"${plain(shownPath(file))}" cannot be read: ${text.reason}. Nothing was counted.\n`);
      return EXIT.problems;
    }
    texts.set(file, text.text);
  }
  const covered = coveredBy(
    ofKind('playbook').map((file) => loadPlaybook(uriOf(file), texts.get(file) ?? '', host)),
    ofKind('case').map((file) => loadCase(uriOf(file), texts.get(file) ?? '', host)),
  );
  terminal.out(read.options.format === 'layer' ? layerText(covered) : coverageText(covered, terminal));
  return EXIT.ok;
}

/** For people: a line for each technique, then what was not counted. */
function coverageText({ techniques, playbooks, leftOut }: Covered, { paint }: Pick<Terminal, 'paint'>): string {
  const widest = Math.max(0, ...techniques.map(({ name }) => name.length));
  const lines = techniques.map(({ id, name, answers }) => {
    const cases = answers.reduce((sum, one) => sum + one.cases, 0);
    const who = answers.map(({ playbook }) => plain(playbook)).join(', ');
    return `${id.padEnd(9)}  ${name.padEnd(widest)}  ${paint('dim', `${count(cases, 'case')}:`)} ${who}\n`;
  });
  const rest = leftOut.map(({ what, why }) => `${paint('yellow', 'Not counted')}: ${plain(what)}, ${why}.\n`);
  const sum = `${count(techniques.length, 'technique')} of ATT&CK v${ATTACK_VERSION} in ${count(playbooks.length, 'playbook')}. It is what their authors claim to answer.\n`;
  return `${lines.join('')}${rest.join('')}${sum}`;
}
