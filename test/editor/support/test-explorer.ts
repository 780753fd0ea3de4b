import type { Locator } from 'playwright-core';
import * as vscode from 'vscode';
import { sample, type Workbench } from './workbench.js';

/** The row of a test once it is in this state, as a screen reader is told it. */
export function testInState(workbench: Workbench, text: string, state: string): Locator {
  return workbench.page
    .locator(`.test-explorer .monaco-list-row[aria-label*="${text}"][aria-label*="(${state}"]`)
    .first();
}

/** Leaves the window as if no test had run in it. `file`: what was written for the tests, relative to the samples. */
export async function leaveTestExplorer(workbench: Workbench, file: string): Promise<void> {
  await vscode.workspace.fs.delete(sample(file));
  for (const command of [
    'testing.clearTestResults',
    'testing.coverage.close',
    'workbench.action.closeAllEditors',
    'workbench.action.closePanel',
    'workbench.view.explorer',
  ])
    await vscode.commands.executeCommand(command);
  await workbench.close();
}
