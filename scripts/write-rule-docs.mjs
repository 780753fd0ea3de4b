// Writes docs/rules/ from the rules themselves: what, why, how to fix it, and the examples that are run as tests. They are
// what a problem in the editor links to. Writes only what changed; removes the page of a rule that is gone.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'docs/rules');

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const pages = await rulePages();
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of pages) {
    const file = path.join(folder, name);
    if (read(file) !== text) writeFileSync(file, text);
  }
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(path.join(folder, name));
}

/**
 * What docs/rules/ is to hold: the name of each page and its text.
 * @returns {Promise<Map<string, string>>}
 */
export async function rulePages() {
  const { RULES, RULE_NAMES } = await load();
  const pages = new Map(RULES.map((rule) => [`${rule.name}.md`, page(rule)]));
  return pages.set('README.md', overview(RULES, RULE_NAMES));
}

async function load() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'countersign-rules-'));
  try {
    const outfile = path.join(scratch, 'rules.mjs');
    const contents = `export { RULES } from './index.js'; export { RULE_NAMES } from './names.js';`;
    const stdin = { contents, resolveDir: path.join(root, 'language/rules'), loader: 'ts' };
    await build({ stdin, bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function page(rule) {
  return [
    `# ${rule.name}`,
    rule.what,
    `Group: ${rule.group}. Severity: ${rule.severity}.`,
    '## Why it matters',
    rule.why,
    '## How to fix it',
    rule.fix,
    '## Reported',
    example(rule.failing),
    ...(/«/.test(rule.failing.text) ? ['The words between « and » are where it is reported.'] : []),
    '## Not reported',
    example(rule.passing),
    '[All rules](README.md)',
  ]
    .join('\n\n')
    .concat('\n');
}

function example({ kind, text }) {
  const language = kind === 'trace' ? 'json' : 'yaml';
  // A text may itself hold a run of backticks, or characters that nobody would see.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${visible(outdented(text)).replace(/\n+$/, '')}\n${fence}`;
}

/** Without the indentation that every line has: steps stand two spaces in, because that is where a playbook has them. */
function outdented(text) {
  const indents = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [/^ */.exec(line)[0].length]));
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return text
    .split('\n')
    .map((line) => line.slice(Math.min(least, /^ */.exec(line)[0].length)))
    .join('\n');
}

function visible(text) {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, '0')}`,
  );
}

function overview(rules, names) {
  const sections = Object.entries(names).flatMap(([group, members]) => [
    `## ${group}`,
    ['| rule | severity | what it reports |', '| --- | --- | --- |', ...members.map((name) => row(rules, name))].join(
      '\n',
    ),
  ]);
  return [
    '# Rules',
    'What Countersign checks, in the editor, in `countersign check` and before every run. An error stops a run.',
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

function row(rules, name) {
  const rule = rules.find((one) => one.name === name);
  if (!rule) throw new Error(`The rule ${name} is named in language/rules/names.ts and described nowhere.`);
  return `| [${name}](${name}.md) | ${rule.severity} | ${rule.what.replaceAll('|', '\\|')} |`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
