import type { Example, RuleInfo } from './rule.js';

/** What people read about a rule, as a Markdown page: its file in `docs/rules/`, `countersign explain` and SARIF say this. */
export function rulePage(rule: RuleInfo): string {
  return [
    `# ${rule.name}`,
    rule.what,
    `Group: ${rule.group}. Severity: ${rule.severity}.`,
    '## Why it matters',
    rule.why,
    '## How to fix it',
    rule.fix,
    '## Reported',
    fenced(rule.failing),
    ...(isMarked(rule.failing) ? ['The words between « and » are where it is reported.'] : []),
    '## Not reported',
    fenced(rule.passing),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Whether an example says at which words the rule reports. */
export function isMarked({ text }: Example): boolean {
  return text.includes('«');
}

/** An example as it is shown: nothing hidden, and without the indentation that steps have in a playbook. */
export function exampleText({ text }: Example): string {
  return visible(outdented(text)).replace(/\n+$/, '');
}

function fenced(example: Example): string {
  const text = exampleText(example);
  // A text may itself hold a run of backticks.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const language = /^\s*\{/.test(text) ? 'json' : 'yaml';
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Without the indentation that every line has: steps stand two spaces in, because that is where a playbook has them. */
function outdented(text: string): string {
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const indents = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [indentOf(line)]));
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return text
    .split('\n')
    .map((line) => line.slice(Math.min(least, indentOf(line))))
    .join('\n');
}

function visible(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
