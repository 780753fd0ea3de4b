import assert from 'node:assert/strict';
import type { ClientCapabilities, CompletionItem, CompletionList } from 'vscode-languageserver/node';
import { checkFile } from '../language/check-file.js';
import { EXAMPLE_FILES } from '../language/rules/example.js';
import { Writer } from './snippet-writer.test.js';
import { CAPABILITIES, Editor } from './testing.test.js';

const LAZY: ClientCapabilities = {
  ...CAPABILITIES,
  textDocument: {
    ...CAPABILITIES.textDocument,
    completion: {
      completionItem: {
        snippetSupport: true,
        preselectSupport: true,
        documentationFormat: ['markdown'],
        resolveSupport: { properties: ['documentation'] },
      },
    },
  },
};

describe('completion over LSP', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor(EXAMPLE_FILES);
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  it('gives documentation when it is asked for, where the client asks', async () => {
    const { capabilities } = await editor.start({ capabilities: LAZY });
    assert.equal(capabilities.completionProvider?.resolveProvider, true);
    await editor.open(
      'a.playbook.yaml',
      'catalogs: [example.tools.yaml]\nsteps:\n  - id: a\n    action: \n    autonomy: \n',
    );
    const tools = await editor.completion('a.playbook.yaml', 'action: |');
    assert.ok(tools.every(({ documentation }) => documentation === undefined));
    // Another list in between changes nothing.
    await editor.completion('a.playbook.yaml', 'autonomy: |');
    const tool = tools.find(({ label }) => label === 'identity.suspend');
    const resolved = await editor.request<CompletionItem>('completionItem/resolve', tool!);
    assert.match(JSON.stringify(resolved.documentation), /Disable sign-in/);
    assert.deepEqual(await editor.request('completionItem/resolve', { label: 'x', data: { list: 99, index: 0 } }), {
      label: 'x',
      data: { list: 99, index: 0 },
    });
  });

  it('gives the nearest of a list nobody looks through, and says that there are more', async () => {
    await editor.start({ capabilities: LAZY });
    const steps = Array.from(
      { length: 1900 },
      (_, index) => `  - id: step_${index}\n    action: intel.domain_reputation\n`,
    );
    const last = '  - id: end\n    when: steps.step_8\n    stop: { outcome: completed, reason: Done }\n';
    const text = `catalogs: [example.tools.yaml]\nsteps:\n${steps.join('')}${last}`;
    const { uri } = await editor.open('a.playbook.yaml', text);
    const line = text.split('\n').findIndex((one) => one.includes('when:'));
    const at = (character: number): object => ({ textDocument: { uri }, position: { line, character } });
    const all = await editor.request<CompletionList>('textDocument/completion', at('    when: steps.'.length));
    assert.equal(all.isIncomplete, true);
    assert.equal(all.items.length, 1000);
    const fewer = await editor.request<CompletionList>('textDocument/completion', at('    when: steps.step_8'.length));
    assert.ok(fewer.items.some(({ label }) => label === 'step_1899'));
    assert.ok(fewer.items.every(({ label }) => label.includes('8')));
  });

  it('gives it at once to other clients, and chooses for none that does not know of it', async () => {
    await editor.start();
    await editor.open('a.playbook.yaml', 'catalogs: [example.tools.yaml]\nsteps:\n  - id: a\n    action: \n');
    const tools = await editor.completion('a.playbook.yaml', 'action: |');
    assert.ok(tools.every(({ documentation, data }) => documentation !== undefined && data === undefined));
    assert.ok((await editor.completion('a.playbook.yaml', '|catalogs')).every((item) => !('preselect' in item)));
  });

  it('chooses what has to be there', async () => {
    await editor.start({ capabilities: LAZY });
    await editor.open('a.playbook.yaml', '\n');
    const items = await editor.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: editor.uri('a.playbook.yaml') },
      position: { line: 0, character: 0 },
    });
    assert.deepEqual(
      items.filter(({ preselect }) => preselect).map(({ label }) => label),
      ['playbook'],
    );
  });

  it('knows in a policy the tools of every catalog there is', async () => {
    await editor.start({ capabilities: LAZY });
    await editor.open('x.policy.yaml', 'policy: x\nroles: {}\nforbid: []\n');
    const labels = (await editor.completion('x.policy.yaml', 'forbid: [|]')).map(({ label }) => label);
    assert.ok(labels.includes('identity.suspend') && labels.includes('edr.run_script'));
  });

  /** Everything but names and sentences is chosen from a list. */
  it('is enough to write a whole playbook from an empty file', async () => {
    await editor.start({ capabilities: LAZY });
    const at = await Writer.start(editor, 'new.playbook.yaml');
    await at.key('playbook', 'contain-accounts');
    await at.key('version');
    await at.key('title', 'Contain accounts');
    await at.key('description', 'An agent looks; people decide.');
    await at.key('operating-model', 'ai-augmented');
    await at.key('owner', 'my-team');
    await at.key('policy', { choose: 'example.policy.yaml' });
    await at.key('accountable', { choose: 'soc-manager' });
    await at.key('attack', { choose: 'T1078.004' });
    await at.key('catalogs', { choose: 'example.tools.yaml' });
    await at.key('trigger', 'detection_finding');
    await at.key('feedback', { later: true });
    await at.line();
    await at.accept('budget');
    await at.accept('turns');
    await at.fill('20');
    await at.type('\n  ');
    await at.accept('time');
    await at.fill('2h');

    await at.line();
    await at.accept('steps');
    await at.accept('agent');
    await at.fill('investigate');
    await at.fill('Which accounts were taken over?');
    await at.chooseHere('intel.domain_reputation');
    await at.fill('accounts');
    await at.fill('array');
    await at.insertBehind('type: array', ', ');
    await at.accept('items');
    await at.accept('type');
    await at.fill('string');
    await at.type(', ');
    await at.accept('x-entity');
    await at.fill('user');

    await at.end('\n  ');
    await at.accept('if');
    await at.fill('found');
    await at.accept('size');
    await at.accept('steps');
    await at.type('.');
    await at.accept('investigate');
    await at.type('.');
    await at.accept('output');
    await at.type('.');
    await at.accept('accounts');
    await at.insertBehind('output.accounts)', ' > 0');
    await at.replaceFrom('then:\n      - ');
    await at.accept('gate and action');
    await at.fill('ask');
    await at.fill('suspend');
    await at.fill('Suspend them? ${{ ');
    await at.accept('steps');
    await at.type('.');
    await at.accept('investigate');
    await at.type('.');
    await at.accept('output');
    await at.type('.');
    await at.accept('accounts');
    await at.type(' }}');
    await at.replaceFrom('roles: [');
    await at.accept('incident-commander');
    await at.replaceFrom('action: ');
    await at.accept('identity.suspend');
    await at.end('\n        ');
    await at.accept('on-error');
    await at.replaceLast('stop');
    await at.type('\n          ');
    await at.accept('steps');
    await at.accept('manual');
    await at.fill('by_hand');
    await at.fill('Do it by hand.');
    await at.chooseHere('analyst');
    await at.end('\n          ');
    await at.accept('then');
    await at.fill('continue');

    await at.end('\n  ');
    await at.accept('manual');
    await at.fill('judge');
    await at.fill('Judge what was done.');
    await at.chooseHere('analyst');
    await at.end('\n    ');
    await at.accept('timeout');
    await at.fill('2h');
    await at.end('\n  ');
    await at.accept('stop');
    await at.fill('finish');
    await at.fill('escalated');
    await at.fill('People go on.');

    await at.replaceFrom('feedback: [');
    await at.accept('judge');

    const host = { read: (uri: string) => EXAMPLE_FILES[uri.replace(/^.*\//, '')] };
    const { problems } = checkFile(editor.uri('new.playbook.yaml'), at.text, host);
    assert.deepEqual(
      problems.map(({ rule, message }) => `${rule}: ${message}`),
      [],
      at.text,
    );
  });
});
