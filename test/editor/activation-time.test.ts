import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { eventually, openSample } from './support/workbench.js';

/** A row of VS Code's own report of its start: extension, eager, load code, call activate, finish activate, event, by. */
const ROW = /^\| countersign\.countersign +\| \w+ +\| (\d+) +\| (\d+) +\| (\d+) +\| ([^|]+?) *\|/m;

/** What VS Code itself says of the start. `npm run bench` collects it from several windows; nothing is asserted of the times. */
describe('What VS Code says of its start', () => {
  it('tells how long the activation took', async () => {
    await openSample('phishing-triage.playbook.yaml');
    await vscode.commands.executeCommand('perfview.show');
    const report = (): string =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf')?.getText() ?? '';
    const row = await eventually(
      () => ROW.exec(report()) ?? undefined,
      () => `the extension is not in the report:\n${report().slice(0, 2_000)}`,
    );
    const [load, call, finish] = row.slice(1, 4).map(Number);
    assert.ok([load, call, finish].every((ms) => ms !== undefined && ms >= 0));
    assert.match(row[4] ?? '', /^(?:workspaceContains|onLanguage)/);
    const figures = process.env.COUNTERSIGN_FIGURES;
    if (figures !== undefined) writeFileSync(figures, JSON.stringify({ load, call, finish }));
  });
});
