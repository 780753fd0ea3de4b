import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  diagnosticsOf,
  openSample,
  openWorkbench,
  replaceInEditor,
  revert,
  type Workbench,
} from './support/workbench.js';

const PLAYBOOK = 'phishing-triage.playbook.yaml';

/** Each slip a person may make: what stands there, what they type, the very word at fault, the rule and what is meant. */
const SLIPS = [
  {
    title: 'a step reference',
    before: 'grants: [quarantine, warn]',
    after: 'grants: [quarantin, warn]',
    word: 'quarantin',
    rule: 'unknown-step',
    meant: 'quarantine',
  },
  {
    title: 'an autonomy level',
    before: 'autonomy: autonomous #',
    after: 'autonomy: autonomus #',
    word: 'autonomus',
    rule: 'invalid-value',
    meant: 'autonomous',
  },
  {
    title: 'an alert field',
    before: 'when: alert.severity_id >= 3',
    after: 'when: alert.severty_id >= 3',
    word: 'severty_id',
    rule: 'unknown-member',
    meant: 'severity_id',
  },
] as const;

describe('Authoring a playbook', () => {
  let workbench: Workbench;
  let editor: vscode.TextEditor;
  before(async () => {
    workbench = await openWorkbench();
    editor = await openSample(PLAYBOOK);
    await diagnosticsOf(editor.document.uri, (found) => found.length === 0);
  });
  afterEach(async () => {
    await revert(editor);
    // What one test broke must not be taken for what the next one breaks.
    await diagnosticsOf(editor.document.uri, (found) => found.length === 0);
  });
  after(() => workbench.close());

  for (const slip of SLIPS) {
    it(`finds ${slip.title} misspelt, at the word, and offers what was meant`, async () => {
      const changed = await replaceInEditor(editor, slip.before, slip.after);
      const own = (found: readonly vscode.Diagnostic[]) => found.filter((one) => ruleOf(one) === slip.rule);
      const all = await diagnosticsOf(editor.document.uri, (found) => own(found).length > 0);
      const [problem, ...more] = own(all);
      assert.ok(problem);
      assert.deepEqual(more, [], 'one slip is one diagnostic');
      assert.equal(editor.document.getText(problem.range), slip.word);
      assert.ok(changed.contains(problem.range));
      assert.equal(problem.source, 'countersign');
      assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
      assert.match(problem.message, new RegExp(`Did you mean "${slip.meant}"\\?`));
      const link = typeof problem.code === 'object' ? problem.code.target.toString() : '';
      assert.match(link, new RegExp(`docs/rules/${slip.rule}\\.md$`));
      await vscode.workspace.fs.stat(vscode.Uri.parse(link, true));

      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        problem.range,
      );
      const fix = actions.find((action) => action.title.includes(slip.meant));
      assert.ok(fix?.edit, `no fix among: ${actions.map((action) => action.title).join(', ')}`);
      assert.ok(await vscode.workspace.applyEdit(fix.edit));
      await diagnosticsOf(editor.document.uri, (found) => own(found).length === 0);
      assert.ok(editor.document.getText().includes(slip.before));
    });
  }

  it('shows all three at once, in the text and in the list of problems', async () => {
    for (const slip of SLIPS) await replaceInEditor(editor, slip.before, slip.after);
    const found = await diagnosticsOf(editor.document.uri, (all) =>
      SLIPS.every(({ rule }) => all.some((one) => ruleOf(one) === rule)),
    );
    assert.deepEqual(
      found.map((one) => editor.document.getText(one.range)).sort(),
      SLIPS.map(({ word }) => word).sort(),
      'one slip is one diagnostic, and nothing that only follows from it',
    );
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'severty_id' }).first().waitFor();
    editor.revealRange(found[0]?.range ?? new vscode.Range(0, 0, 0, 0), vscode.TextEditorRevealType.InCenter);
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await workbench.screenshot('three-diagnostics');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('shows a bypassed gate with its path', async () => {
    await replaceInEditor(
      editor,
      `          on-timeout: # silence denies, and the people on duty find the case open
            - id: unanswered
              stop: { outcome: stopped, reason: Nobody answered within 15 minutes; the message stays where it is. }
`,
      '          on-timeout: continue\n',
    );
    const found = await diagnosticsOf(editor.document.uri, (all) => all.some((one) => ruleOf(one) === 'ungated-act'));
    const act = found.find((one) => ruleOf(one) === 'ungated-act');
    assert.ok(act);
    assert.equal(editor.document.getText(act.range), 'mail.quarantine');
    assert.match(act.message, /ask_quarantine \(timed-out\) → quarantine/);
  });

  const COMPLETIONS = [
    { what: 'step ids', before: 'grants: [quarantine, warn]', typed: 'grants: [quarantine, |]', offered: ['warn'] },
    { what: 'tools', before: '- mail.search\n', typed: '- mai|\n', offered: ['mail.search'] },
    {
      what: 'levels',
      before: 'autonomy: notify',
      typed: 'autonomy: |',
      offered: ['manual', 'assist', 'approve', 'notify', 'autonomous'],
    },
    {
      what: 'typed fields',
      before: 'when: alert.severity_id >= 3',
      typed: 'when: alert.fin|',
      offered: ['finding_info'],
    },
    {
      what: 'members of a step’s result',
      before: 'if: size(steps.investigate.output.compromised) > 0',
      typed: 'if: size(steps.investigate.output.|) > 0',
      offered: ['verdict', 'confidence', 'summary', 'compromised'],
    },
  ] as const;
  for (const { what, before: text, typed, offered } of COMPLETIONS) {
    it(`offers ${what}`, async () => {
      const range = await replaceInEditor(editor, text, typed.replace('|', ''));
      const at = editor.document.positionAt(editor.document.offsetAt(range.start) + typed.indexOf('|'));
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        at,
      );
      const labels = list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
      for (const label of offered)
        assert.ok(labels.includes(label), `${label} is not among ${labels.slice(0, 40).join(', ')}`);
    });
  }

  it('explains levels, tools and fields on hover, from the schemas', async () => {
    const explained = async (text: string, word: string): Promise<string> => {
      const offset = editor.document.getText().indexOf(text) + text.indexOf(word) + 1;
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        editor.document.uri,
        editor.document.positionAt(offset),
      );
      return hovers
        .flatMap((hover) => hover.contents.map((content) => (typeof content === 'string' ? content : content.value)))
        .join('\n');
    };
    assert.match(await explained('autonomy: autonomous', 'autonomous'), /trace is the only witness/i);
    const act = await explained('action: mail.quarantine', 'mail.quarantine');
    assert.match(act, /contain/);
    assert.match(act, /runs at \*\*approve\*\*: .*playbook\.yaml#L\d+\)[\s\S]*\*\*proven\*\*/);
    assert.match(await explained('alert.severity_id >= 3', 'severity_id'), /severity/i);
    assert.match(await explained('on-timeout:', 'on-timeout'), /silence|timeout|answer/i);
  });

  it('tells the level in force, who approves and what a playbook may do, beside the text', async () => {
    const { uri } = editor.document;
    const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      uri,
      whole,
    );
    const shown = hints.map(({ label, position }) => {
      const text = typeof label === 'string' ? label : label.map(({ value }) => value).join('');
      return `${editor.document.lineAt(position).text.slice(0, position.character).trim()} ${text}`;
    });
    // The playbook's default says the same.
    assert.ok(!shown.some((hint) => hint.startsWith('- id: quarantine')), shown.join('\n'));
    assert.ok(
      shown.includes('action: mail.quarantine approved at ask_quarantine by analyst or incident-commander'),
      shown.join('\n'),
    );
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 9);
    const [run, summary] = lenses.map(({ command }) => command);
    assert.equal(run?.command, 'countersign.dryRun');
    assert.deepEqual(run.arguments, [uri.toString()]);
    assert.match(summary?.title ?? '', /^\d+ acts: \d+ .*after approval · ai-/);
    await workbench.page.locator('.codelens-decoration', { hasText: 'Dry-run' }).first().waitFor({ state: 'attached' });
  });

  it('shows completion and hover on screen', async () => {
    const range = await replaceInEditor(editor, 'autonomy: notify', 'autonomy: ');
    const at = range.end;
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
    await workbench.page.locator('.suggest-widget .monaco-list-row', { hasText: 'autonomous' }).first().waitFor();
    await workbench.screenshot('completion');
    await workbench.page.keyboard.press('Escape');

    await revert(editor);
    const act = editor.document.positionAt(editor.document.getText().indexOf('action: mail.quarantine') + 12);
    const shown = await vscode.window.showTextDocument(editor.document);
    shown.selection = new vscode.Selection(act, act);
    shown.revealRange(new vscode.Range(act, act), vscode.TextEditorRevealType.InCenter);
    await vscode.commands.executeCommand('editor.action.showHover');
    await workbench.page.locator('.monaco-hover', { hasText: 'proven' }).first().waitFor();
    await workbench.screenshot('hover');
    await workbench.page.keyboard.press('Escape');
  });
});

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}
