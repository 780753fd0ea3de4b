import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { Editor } from './testing.test.js';

const NAME = 'soc/noisy.playbook.yaml';
const CONFIG = 'countersign.config.yaml';
const NOISY = `${EXAMPLE_HEAD.replace(/budget:.*\n/, '')}  - id: investigate
    agent:
      goal: Find out who is behind it
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;
const SUPPRESSION = `suppressions:
  - rule: missing-budget
    file: ${NAME}
    reason: The gateway limits this agent.
`;

describe('language server with a configuration', () => {
  let editor: Editor;
  const codes = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);

  beforeEach(async () => {
    editor = new Editor(Object.fromEntries(Object.entries(EXAMPLE_FILES).map(([name, text]) => [`soc/${name}`, text])));
    await editor.start();
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  it('reports what the configuration above a file says, as it is typed', async () => {
    const first = await editor.open(NAME, NOISY);
    assert.deepEqual(
      first.diagnostics.map(({ code, severity }) => [code, severity]),
      [['missing-budget', 2]],
    );
    const louder = editor.next(({ uri }) => uri === editor.uri(NAME));
    await editor.open(CONFIG, 'rules: { missing-budget: error }\n');
    assert.equal((await louder).diagnostics[0]?.severity, 1);
    const silent = editor.next(({ uri }) => uri === editor.uri(NAME));
    await editor.edit(CONFIG, 'error', 'off');
    assert.deepEqual((await silent).diagnostics, []);
  });

  it('sees a configuration that is written outside the editor', async () => {
    await editor.open(NAME, NOISY);
    editor.write(CONFIG, SUPPRESSION);
    const said = editor.next(({ uri }) => uri === editor.uri(NAME));
    await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri(CONFIG), type: 1 }] });
    assert.deepEqual((await said).diagnostics, []);
  });

  it('reports a suppression as soon as it covers nothing any more', async () => {
    await editor.open(NAME, NOISY);
    assert.deepEqual((await editor.open(CONFIG, SUPPRESSION)).diagnostics, []);
    const said = editor.next(({ uri, diagnostics }) => uri === editor.uri(CONFIG) && diagnostics.length > 0);
    await editor.edit(NAME, 'trigger:', 'budget: { turns: 3 }\ntrigger:');
    assert.deepEqual(codes((await said).diagnostics), ['unused-suppression']);
  });

  it('reports unknown rules and missing reasons at the word', async () => {
    const text = `rules: { missing-bugdet: off }\n${SUPPRESSION.replace(/ {4}reason.*\n/, '')}`;
    const { diagnostics } = await editor.open(CONFIG, text);
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, editor.words(CONFIG, range)]),
      [
        ['unknown-rule', 'missing-bugdet'],
        ['missing-key', 'rule'],
      ],
    );
  });

  it('offers to accept a problem that stops nothing, with the reason still to be written', async () => {
    await editor.open(CONFIG, 'rules: {}\n');
    const { diagnostics } = await editor.open(NAME, NOISY);
    const [action] = await editor.codeActions(NAME, diagnostics[0]!.range);
    assert.match(action?.title ?? '', /^Accept missing-budget here/);
    assert.deepEqual(action?.edit?.changes?.[editor.uri(CONFIG)], [
      {
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
        newText: `suppressions:\n  - rule: missing-budget\n    file: ${NAME}\n    step: investigate\n    reason: ""\n`,
      },
    ]);
  });
});
