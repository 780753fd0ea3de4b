import assert from 'node:assert/strict';
import path from 'node:path';
import { chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import * as vscode from 'vscode';

/** VS Code's window as a person has it before them. `close` lets go of it; it stays open for the next test file. */
export interface Workbench {
  readonly page: Page;
  /** What the newest webview shows, inside the two frames VS Code puts around it. */
  webview(): FrameLocator;
  /** The list or input box at the top of the window. */
  quickInput(): Locator;
  /** Picks the entry of an open list that contains this text. */
  pick(text: string): Promise<void>;
  /** Types into the open input box and presses Enter. */
  answer(text: string): Promise<void>;
  /** A notification that contains this text. */
  notification(text: string | RegExp): Locator;
  /** Writes out/screenshots/<name>.png and returns its path. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Connects to the window the tests run in, by the DevTools address in COUNTERSIGN_CDP. */
export async function openWorkbench(): Promise<Workbench> {
  const address = process.env.COUNTERSIGN_CDP;
  assert.ok(address, 'COUNTERSIGN_CDP is not set: start the editor tests with test/editor/run');
  const browser = await chromium.connectOverCDP(address);
  const page = await workbenchPage(browser.contexts().flatMap((context) => context.pages()));
  const quickInput = () => page.locator('.quick-input-widget');
  return {
    page,
    webview: () => page.frameLocator('iframe.webview').last().frameLocator('#active-frame'),
    quickInput,
    pick: (text) => quickInput().locator('.monaco-list-row', { hasText: text }).first().click(),
    answer: async (text) => {
      const box = quickInput().locator('input[type="text"], input:not([type])').first();
      await box.fill(text);
      await box.press('Enter');
    },
    notification: (text) => page.locator('.notification-list-item', { hasText: text }),
    screenshot: async (name) => {
      const file = path.join(process.env.COUNTERSIGN_SCREENSHOTS ?? '.', `${name}.png`);
      await page.screenshot({ path: file });
      return file;
    },
    close: () => browser.close(),
  };
}

async function workbenchPage(pages: readonly Page[]): Promise<Page> {
  for (const page of pages) if ((await page.locator('.monaco-workbench').count()) > 0) return page;
  throw new Error(`no VS Code window among ${pages.length} pages`);
}

/** A file of the workspace, which is a copy of playbooks/ made for this run. */
export function sample(relative: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run with the samples opened as a folder');
  return vscode.Uri.joinPath(folder.uri, relative);
}

/** Opens a file of the workspace in an editor. */
export async function openSample(relative: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sample(relative)));
}

/**
 * Replaces the only occurrence of `before` in the open document, without saving.
 * @returns the range of what was put there
 */
export async function replaceInEditor(editor: vscode.TextEditor, before: string, after: string): Promise<vscode.Range> {
  const text = editor.document.getText();
  const offset = text.indexOf(before);
  assert.ok(offset >= 0, `"${before}" is not in ${editor.document.uri.path}`);
  assert.equal(text.indexOf(before, offset + 1), -1, `"${before}" is more than once in ${editor.document.uri.path}`);
  const start = editor.document.positionAt(offset);
  const range = new vscode.Range(start, editor.document.positionAt(offset + before.length));
  assert.ok(await editor.edit((edit) => edit.replace(range, after)), 'the editor took no edit');
  return new vscode.Range(start, editor.document.positionAt(offset + after.length));
}

/** Throws away what was typed into the open document. */
export async function revert(editor: vscode.TextEditor): Promise<void> {
  await vscode.window.showTextDocument(editor.document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

/**
 * Waits until the diagnostics of a file are as wanted.
 * @param timeout in milliseconds; then fails, telling what the diagnostics were instead
 */
export async function diagnosticsOf(
  uri: vscode.Uri,
  wanted: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
  timeout = 20_000,
): Promise<readonly vscode.Diagnostic[]> {
  const current = () => vscode.languages.getDiagnostics(uri);
  return whenever(
    (check) =>
      vscode.languages.onDidChangeDiagnostics((event) => {
        if (event.uris.some((changed) => changed.toString() === uri.toString())) check();
      }),
    () => (wanted(current()) ? current() : undefined),
    () => `the diagnostics of ${uri.path} stayed: ${JSON.stringify(current().map(({ message }) => message))}`,
    timeout,
  );
}

/**
 * Waits for an event after which `outcome` gives something, asking once at the start.
 * @param listen registers for the event
 * @param otherwise says what was the matter when nothing came within `timeout` milliseconds
 */
export async function whenever<T>(
  listen: (check: () => void) => vscode.Disposable,
  outcome: () => T | undefined,
  otherwise: () => string,
  timeout = 20_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      const value = outcome();
      if (value === undefined) return;
      clearTimeout(timer);
      registration.dispose();
      resolve(value);
    };
    const timer = setTimeout(() => {
      registration.dispose();
      reject(new Error(otherwise()));
    }, timeout);
    const registration = listen(settle);
    settle();
  });
}

/** As `whenever`, for what VS Code tells nobody about: asks again until there is an outcome. */
export async function eventually<T>(
  outcome: () => T | undefined,
  otherwise: () => string,
  timeout = 20_000,
): Promise<T> {
  return whenever(
    (check) => {
      const timer = setInterval(check, 50);
      return new vscode.Disposable(() => clearInterval(timer));
    },
    outcome,
    otherwise,
    timeout,
  );
}

/** As `eventually`, for what only the page can tell. */
export async function until(holds: () => Promise<boolean>, otherwise: string, timeout = 20_000): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await holds())) {
    assert.ok(Date.now() < end, otherwise);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
