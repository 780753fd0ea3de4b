import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LSP_HELP } from '../cli/lsp.js';
import { fileKindOf } from '../language/index.js';
import { repository } from './platform/repository.js';

const page = readFileSync(path.join(repository, 'docs/editors.md'), 'utf8');
const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
const KINDS = ['playbook', 'tools', 'policy', 'policy_test', 'case', 'mapping', 'config'] as const;

/** A default as the page writes it: text as it is, anything else as JSON. */
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The page on editors has names in it that exist elsewhere: all of them, and as they are there. */
describe('The set-ups of editors', () => {
  it('name every setting of the extension, with its default', () => {
    const settings: { readonly [name: string]: { readonly default: unknown } } =
      manifest.contributes.configuration.properties;
    const rows = [...page.matchAll(/^\| `(countersign\.[\w.]+)(?<!\.yaml)` \| (.+?) \|/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const wanted = Object.entries(settings).map(([name, setting]) => [
      name,
      ['', '{}'].includes(shown(setting.default)) ? 'empty' : `\`${shown(setting.default)}\``,
    ]);
    assert.deepEqual(rows.sort(), wanted.sort());
  });

  it('name every kind of file with the schema it has', () => {
    const rows = [...page.matchAll(/^\| `(\S+\.yaml)` \| `(\S+)` \|/gm)].map(([, file = '', schema]) => [
      fileKindOf(file.replace('*', 'x')),
      schema,
    ]);
    assert.deepEqual(
      rows,
      KINDS.map((kind) => [kind, `schemas/${kind}.schema.json`]),
    );
    const associations = Object.keys(manifest.contributes.configurationDefaults['files.associations']);
    for (const pattern of associations) assert.ok(page.includes(`\`${pattern}\``), pattern);
    for (const kind of KINDS) assert.ok(page.includes(`\`countersign-${kind.replace('_', '-')}\``), kind);
  });

  it('name schemas that are there, each for the files it is for', () => {
    for (const [schema] of page.matchAll(/schemas\/[\w.]+\.json/g)) {
      assert.ok(existsSync(path.join(repository, schema)), schema);
    }
    const mapped: unknown = JSON.parse(/```json\n(\{\n {2}"yaml\.schemas": \{\n {4}[\s\S]*?)```/.exec(page)?.[1] ?? '');
    assert.ok(typeof mapped === 'object' && mapped !== null && 'yaml.schemas' in mapped);
    assert.deepEqual(
      Object.entries(mapped['yaml.schemas'] ?? {}).map(([schema, files]) => [
        path.basename(schema),
        fileKindOf(String(files).replace('*', 'x')),
      ]),
      KINDS.map((kind) => [`${kind}.schema.json`, kind]),
    );
  });

  it('start the server as the command line has it', () => {
    const [form = ''] = LSP_HELP.split('\n');
    assert.ok(form.startsWith('countersign lsp --stdio'));
    const blocks = [...page.matchAll(/^```(lua|toml|elisp|json)\n([\s\S]*?)^```/gm)].map(([, , text = '']) => text);
    const starting = blocks.filter((text) => text.includes('lsp') && text.includes('countersign'));
    assert.equal(starting.length, 5);
    for (const text of starting) assert.match(text, /["']lsp["'],? ["']--stdio["']/);
  });

  it('are linked from where people look for them', () => {
    for (const file of ['README.md', 'docs/cli.md'])
      assert.match(readFileSync(path.join(repository, file), 'utf8'), /\]\((docs\/)?editors\.md/);
  });
});
