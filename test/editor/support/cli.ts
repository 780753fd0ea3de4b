import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { sample } from './workbench.js';

/** Dry-runs a case with its own script of answers, as `countersign run` does, into a trace of the workspace. */
export async function runByCommandLine(playbook: string, name: string, trace: vscode.Uri): Promise<void> {
  const extension = vscode.extensions.getExtension('countersign.countersign');
  assert.ok(extension, 'VS Code did not load the extension');
  const cli = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'cli.cjs').fsPath;
  const given = ['run', sample(playbook).fsPath, '--case', sample(`cases/${name}.case.yaml`).fsPath];
  await new Promise<void>((resolve) => {
    // A run that is refused exits with another code than 0; its trace is what counts.
    execFile(
      process.execPath,
      [cli, ...given, '--trace', trace.fsPath],
      { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
      () => resolve(),
    );
  });
}
