import assert from 'node:assert/strict';
import type {
  ClientCapabilities,
  Diagnostic,
  DocumentDiagnosticReport,
  FullDocumentDiagnosticReport,
  WorkspaceDiagnosticReport,
} from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { CAPABILITIES, Editor } from './testing.test.js';

const NAME = 'a.playbook.yaml';
const CATALOG = 'example.tools.yaml';
const STEP = '  - id: look\n    action: intel.domain_reputation\n    with: { domain: a.example }\n';
const SOUND = EXAMPLE_HEAD.replace('title: An example', 'title: An example\ndescription: Looks up.').replace(
  'ai-augmented',
  'tool-assisted',
);
const PULLS: ClientCapabilities = {
  workspace: { ...CAPABILITIES.workspace, diagnostics: { refreshSupport: true } },
  textDocument: { ...CAPABILITIES.textDocument, diagnostic: { relatedDocumentSupport: false } },
};

describe('diagnostics that a client asks for', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor({ ...EXAMPLE_FILES, [NAME]: SOUND + STEP });
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const opened = (name: string, text: string): Promise<void> => editor.openOnly(name, text);
  const pull = (name: string, previousResultId?: string): Promise<DocumentDiagnosticReport> =>
    editor.request('textDocument/diagnostic', { textDocument: { uri: editor.uri(name) }, previousResultId });
  const full = (report: DocumentDiagnosticReport): FullDocumentDiagnosticReport => {
    assert.ok(report.kind === 'full');
    return report;
  };
  const codes = (items: readonly Diagnostic[]): unknown[] => items.map(({ code }) => code);
  const inWorkspace = (more: object): Promise<WorkspaceDiagnosticReport> =>
    editor.request('workspace/diagnostic', { previousResultIds: [], ...more });

  it('are given for the text as it is, and pushed to nobody', async () => {
    const { capabilities } = await editor.start({ capabilities: PULLS });
    assert.equal(capabilities.diagnosticProvider?.interFileDependencies, true);
    await opened(NAME, SOUND + STEP);
    assert.deepEqual(full(await pull(NAME)).items, []);
    await editor.editOnly(NAME, 'action: intel', 'action: intle');
    const { items } = full(await pull(NAME));
    assert.ok(codes(items).includes('unknown-tool'));
    assert.deepEqual(editor.published, []);
  });

  it('are not offered to a client that does not ask', async () => {
    const { capabilities } = await editor.start();
    assert.equal(capabilities.diagnosticProvider, undefined);
  });

  it('are not sent again while nothing changed, and are after any change of the text', async () => {
    await editor.start({ capabilities: PULLS });
    await opened(NAME, `${SOUND}${STEP}  - 1\n`);
    const { resultId } = full(await pull(NAME));
    assert.deepEqual(await pull(NAME, resultId), { kind: 'unchanged', resultId });
    await editor.editOnly(NAME, 'Looks up.', 'Looks it up.');
    assert.equal((await pull(NAME, resultId)).kind, 'full');
  });

  it('come with those of the open documents that depend on the file, for a client that takes them', async () => {
    const diagnostic = { relatedDocumentSupport: true };
    await editor.start({ capabilities: { ...PULLS, textDocument: { ...PULLS.textDocument, diagnostic } } });
    await opened(NAME, SOUND + STEP);
    const catalog = EXAMPLE_FILES[CATALOG]!.replaceAll('intel.domain_reputation', 'intel.domain');
    await opened(CATALOG, catalog);
    const { relatedDocuments } = full(await pull(CATALOG)) as DocumentDiagnosticReport;
    const related = relatedDocuments?.[editor.uri(NAME)];
    assert.ok(related?.kind === 'full');
    assert.ok(codes(related.items).includes('unknown-tool'));
  });

  it('are asked for again when a file changes that an open document depends on, and only then', async () => {
    await editor.start({ capabilities: PULLS });
    await opened(NAME, SOUND + STEP);
    await pull(NAME);
    const refreshed = editor.asked('workspace/diagnostic/refresh');
    const touched = (name: string) =>
      editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri(name), type: 2 }] });
    await touched('other.tools.yaml');
    assert.equal((await pull(NAME)).kind, 'full');
    assert.equal(refreshed.count(), 0);
    await touched(CATALOG);
    await refreshed.next();
    assert.equal(refreshed.count(), 1);
  });

  it('show what is not needed faded, and what is out of date struck out', async () => {
    const tagSupport = { valueSet: [1, 2] } as { valueSet: (1 | 2)[] };
    await editor.start({
      capabilities: { ...PULLS, textDocument: { ...PULLS.textDocument, diagnostic: { tagSupport } } },
    });
    const text = `${SOUND.replace('catalogs:', 'attack: [T1086]\ncatalogs:')}  - id: end
    stop: { outcome: completed, reason: Done }
${STEP}`;
    await opened(NAME, text);
    const tags = full(await pull(NAME)).items.map(({ code, tags: of }) => [code, of]);
    assert.deepEqual(
      tags.filter(([, of]) => of !== undefined),
      [
        ['retired-technique', [2]],
        ['unreachable-step', [1]],
      ],
    );
  });

  it('have no tags for a client that knows none', async () => {
    await editor.start({ capabilities: PULLS });
    await opened(NAME, SOUND.replace('catalogs:', 'attack: [T1086]\ncatalogs:') + STEP);
    const found = full(await pull(NAME)).items.find(({ code }) => code === 'retired-technique');
    assert.ok(found && found.tags === undefined);
  });

  describe('of the workspace', () => {
    it('are of every file, open or not, an open one as its editor has it', async () => {
      editor.write('deep/b.playbook.yaml', 'playbook: [\n');
      editor.write('other.yaml', 'playbook: [\n');
      await editor.start({ capabilities: PULLS });
      await opened(NAME, `${SOUND}  - id: 1\n`);
      const report = await inWorkspace({});
      const uris = report.items.map(({ uri }) => uri);
      assert.ok(uris.includes(editor.uri(CATALOG)) && !uris.includes(editor.uri('other.yaml')));
      const wrong = report.items.filter((one) => one.kind === 'full' && one.items.length > 0).map(({ uri }) => uri);
      assert.deepEqual(
        wrong,
        [NAME, 'deep/b.playbook.yaml', 'other-policy.playbook.yaml'].map((name) => editor.uri(name)),
      );
      const open = report.items.find(({ uri }) => uri === editor.uri(NAME));
      assert.equal(open?.version, 1);
      assert.equal(report.items.find(({ uri }) => uri === editor.uri(CATALOG))?.version, null);
    });

    it('are not sent again for files that did not change, and are taken back for one that is gone', async () => {
      editor.write('b.playbook.yaml', 'playbook: [\n');
      await editor.start({ capabilities: PULLS });
      const first = await inWorkspace({});
      const previousResultIds = [
        ...first.items.map(({ uri, resultId }) => ({ uri, value: resultId })),
        { uri: editor.uri('gone.playbook.yaml'), value: 'x' },
      ];
      editor.write('b.playbook.yaml', '- 1\n');
      const uri = editor.uri('b.playbook.yaml');
      await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
      const again = await inWorkspace({ previousResultIds });
      const changed = again.items.filter(({ kind }) => kind === 'full');
      assert.deepEqual(
        changed.map((one) => one.uri),
        [uri, editor.uri('gone.playbook.yaml')],
      );
      assert.ok(changed[1]?.kind === 'full' && changed[1].items.length === 0);
    });

    it('come bit by bit to a client that takes them so, which is answered again when something changes', async () => {
      for (let index = 0; index < 120; index++) editor.write(`many/${index}.playbook.yaml`, 'playbook: [\n');
      await editor.start({ capabilities: PULLS });
      const bits: WorkspaceDiagnosticReport[] = [];
      editor.onProgress('bits', (bit) => bits.push(bit as WorkspaceDiagnosticReport));
      const last = await inWorkspace({ partialResultToken: 'bits' });
      assert.deepEqual(last.items, []);
      assert.ok(bits.length > 1);
      const told = bits.flatMap(({ items }) => items);
      assert.equal(new Set(told.map(({ uri }) => uri)).size, told.length);
      assert.ok(told.length > 120);

      const previousResultIds = told.map(({ uri, resultId }) => ({ uri, value: resultId }));
      const next = inWorkspace({ partialResultToken: 'bits', previousResultIds });
      bits.splice(0);
      editor.write('many/7.playbook.yaml', '- 1\n');
      const uri = editor.uri('many/7.playbook.yaml');
      await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
      await next;
      const full = bits.flatMap(({ items }) => items).filter(({ kind }) => kind === 'full');
      assert.deepEqual(
        full.map((one) => one.uri),
        [uri],
      );
    });

    it('end when nobody wants them any more', async () => {
      for (let index = 0; index < 300; index++) editor.write(`many/${index}.playbook.yaml`, SOUND + STEP);
      await editor.start({ capabilities: PULLS });
      const asked = editor.cancellable('workspace/diagnostic', { previousResultIds: [] });
      asked.cancel();
      await assert.rejects(asked.answer, { code: -32800 });
      await opened(NAME, SOUND + STEP);
      assert.equal((await pull(NAME)).kind, 'full');
    });
  });
});
