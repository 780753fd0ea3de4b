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
  const { RULES, RULE_NAMES, rulePage } = await load();
  const pages = new Map(RULES.map((rule) => [`${rule.name}.md`, `${rulePage(rule)}\n[All rules](README.md)\n`]));
  return pages.set('README.md', overview(RULES, RULE_NAMES));
}

async function load() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'countersign-rules-'));
  try {
    const outfile = path.join(scratch, 'rules.mjs');
    const contents = `export { RULES } from './index.js'; export { RULE_NAMES } from './names.js'; export { rulePage } from './page.js';`;
    const stdin = { contents, resolveDir: path.join(root, 'language/rules'), loader: 'ts' };
    await build({ stdin, bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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
    '`countersign explain RULE` shows a page in the terminal. [Configuration](../configuration.md) tells how to report a rule more or less loudly, and how to accept a problem.',
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
