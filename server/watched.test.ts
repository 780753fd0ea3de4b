import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { Editor } from './testing.test.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted').replace(
  'title: An example',
  'title: An example\ndescription: Looks up.',
);
const LOOK = '  - id: look\n    action: intel.domain_reputation\n    with: { domain: a.example }\n';
const TOOLS = EXAMPLE_FILES['example.tools.yaml']!;
const POLICY = EXAMPLE_FILES['example.policy.yaml']!;

const FILES = {
  ...EXAMPLE_FILES,
  'tools/own.tools.yaml': TOOLS,
  'own.policy.yaml': POLICY,
  'known.yaml': 'vips: [ana]\n',
  'called.playbook.yaml': `${HEAD.replace('example.tools.yaml', 'tools/own.tools.yaml')}${LOOK}`,
};

/** Each depends on other files. */
const OPEN: { readonly [name: string]: string } = {
  'plain.playbook.yaml': HEAD + LOOK,
  'catalog.playbook.yaml': HEAD.replace('example.tools.yaml', 'tools/own.tools.yaml') + LOOK,
  'policy.playbook.yaml': HEAD.replace('example.policy.yaml', 'own.policy.yaml') + LOOK,
  'context.playbook.yaml': `${HEAD.replace('steps:', 'context: { known: known.yaml }\nsteps:')}${LOOK}    when: size(context.known.vips) > 0\n`,
  'caller.playbook.yaml': `${HEAD}  - { id: call, call: called.playbook.yaml }\n`,
};

describe('a file that changes outside the editor', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = new Editor(FILES);
    await editor.start();
    for (const [name, text] of Object.entries(OPEN)) await editor.open(name, text);
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  /** The open documents that are told about again once files changed, each as often as it is. */
  const toldAfter = async (...changed: readonly (readonly [name: string, type: 1 | 2 | 3])[]): Promise<string[]> => {
    const before = editor.published.length;
    const end = editor.next(({ uri }) => uri === editor.uri('last.playbook.yaml'));
    const changes = changed.map(([name, type]) => ({ uri: editor.uri(name), type }));
    await editor.notify('workspace/didChangeWatchedFiles', { changes });
    // Checks come in the order in which they were asked for: after this one nothing of before is to come.
    await editor.openOnly('last.playbook.yaml', HEAD + LOOK);
    await end;
    const named = ({ uri }: PublishDiagnosticsParams): string => path.basename(uri);
    return editor.published
      .slice(before)
      .map(named)
      .filter((name) => name !== 'last.playbook.yaml')
      .sort();
  };
  const remove = (name: string): void => rmSync(path.join(editor.folder, name), { recursive: true });

  const cases: readonly (readonly [what: string, changed: string, told: readonly string[]])[] = [
    ['a catalog', 'tools/own.tools.yaml', ['caller.playbook.yaml', 'catalog.playbook.yaml']],
    ['a policy', 'own.policy.yaml', ['policy.playbook.yaml']],
    ['context', 'known.yaml', ['context.playbook.yaml']],
    ['a called playbook', 'called.playbook.yaml', ['caller.playbook.yaml']],
    ['a configuration', 'countersign.config.yaml', Object.keys(OPEN).sort()],
    ['a file nothing refers to', 'other.tools.yaml', []],
    ['a file that is open', 'plain.playbook.yaml', []],
  ];
  for (const [what, changed, told] of cases) {
    it(`has what depends on it checked again, once, and nothing else: ${what}`, async () => {
      assert.deepEqual(await toldAfter([changed, 2], [changed, 2]), told);
    });
  }

  it('counts when it is deleted, and when it comes back', async () => {
    const said = (): readonly unknown[] =>
      editor.published.findLast(({ uri }) => uri === editor.uri('policy.playbook.yaml'))?.diagnostics ?? [];
    remove('own.policy.yaml');
    assert.deepEqual(await toldAfter(['own.policy.yaml', 3]), ['policy.playbook.yaml']);
    assert.notDeepEqual(said(), []);
    await editor.notify('textDocument/didClose', { textDocument: { uri: editor.uri('last.playbook.yaml') } });
    editor.write('own.policy.yaml', POLICY);
    const again = editor.next(({ uri }) => uri === editor.uri('policy.playbook.yaml'));
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: editor.uri('own.policy.yaml'), type: 1 }],
    });
    assert.deepEqual((await again).diagnostics, []);
  });

  it('counts when the folder it was in is deleted', async () => {
    remove('tools');
    assert.deepEqual(await toldAfter(['tools', 3]), ['caller.playbook.yaml', 'catalog.playbook.yaml']);
  });
});
