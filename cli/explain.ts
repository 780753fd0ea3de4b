import {
  closest,
  exampleText,
  isMarked,
  isRuleName,
  RULE_NAMES,
  RULES,
  type RuleInfo,
  rulePage,
} from '../language/index.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { plain, type Terminal } from './terminal.js';

const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

const OPTIONS: readonly OptionSpec[] = [{ name: 'format', values: FORMATS, help: 'For people, programs, or a page.' }];

export const EXPLAIN_HELP = `countersign explain [RULE] [--format ${FORMATS.join('|')}]

Says what a rule reports, why it matters and how to mend it, with an example of each. Without a rule it lists them all.

${describeOptions(OPTIONS)}

Exit: 0 explained, 2 not understood.
`;

export function explain(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  if (!read.ok || (!read.help && read.paths.length > 1)) {
    terminal.err(`${read.ok ? 'One rule at a time.' : read.message}\n\n${EXPLAIN_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(EXPLAIN_HELP);
    return EXIT.ok;
  }
  const format = FORMATS.find((one) => one === read.options.format) ?? 'text';
  const [name] = read.paths;
  if (name === undefined) {
    terminal.out(listOf(format, terminal));
    return EXIT.ok;
  }
  const rule = isRuleName(name) ? RULES.find((one) => one.name === name) : undefined;
  if (!rule) {
    const meant = closest(
      name,
      RULES.map((one) => one.name),
    );
    const hint = meant ? `Did you mean "${meant}"?` : '"countersign explain" lists them all.';
    terminal.err(`There is no rule "${plain(name)}". ${hint}\n`);
    return EXIT.usage;
  }
  terminal.out(pageOf(rule, format, terminal));
  return EXIT.ok;
}

function pageOf(rule: RuleInfo, format: Format, { paint }: Terminal): string {
  if (format === 'json') return jsonOf([rule]);
  if (format === 'markdown') return rulePage(rule);
  const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
  const marks = isMarked(rule.failing) ? ' (between « and »)' : '';
  return [
    `${paint('bold', rule.name)}  ${rule.group}, ${rule.severity}`,
    rule.what,
    `${paint('bold', 'Why it matters')}\n${rule.why}`,
    `${paint('bold', 'How to fix it')}\n${rule.fix}`,
    `${paint('bold', 'Reported')}${marks}\n${indented(exampleText(rule.failing))}`,
    `${paint('bold', 'Not reported')}\n${indented(exampleText(rule.passing))}`,
  ]
    .join('\n\n')
    .concat('\n');
}

function listOf(format: Format, { paint }: Terminal): string {
  const groups = Object.entries(RULE_NAMES).map(([group, names]) => ({
    group,
    rules: RULES.filter(({ name }) => (names as readonly string[]).includes(name)),
  }));
  if (format === 'json') return jsonOf(groups.flatMap(({ rules }) => rules));
  if (format === 'markdown') {
    const row = ({ name, severity, what }: RuleInfo): string =>
      `| ${name} | ${severity} | ${what.replaceAll('|', '\\|')} |`;
    const tables = groups.map(
      ({ group, rules }) =>
        `## ${group}\n\n| rule | severity | what it reports |\n| --- | --- | --- |\n${rules.map(row).join('\n')}`,
    );
    return `${['# Rules', ...tables].join('\n\n')}\n`;
  }
  const width = Math.max(...RULES.map(({ name }) => name.length));
  const line = ({ name, severity, what }: RuleInfo): string =>
    `  ${name.padEnd(width)}  ${severity.padEnd('information'.length)}  ${what}`;
  return groups
    .map(({ group, rules }) => `${paint('bold', group)}\n${rules.map(line).join('\n')}`)
    .join('\n\n')
    .concat('\n');
}

/** Always a list, of one rule or of all, so that a program reads both alike. */
function jsonOf(rules: readonly RuleInfo[]): string {
  const shown = rules.map(({ name, group, severity, what, why, fix, failing, passing }) => ({
    name,
    group,
    severity,
    what,
    why,
    fix,
    failing: { kind: failing.kind, text: failing.text },
    passing: { kind: passing.kind, text: passing.text },
    docs: `docs/rules/${name}.md`,
  }));
  return `${JSON.stringify({ version: 1, rules: shown }, null, 2)}\n`;
}
