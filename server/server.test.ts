import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  Diagnostic,
  DocumentSymbol,
  InitializeResult,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { CASES_REQUEST, type CaseItem } from './protocol/requests.js';
import { Editor, SERVER } from './testing.test.js';

const CATALOG = `catalog: identity
tools:
  identity.signins:
    description: Lists recent sign-ins.
    effect: read
    input: { user: { type: string, x-entity: user } }
    output: { count: { type: integer } }
  identity.suspend:
    description: Disables sign-in for an account.
    effect: contain
    reversible: true
    undo: identity.restore
    target: user
    input: { user: { type: string, x-entity: user } }
    output: { state: { type: string } }
  identity.restore:
    description: Lets an account sign in again.
    effect: restore
    reversible: true
    undo: identity.suspend
    target: user
    input: { user: { type: string, x-entity: user } }
    output: { state: { type: string } }
`;

const POLICY = `policy: default
roles:
  analyst: [ana@soc.example, bo@soc.example]
  incident-commander: [cy@soc.example, di@soc.example]
ceilings:
  - { effect: contain, autonomy: approve }
`;

const PLAYBOOK = `playbook: account-takeover
version: 1.0.0
title: Account takeover 🔐 triage
description: Suspends an account once a person approves.
operating-model: tool-assisted
owner: detection
accountable: incident-commander
catalogs: [catalogs/identity.tools.yaml]
policy: default.policy.yaml
trigger:
  class: detection_finding
  when: alert.severity_id >= 3
budget: { turns: 10 }
steps:
  - id: signins
    action: identity.signins
    with: { user: "\${{ alert.entities.users[0] }}" }
  - id: ask
    gate:
      ask: "Suspend \${{ alert.entities.users[0] }}?"
      evidence: [steps.signins.output.count]
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
  - id: suspend
    action: identity.suspend
    autonomy: approve
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

const FILES = { 'catalogs/identity.tools.yaml': CATALOG, 'default.policy.yaml': POLICY };
const NAME = 'account takeover.playbook.yaml';

describe('language server', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor(FILES);
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const only = (diagnostics: readonly Diagnostic[]): Diagnostic => {
    assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics, null, 1));
    return diagnostics[0]!;
  };

  it('has nothing to say about a sound playbook', async () => {
    const { capabilities } = await editor.start();
    assert.equal(capabilities.positionEncoding, 'utf-16');
    const said = await editor.open(NAME, PLAYBOOK);
    assert.deepEqual(said.diagnostics, []);
  });

  describe('marks the very word', () => {
    const mistakes: { what: string; was: string; is: string; word: string; code: string; fixed: string }[] = [
      {
        what: 'a misspelt step reference',
        was: 'grants: [suspend]',
        is: 'grants: [suspnd]',
        word: 'suspnd',
        code: 'unknown-step',
        fixed: 'suspend',
      },
      {
        what: 'a misspelt autonomy level',
        was: 'autonomy: approve',
        is: 'autonomy: aprove',
        word: 'aprove',
        code: 'invalid-value',
        fixed: 'approve',
      },
      {
        what: 'a misspelt alert field',
        was: 'alert.severity_id',
        is: 'alert.severty_id',
        word: 'severty_id',
        code: 'unknown-member',
        fixed: 'severity_id',
      },
    ];

    for (const { what, was, is, word, code, fixed } of mistakes) {
      it(`of ${what}, with rule, page and fix`, async () => {
        await editor.start({ docsUri: 'https://docs.example/countersign' });
        await editor.open(NAME, PLAYBOOK);
        const said = await editor.edit(NAME, was, is);
        const found = only(said.diagnostics.filter((one) => one.code === code));
        assert.equal(editor.words(NAME, found.range), word);
        assert.equal(found.source, 'countersign');
        assert.equal(found.severity, 1);
        assert.equal(found.codeDescription?.href, `https://docs.example/countersign/rules/${code}.md`);
        const actions = await editor.codeActions(NAME, found.range);
        const action = actions.find((one) => one.isPreferred);
        assert.ok(action);
        const edit = action.edit?.changes?.[editor.uri(NAME)]?.[0];
        assert.equal(edit?.newText, fixed);
        assert.deepEqual(edit?.range, found.range);
        assert.deepEqual((await editor.edit(NAME, is, was)).diagnostics, []);
      });
    }

    it('in the second of two mistakes on one line with a surrogate pair before them', async () => {
      await editor.start();
      const said = await editor.open(NAME, PLAYBOOK.replace('title: Account takeover', 'titel: 🔐🔐 Account takeover'));
      const found = said.diagnostics.find((one) => one.code === 'unknown-key');
      assert.equal(found && editor.words(NAME, found.range), 'titel');
    });
  });

  it('gives no page when the client names no documentation', async () => {
    await editor.start();
    const said = await editor.open(NAME, PLAYBOOK.replace('autonomy: approve', 'autonomy: aprove'));
    assert.equal(said.diagnostics.find((one) => one.code === 'invalid-value')?.codeDescription, undefined);
  });

  it('offers completions while a person types', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const labels = async (marked: string): Promise<string[]> =>
      (await editor.completion(NAME, marked)).map((item) => item.label);
    assert.deepEqual(await labels('autonomy: |approve'), ['manual', 'assist', 'approve', 'notify', 'autonomous']);
    assert.deepEqual(await labels('grants: [sus|pend]'), ['suspend']);
    assert.ok((await labels('action: identity.sus|pend')).includes('identity.signins'));
    assert.ok((await labels('roles: [|incident')).includes('analyst'));
    assert.ok((await labels('when: alert.sev|')).includes('severity_id'));
    assert.ok((await labels('evidence: [steps.signins.output.|')).includes('count'));
    await editor.editOnly(NAME, '    autonomy: approve\n', '    autonomy: \n    \n');
    assert.ok((await labels('autonomy: |\n')).includes('notify'));
    assert.ok((await labels('autonomy: \n    |\n')).includes('on-error'));
    assert.ok((await labels('operating-model: tool-as|sisted')).includes('ai-soc'));
  });

  it('offers the files of the workspace', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const items = await editor.completion(NAME, 'policy: |default');
    assert.deepEqual(
      items.map((item) => item.label),
      ['default.policy.yaml'],
    );
  });

  it('knows in a case the playbooks of the workspace, those in the folder above it too', async () => {
    editor.write(NAME, PLAYBOOK);
    await editor.start();
    await editor.open('cases/one.case.yaml', 'case: one\nplaybook: account-takeover\napprovals:\n  - gate: ask\n');
    const labels = async (marked: string): Promise<string[]> =>
      (await editor.completion('cases/one.case.yaml', marked)).map((item) => item.label);
    assert.deepEqual(await labels('playbook: |account'), ['account-takeover']);
    assert.deepEqual(await labels('gate: |ask'), ['ask']);
  });

  it('gives plain text to a client without snippets', async () => {
    await editor.start({ capabilities: {} });
    await editor.open(NAME, PLAYBOOK);
    await editor.editOnly(NAME, '    autonomy: approve\n', '    \n');
    const items = await editor.completion(NAME, 'identity.suspend\n    |\n');
    const autonomy = items.find((item) => item.label === 'autonomy');
    assert.equal(autonomy?.insertTextFormat, 1);
    assert.equal(autonomy?.textEdit?.newText, 'autonomy: manual');
  });

  it('explains what is under the pointer', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const markdown = async (marked: string): Promise<string> =>
      JSON.stringify((await editor.hover(NAME, marked))?.contents);
    assert.match(await markdown('auton|omy'), /How far the AI may go/);
    assert.match(await markdown('autonomy: app|rove'), /only after the required people approve/);
    assert.match(await markdown('action: identity.sus|pend'), /Disables sign-in.*runs at \*\*approve\*\*/);
    assert.match(await markdown('alert.sever|ity_id'), /severity_id/);
    assert.match(await markdown('roles: [incident|'), /cy@soc\.example/);
  });

  it('goes to where a name is given its meaning', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const [step] = await editor.definition(NAME, 'grants: [sus|pend]');
    assert.equal(step?.uri, editor.uri(NAME));
    assert.equal(step && editor.words(NAME, step.range), 'suspend');
    const [tool] = await editor.definition(NAME, 'action: identity.sus|pend');
    assert.deepEqual(tool, {
      uri: editor.uri('catalogs/identity.tools.yaml'),
      range: { start: { line: 7, character: 2 }, end: { line: 7, character: 18 } },
    });
    const uses = await editor.request<unknown[]>('textDocument/references', {
      textDocument: { uri: editor.uri(NAME) },
      position: editor.at(NAME, 'id: sig|nins'),
      context: { includeDeclaration: false },
    });
    assert.equal(uses.length, 1);
  });

  it('outlines the steps', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const symbols = await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: editor.uri(NAME) },
    });
    assert.deepEqual(
      symbols.map((symbol) => symbol.name),
      ['signins', 'ask', 'suspend'],
    );
  });

  it('answers with the newest text after a burst of edits, and says it once per version at most', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const last = editor.next((said) => said.version === 12);
    for (let version = 2; version <= 12; version++) {
      const was = version === 2 ? 'autonomy: approve' : `autonomy: a${version - 1}`;
      await editor.editOnly(NAME, was, version === 12 ? 'autonomy: notify' : `autonomy: a${version}`);
    }
    const { diagnostics } = await last;
    assert.ok(!diagnostics.some((one) => one.code === 'invalid-value'));
    const versions = editor.published.map((said) => said.version);
    assert.equal(new Set(versions).size, versions.length);
  });

  it('checks a playbook again when a catalog it uses is edited and not yet saved', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    await editor.open('catalogs/identity.tools.yaml', CATALOG);
    const codes = (one: PublishDiagnosticsParams): unknown[] => one.diagnostics.map((found) => found.code);
    const said = editor.next((one) => one.uri === editor.uri(NAME) && codes(one).includes('unknown-tool'));
    await editor.edit('catalogs/identity.tools.yaml', '  identity.suspend:\n', '  identity.disable:\n');
    const found = (await said).diagnostics.filter((one) => one.code === 'unknown-tool');
    assert.equal(editor.words(NAME, only(found).range), 'identity.suspend');
    const again = editor.next((one) => one.uri === editor.uri(NAME) && codes(one).length === 0);
    await editor.notify('textDocument/didClose', {
      textDocument: { uri: editor.uri('catalogs/identity.tools.yaml') },
    });
    assert.ok(await again);
  });

  it('checks it again when a file changes outside the editor', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    const said = editor.next((one) => one.uri === editor.uri(NAME));
    editor.write(
      'default.policy.yaml',
      POLICY.replace('incident-commander: [cy@soc.example, di@soc.example]', 'lead: [cy@soc.example]'),
    );
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: editor.uri('default.policy.yaml'), type: 2 }],
    });
    assert.ok((await said).diagnostics.some((one) => one.code === 'unknown-role'));
  });

  it('points into other files', async () => {
    editor.write('default.policy.yaml', 'policy: default\nroles: [\n');
    await editor.start();
    const said = await editor.open(NAME, PLAYBOOK);
    const related = said.diagnostics.find((one) => one.code === 'broken-reference')?.relatedInformation?.[0];
    assert.equal(related?.location.uri, editor.uri('default.policy.yaml'));
  });

  it('takes back what it said when a document is closed', async () => {
    await editor.start();
    await editor.open(NAME, 'playbook: [\n');
    const said = editor.next((one) => one.uri === editor.uri(NAME));
    await editor.notify('textDocument/didClose', { textDocument: { uri: editor.uri(NAME) } });
    assert.deepEqual((await said).diagnostics, []);
  });

  it('lives through garbage', async () => {
    await editor.start();
    const garbage = [
      '',
      '\0\0\0',
      '{'.repeat(5000),
      '- '.repeat(2000),
      'a: &a [*a, *a]\nb: *c\n',
      'steps: {}\nplaybook: []\n',
      `steps:\n${'  - id: x\n    when: "((((("\n'.repeat(300)}`,
      'steps:\n  - __proto__: 1\n    constructor: {}\n    id: toString\n    action: hasOwnProperty\n',
      '\ud800 lone: \udfff',
    ];
    for (const [index, text] of garbage.entries()) {
      const name = `garbage${index}.playbook.yaml`;
      assert.ok((await editor.open(name, text)).diagnostics.length > 0, JSON.stringify(text.slice(0, 40)));
      const place = { textDocument: { uri: editor.uri(name) }, position: { line: 0, character: 1 } };
      for (const method of ['completion', 'hover', 'definition', 'documentSymbol']) {
        await editor.request(`textDocument/${method}`, place);
      }
    }
    assert.deepEqual(
      editor.log.filter((line) => line.includes('failed')),
      [],
    );
    assert.deepEqual((await editor.open(NAME, PLAYBOOK)).diagnostics, []);
  });

  it('mends everything that is safe at once', async () => {
    await editor.start();
    await editor.open('default.policy.yaml', POLICY.replace('policy: default', 'policy: default\ndescription: 42'));
    const [action, more] = await editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri('default.policy.yaml') },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    assert.equal(more, undefined);
    assert.equal(action?.kind, 'source.fixAll.countersign');
    assert.deepEqual(action?.edit?.changes?.[editor.uri('default.policy.yaml')], [
      { range: { start: { line: 1, character: 13 }, end: { line: 1, character: 15 } }, newText: '"42"' },
    ]);
  });

  it('knows an open document by every spelling of its address', async () => {
    editor.write('catalogs/team@soc.tools.yaml', 'tools: {}\n');
    await editor.start();
    await editor.notify('textDocument/didOpen', {
      textDocument: {
        uri: editor.uri('catalogs/team@soc.tools.yaml').replace('%40', '@'),
        languageId: 'yaml',
        version: 1,
        text: CATALOG,
      },
    });
    const said = await editor.open(NAME, PLAYBOOK.replace('catalogs/identity', 'catalogs/team@soc'));
    assert.deepEqual(said.diagnostics, []);
  });

  it('watches what playbooks refer to', async () => {
    await editor.start();
    await editor.open(NAME, PLAYBOOK);
    assert.deepEqual(editor.watched, ['**/*.{yaml,yml,json}']);
  });

  it('leaves other YAML alone', async () => {
    await editor.start();
    await editor.notify('textDocument/didOpen', {
      textDocument: { uri: editor.uri('other.yaml'), languageId: 'yaml', version: 1, text: 'a: [' },
    });
    await editor.open(NAME, PLAYBOOK);
    assert.ok(editor.published.every((said) => said.uri === editor.uri(NAME)));
  });

  it('lists the cases that name a playbook, in the workspace and beside it, in order', async () => {
    const caseOf = (id: string, playbook: string): string =>
      `case: ${id}\ntitle: Case ${id}\ndescription: What happened\nplaybook: ${playbook}\nalert: ${id}.json\n`;
    editor.write('cases/second.case.yaml', caseOf('second', 'account-takeover'));
    editor.write('deep/er/first.case.yaml', caseOf('first', 'account-takeover'));
    editor.write('cases/other.case.yaml', caseOf('other', 'phishing'));
    editor.write('cases/broken.case.yaml', 'case: [');
    editor.write('node_modules/x/hidden.case.yaml', caseOf('hidden', 'account-takeover'));
    editor.write(NAME, PLAYBOOK);
    await editor.start();
    const cases = (): Promise<CaseItem[]> => editor.request(CASES_REQUEST, { uri: editor.uri(NAME) });
    assert.deepEqual(await cases(), [
      {
        uri: editor.uri('deep/er/first.case.yaml'),
        id: 'first',
        title: 'Case first',
        description: 'What happened',
        line: 0,
      },
      {
        uri: editor.uri('cases/second.case.yaml'),
        id: 'second',
        title: 'Case second',
        description: 'What happened',
        line: 0,
      },
    ]);
    await editor.open('cases/other.case.yaml', caseOf('other', 'account-takeover'));
    assert.deepEqual(
      (await cases()).map((item) => item.id),
      ['first', 'other', 'second'],
    );
  });
});

describe('language server over IPC', () => {
  it('starts, answers and ends as the VS Code client wants it', async () => {
    const server = fork(SERVER, ['--node-ipc'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const exited = new Promise<number | null>((done) => server.once('exit', done));
    const connection = createMessageConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
    connection.listen();
    const { capabilities }: InitializeResult = await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    });
    assert.equal(capabilities.hoverProvider, true);
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    assert.equal(await exited, 0);
    connection.dispose();
  });
});
