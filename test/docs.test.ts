import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ALERT_HELP } from '../cli/alert/alert.js';
import { BOUNDARY_HELP } from '../cli/boundary/boundary.js';
import { IMPORT_HELP } from '../cli/cacao/import.js';
import { CATALOG_HELP } from '../cli/catalog/catalog.js';
import { CHECK_HELP } from '../cli/check.js';
import { COVERAGE_HELP } from '../cli/coverage/coverage.js';
import { DIFF_HELP } from '../cli/diff/diff.js';
import { EVALUATE_HELP } from '../cli/evaluate/evaluate.js';
import { MERGE_HELP } from '../cli/evaluate/merge.js';
import { EXIT } from '../cli/exit-codes.js';
import { EXPLAIN_HELP } from '../cli/explain.js';
import { EXPORT_HELP } from '../cli/export.js';
import { FEEDBACK_HELP } from '../cli/feedback/feedback.js';
import { KEYS_HELP } from '../cli/keys.js';
import { KILL_HELP, RUNS_HELP } from '../cli/kill.js';
import { LSP_HELP } from '../cli/lsp.js';
import { MCP_HELP } from '../cli/mcp/mcp.js';
import { PERSONAL_HELP } from '../cli/personal.js';
import { POLICY_HELP } from '../cli/policy/policy.js';
import { REDTEAM_HELP } from '../cli/redteam.js';
import { REPORT_HELP } from '../cli/report/report.js';
import { RESUME_HELP } from '../cli/resume.js';
import { RUN_HELP } from '../cli/run.js';
import { UNDO_HELP } from '../cli/undo.js';
import { VERIFY_HELP } from '../cli/verify.js';
import { DECISION_RULES } from '../runner/decide/rules.js';
import { fileApprover } from '../runner/index.js';
import { EVENT_FIELDS } from '../runner/trace/shape.js';
import { moduleAddress, repository } from './platform/repository.js';

/** What README and docs/ say has to be true of the program, and every link has to lead somewhere. */
const PAGES = ['README.md', ...markdownBelow('docs')];
const manifest = JSON.parse(read('package.json'));

describe('The docs', () => {
  it('have the tables that the schemas give', async () => {
    const { PAGES: generated, readSchema, withTables } = await import(moduleAddress('scripts/generate-docs.mjs'));
    assert.ok(generated.length > 0);
    for (const page of generated) {
      assert.equal(read(page), withTables(read(page), readSchema), `${page} is stale: npm run generate`);
    }
  });

  it('have a current page for every rule, and no other', async () => {
    const { rulePages } = await import(moduleAddress('scripts/write-rule-docs.mjs'));
    const wanted: Map<string, string> = await rulePages();
    assert.deepEqual(readdirSync(path.join(repository, 'docs/rules')).sort(), [...wanted.keys()].sort());
    for (const [name, text] of wanted) {
      assert.equal(read(`docs/rules/${name}`), text, `docs/rules/${name} is stale: npm run generate`);
    }
  });

  it('link to files and headings that are there', () => {
    const broken = PAGES.flatMap((page) =>
      linksOf(page).flatMap((link) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
        if (!existsSync(path.join(repository, target))) return [`${page}: ${link}`];
        if (anchor === undefined || headingsOf(target).includes(anchor)) return [];
        return [`${page}: ${link} (no such heading)`];
      }),
    );
    assert.deepEqual(broken, []);
  });

  it('show pictures that are small enough to be loaded', () => {
    for (const name of readdirSync(path.join(repository, 'docs/images'))) {
      const { size } = statSync(path.join(repository, 'docs/images', name));
      assert.ok(size < 150_000, `docs/images/${name} has ${size} bytes: npm run shrink-pictures`);
    }
  });

  it('name tests for every guarantee, and they exist', () => {
    const [, table = ''] = /## What is guaranteed, and by what\n(.*?)\n## /s.exec(read('docs/security.md')) ?? [];
    const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (guarantee|-)/.test(line));
    assert.ok(rows.length > 10);
    for (const row of rows) {
      const tests = [...row.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file]) => file ?? '');
      assert.ok(tests.length > 0, row);
      for (const file of tests) assert.ok(existsSync(path.join(repository, file)), file);
    }
  });

  it('name commands, settings and npm scripts that exist', () => {
    const commands: readonly { readonly command: string; readonly title: string; readonly category: string }[] =
      manifest.contributes.commands;
    const titles = commands.map(({ category, title }) => `${category}: ${title}`);
    const ids = [
      ...commands.map(({ command }) => command),
      ...Object.keys(manifest.contributes.configuration.properties),
    ];
    const unknown = PAGES.flatMap((page) => {
      const text = read(page);
      return [
        ...[...text.matchAll(/`(countersign(?:\.[a-zA-Z]+)+)`/g)]
          .map(([, id = '']) => id)
          .filter((id) => !ids.includes(id) && !/\.(?:yaml|json|cjs|toml)$/.test(id)),
        ...[...text.matchAll(/"(Countersign: [^"]+)"/g)].map(([, title = '']) => title).filter(unlessIn(titles)),
        ...[...text.matchAll(/\bnpm (?:run (?:-s )?)?([a-z][\w:-]*)/g)]
          .map(([, script = '']) => script)
          .filter(unlessIn([...Object.keys(manifest.scripts), 'ci', 'install', 'registry'])),
      ].map((name) => `${page}: ${name}`);
    });
    assert.deepEqual(unknown, []);
  });

  it('and the messages of the program call commands by their names', () => {
    const titles: readonly string[] = manifest.contributes.commands.map(
      ({ category, title }: { readonly category: string; readonly title: string }) => `${category}: ${title}`,
    );
    for (const file of ['runner/models/index.ts', 'runner/models/claude-errors.ts', 'client/extension.ts']) {
      for (const [, title = ''] of read(file).matchAll(/"(Countersign: [^"]+)"/g)) {
        assert.ok(titles.includes(title), `${file} names "${title}"`);
      }
    }
  });

  it('tell the command line as its own help does', () => {
    const page = read('docs/cli.md');
    const runs = [
      RUN_HELP,
      RUNS_HELP,
      KILL_HELP,
      RESUME_HELP,
      UNDO_HELP,
      REDTEAM_HELP,
      EVALUATE_HELP,
      MERGE_HELP,
      FEEDBACK_HELP,
      REPORT_HELP,
    ];
    const traces = [VERIFY_HELP, KEYS_HELP, PERSONAL_HELP, EXPORT_HELP, IMPORT_HELP];
    for (const help of [
      CHECK_HELP,
      EXPLAIN_HELP,
      ALERT_HELP,
      BOUNDARY_HELP,
      CATALOG_HELP,
      COVERAGE_HELP,
      DIFF_HELP,
      POLICY_HELP,
      ...runs,
      ...traces,
      LSP_HELP,
      MCP_HELP,
    ]) {
      const [form = ''] = help.split('\n\n');
      assert.ok(page.includes(form), `docs/cli.md has another form than:\n${form}`);
    }
    for (const code of Object.values(EXIT)) assert.match(page, new RegExp(`^\\| ${code} +\\|`, 'm'));
  });

  it('show JSON that is JSON, and answers that are taken', () => {
    for (const page of PAGES) {
      for (const { language, text } of blocksOf(page)) {
        if (language === 'json' && !page.startsWith('docs/rules/')) assert.doesNotThrow(() => JSON.parse(text), page);
      }
    }
    const [answers] = blocksOf('docs/cli.md').filter(({ language }) => language === 'yaml');
    const taken = fileApprover('file:///answers.yaml', answers?.text ?? '');
    assert.ok(taken.ok, taken.ok ? '' : taken.message);
  });

  it('describe every event of a trace with its fields, and no other', () => {
    const sections = new Map(
      read('docs/trace.md')
        .split(/^### /m)
        .slice(1)
        .map((section): [string, string] => [section.split('\n')[0] ?? '', section]),
    );
    assert.deepEqual([...sections.keys()].sort(), [...EVENT_FIELDS.keys()].sort());
    for (const [event, fields] of EVENT_FIELDS) {
      const section = (sections.get(event) ?? '').split(/^## /m)[0] ?? '';
      const described = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, field = '']) => field);
      assert.deepEqual(described.sort(), [...fields].sort(), event);
    }
  });

  it('explain every rule of a decision', () => {
    const page = read('docs/security.md');
    assert.deepEqual(
      DECISION_RULES.filter((rule) => !page.includes(`\`${rule}\``)),
      [],
    );
  });
});

function unlessIn(known: readonly string[]): (name: string) => boolean {
  return (name) => !known.includes(name);
}

function read(relative: string): string {
  return readFileSync(path.join(repository, relative), 'utf8');
}

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(path.join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** Targets of the links and pictures of a page; what is inside code is none. */
function linksOf(page: string): readonly string[] {
  const prose = withoutBlocks(page).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a page's headings, as GitHub and VS Code make them. */
function headingsOf(page: string): readonly string[] {
  return [...withoutBlocks(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function withoutBlocks(page: string): string {
  return read(page).replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');
}

function blocksOf(page: string): readonly { readonly language: string; readonly text: string }[] {
  return [...read(page).matchAll(/^(`{3,})(\w*)\n([\s\S]*?)^\1$/gm)].map(([, , language = '', text = '']) => ({
    language,
    text,
  }));
}
