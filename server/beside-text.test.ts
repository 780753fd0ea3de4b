import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  ClientCapabilities,
  CodeLens,
  DocumentLink,
  InlayHint,
  SemanticTokens,
  SemanticTokensDelta,
  SemanticTokensLegend,
  SignatureHelp,
} from 'vscode-languageserver/node';
import { CAPABILITIES, Editor } from './testing.test.js';
import { tokenEdits } from './token-edits.js';

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
    target: user
    input: { user: { type: string, x-entity: user } }
    output: {}
`;
const POLICY = `policy: default
roles: { analyst: [ana@soc.example, bo@soc.example] }
ceilings:
  - { effect: contain, autonomy: approve }
`;
const PLAYBOOK = `playbook: takeover # 🔐
version: 1.0.0
title: Account takeover
operating-model: tool-assisted
owner: detection
accountable: analyst
attack: [T1078]
catalogs: [catalogs/identity.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding, when: size(alert.entities.users) > 0 }
steps:
  - id: signins
    action: identity.signins
    with: { user: "\${{ alert.entities.users[0] }}" }
  - id: ask
    gate: { ask: "🔐 Suspend \${{ alert.message }}?", grants: [suspend], approvers: { roles: [analyst] }, timeout: 15m }
  - id: suspend
    action: identity.suspend
    autonomy: autonomous
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const NAME = 'takeover.playbook.yaml';
const FILES = { 'catalogs/identity.tools.yaml': CATALOG, 'default.policy.yaml': POLICY };
const TYPES = [
  'class',
  'type',
  'function',
  'method',
  'enumMember',
  'number',
  'variable',
  'property',
  'keyword',
  'operator',
  'string',
];

/** An editor that can show everything. */
const ALL: ClientCapabilities = {
  workspace: {
    ...CAPABILITIES.workspace,
    configuration: true,
    didChangeConfiguration: { dynamicRegistration: true },
    inlayHint: { refreshSupport: true },
    semanticTokens: { refreshSupport: true },
    codeLens: { refreshSupport: true },
  },
  textDocument: {
    ...CAPABILITIES.textDocument,
    inlayHint: {},
    codeLens: {},
    documentLink: { tooltipSupport: true },
    signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
    semanticTokens: {
      requests: { full: { delta: true }, range: true },
      tokenTypes: TYPES,
      tokenModifiers: [],
      formats: ['relative'],
    },
  },
};

describe('what the language server tells beside the text', () => {
  let editor: Editor;
  let settings: unknown;

  beforeEach(() => {
    editor = new Editor(FILES);
    settings = null;
    editor.answer('workspace/configuration', () => [settings]);
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const document = (): object => ({ textDocument: { uri: editor.uri(NAME) } });
  const everything = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  const hints = (range: object = everything): Promise<InlayHint[]> =>
    editor.request('textDocument/inlayHint', { ...document(), range });
  const labels = async (): Promise<unknown[]> => (await hints()).map(({ label }) => label);
  const lenses = (): Promise<CodeLens[]> => editor.request('textDocument/codeLens', document());
  const titles = async (): Promise<(string | undefined)[]> => (await lenses()).map(({ command }) => command?.title);
  /** Resolves when the server asks for each of these. */
  const asked = (...methods: readonly string[]): Promise<unknown> =>
    Promise.all(methods.map((method) => new Promise<null>((done) => editor.answer(method, () => answered(done)))));

  it('is offered to a client that can show it, and to no other', async () => {
    const { capabilities } = await editor.start({ capabilities: ALL });
    assert.equal(capabilities.inlayHintProvider, true);
    assert.deepEqual(capabilities.codeLensProvider, {});
    assert.deepEqual(capabilities.signatureHelpProvider, { triggerCharacters: ['(', ','] });
    const offered = capabilities.semanticTokensProvider;
    assert.deepEqual([offered?.full, offered?.range], [{ delta: true }, true]);
    assert.ok(offered?.legend.tokenTypes.every((type) => TYPES.includes(type)));
    assert.deepEqual(offered?.legend.tokenModifiers, ['declaration', 'readonly', 'consequential']);

    const plain = new Editor({});
    const { capabilities: few } = await plain.start();
    await plain.stop();
    for (const key of ['inlayHintProvider', 'codeLensProvider', 'signatureHelpProvider', 'semanticTokensProvider'])
      assert.ok(!(key in few), key);
  });

  it('hovers with the level, the line that decides it and the verdict', async () => {
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    const said = JSON.stringify(await editor.hover(NAME, '- id: sus|pend'));
    assert.match(said, /runs at \*\*approve\*\*: the policy’s ceiling for contain is approve/);
    assert.match(said, /\[default\.policy\.yaml:4\]\(file:[^)]*default\.policy\.yaml#L4\)/);
    assert.match(said, /✓ \*\*proven\*\*/);
    const gate = JSON.stringify(await editor.hover(NAME, '- id: as|k'));
    assert.match(gate, /`suspend` `identity\.suspend\(user: alert\.entities\.users\[0\]\)`: \*\*proven\*\*/);
    assert.match(gate, /2 people: ana@soc\.example, bo@soc\.example/);
  });

  it('helps with arguments while they are typed', async () => {
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    await editor.editOnly(NAME, 'alert.message }}?', "alert.message.contains('a', ");
    const help = await editor.request<SignatureHelp>('textDocument/signatureHelp', {
      ...document(),
      position: editor.at(NAME, "contains('a', |"),
    });
    assert.equal(help.activeParameter, 1);
    assert.equal(help.signatures[0]?.label, 'text.contains(part)');
    assert.deepEqual(help.signatures[0]?.parameters?.[0]?.label, [14, 18]);
    const none = await editor.request('textDocument/signatureHelp', {
      ...document(),
      position: editor.at(NAME, 'Account take|over'),
    });
    assert.equal(none, null);
  });

  it('hints levels and approvers, for the lines that are shown', async () => {
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    assert.deepEqual(await labels(), ['runs at approve', 'approved at ask by analyst']);
    const { line } = editor.at(NAME, '|action: identity.suspend');
    const [hint, more] = await hints({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
    assert.equal(more, undefined);
    assert.deepEqual(hint?.position, editor.at(NAME, 'action: identity.suspend|'));
    assert.match(JSON.stringify(hint?.tooltip), /proven/);
  });

  it('hints what the person wants, and asks to be asked again when they change their mind', async () => {
    settings = { inlayHints: { approver: false } };
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    assert.deepEqual(await labels(), ['runs at approve']);
    assert.equal((await titles()).length, 1);
    const again = asked('workspace/inlayHint/refresh', 'workspace/codeLens/refresh');
    settings = { inlayHints: { autonomy: false }, codeLens: false };
    await editor.notify('workspace/didChangeConfiguration', { settings: null });
    await again;
    assert.deepEqual(await labels(), ['approved at ask by analyst']);
    assert.deepEqual(await titles(), []);
  });

  it('takes settings as they are sent by a client that is not to be asked', async () => {
    const { configuration: _, ...workspace } = { ...ALL.workspace };
    await editor.start({ capabilities: { ...ALL, workspace } });
    await editor.open(NAME, PLAYBOOK);
    assert.equal((await labels()).length, 2);
    await editor.notify('workspace/didChangeConfiguration', {
      settings: { countersign: { inlayHints: { autonomy: false, approver: false } } },
    });
    assert.deepEqual(await labels(), []);
  });

  it('says above a playbook what it may do, and offers a dry run to a client that has the command', async () => {
    await editor.start({ capabilities: ALL, commands: ['countersign.dryRun'] });
    await editor.open(NAME, PLAYBOOK);
    const [run, summary] = await lenses();
    assert.deepEqual(run?.command, {
      title: 'Dry-run',
      command: 'countersign.dryRun',
      arguments: [editor.uri(NAME)],
    });
    assert.equal(summary?.command?.title, '1 act: 1 after approval · tool-assisted');
  });

  it('offers no command to a client that has none', async () => {
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    assert.deepEqual(await titles(), ['1 act: 1 after approval · tool-assisted']);
    await editor.open('default.policy.yaml', POLICY);
    assert.deepEqual(
      await editor.request('textDocument/codeLens', { textDocument: { uri: editor.uri('default.policy.yaml') } }),
      [],
    );
  });

  it('asks to be asked again when a file it rests on changes', async () => {
    await editor.start({ capabilities: ALL });
    await editor.open(NAME, PLAYBOOK);
    await editor.open('default.policy.yaml', POLICY);
    const again = asked(
      'workspace/inlayHint/refresh',
      'workspace/codeLens/refresh',
      'workspace/semanticTokens/refresh',
    );
    await editor.editOnly('default.policy.yaml', 'autonomy: approve', 'autonomy: manual');
    await again;
    assert.deepEqual(await labels(), ['runs at manual']);
    assert.deepEqual(await titles(), ['1 act: 1 by a person · tool-assisted']);
  });

  it('links techniques, files and, where there is documentation, rules', async () => {
    await editor.start({ capabilities: ALL, docsUri: 'https://docs.example' });
    await editor.open(NAME, PLAYBOOK);
    const links = await editor.request<DocumentLink[]>('textDocument/documentLink', document());
    assert.deepEqual(
      links.map(({ target, tooltip }) => [target?.replace(/^file:.*\//, ''), tooltip]),
      [
        ['identity.tools.yaml', undefined],
        ['default.policy.yaml', undefined],
        ['https://attack.mitre.org/techniques/T1078/', 'Valid Accounts'],
      ],
    );
  });

  describe('semantic tokens', () => {
    let legend: SemanticTokensLegend | undefined;
    const start = async (): Promise<void> => {
      const { capabilities } = await editor.start({ capabilities: ALL });
      legend = capabilities.semanticTokensProvider?.legend;
      await editor.open(NAME, PLAYBOOK);
    };
    const shown = ({ data }: SemanticTokens): string[] => {
      const words: string[] = [];
      let line = 0;
      let character = 0;
      for (let at = 0; at < data.length; at += 5) {
        const [lines = 0, characters = 0, length = 0, type = 0, bits = 0] = data.slice(at, at + 5);
        character = lines > 0 ? characters : character + characters;
        line += lines;
        const word = editor.words(NAME, { start: { line, character }, end: { line, character: character + length } });
        const modifiers = legend?.tokenModifiers.filter((_, bit) => bits & (1 << bit)) ?? [];
        words.push(`${[legend?.tokenTypes[type], ...modifiers].join('.')} ${word}`);
      }
      return words;
    };
    const full = (): Promise<SemanticTokens> => editor.request('textDocument/semanticTokens/full', document());

    it('tell words by what they are', async () => {
      await start();
      const words = shown(await full());
      for (const word of [
        'class.declaration signins',
        'class suspend',
        'function.readonly identity.signins',
        'function.consequential identity.suspend',
        'type analyst',
        'enumMember autonomous',
        'number 15m',
        'variable alert',
        'property entities',
        'operator >',
        'keyword ${{',
      ])
        assert.ok(words.includes(word), `${word} is not in ${words.join(', ')}`);
    });

    it('of a range are part of the whole', async () => {
      await start();
      const { line } = editor.at(NAME, '|- id: ask');
      const range = { start: { line, character: 0 }, end: { line: line + 1, character: 999 } };
      const words = shown(await editor.request('textDocument/semanticTokens/range', { ...document(), range }));
      assert.equal(words[0], 'class.declaration ask');
      assert.equal(words.at(-1), 'number 15m');
    });

    it('are told by what changed, again and again', async () => {
      await start();
      let { resultId, data } = await full();
      const edits = [
        ['id: signins', 'id: sign_ins\n    title: Who?'],
        ['autonomy: autonomous\n', ''],
        ['15m }', '15m }\n    on-reject: continue'],
        ['size(alert.entities.users) > 0', "alert.message == 'a'"],
      ] as const;
      for (const [was, is] of edits) {
        await editor.editOnly(NAME, was, is);
        const delta = await editor.request<SemanticTokensDelta>('textDocument/semanticTokens/full/delta', {
          ...document(),
          previousResultId: resultId,
        });
        for (const edit of delta.edits) data = applied(data, edit);
        ({ resultId } = delta);
        const whole = await full();
        assert.deepEqual(data, whole.data);
        ({ resultId } = whole);
      }
      const unknown = await editor.request<SemanticTokens>('textDocument/semanticTokens/full/delta', {
        ...document(),
        previousResultId: 'nonsense',
      });
      assert.deepEqual(unknown.data, data);
    });
  });
});

describe('edits of tokens', () => {
  it('make the new list of the old one', () => {
    const numbers = fc.array(fc.nat(3), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, numbers, (before, after) => {
        const edits = tokenEdits(before, after);
        assert.deepEqual(edits.reduce(applied, before), after);
        assert.ok(edits.length <= 1);
      }),
    );
    assert.deepEqual(tokenEdits([1, 2, 3], [1, 2, 3]), []);
    assert.deepEqual(tokenEdits([1, 1, 1], [1, 1]), [{ start: 2, deleteCount: 1, data: [] }]);
  });
});

function answered(done: (answer: null) => void): null {
  done(null);
  return null;
}

function applied(data: number[], edit: { start: number; deleteCount: number; data?: number[] }): number[] {
  return [...data.slice(0, edit.start), ...(edit.data ?? []), ...data.slice(edit.start + edit.deleteCount)];
}
