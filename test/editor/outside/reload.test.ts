// The window is loaded anew here, which ends every extension and every test within it: so this one stays outside.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core';
import { copyFirstSamples } from '../../platform/first-samples.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const PLAYBOOK = 'phishing-triage.playbook.yaml';

/** Starts VS Code with a copy of the samples; resolves with where its page can be driven. */
async function startVsCode(scratch: string): Promise<{ readonly child: ChildProcess; readonly devTools: string }> {
  const workspace = path.join(scratch, 'playbooks');
  const userData = path.join(scratch, 'user-data');
  copyFirstSamples(workspace);
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  cpSync(path.join(ROOT, 'test/host/settings.json'), path.join(userData, 'User/settings.json'));
  const words = [
    workspace,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${path.join(scratch, 'extensions')}`,
    `--extensionDevelopmentPath=${ROOT}`,
    '--disable-workspace-trust',
  ];
  const { ANTHROPIC_API_KEY: _, ...env } = process.env;
  const child = spawn(process.execPath, [path.join(ROOT, 'test/host/vscode.mjs'), ...words], { cwd: scratch, env });
  let heard = '';
  const devTools = await new Promise<string>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      heard += text.toString('utf8');
      const found = /DevTools protocol at (\S+)/.exec(heard)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`VS Code ended (${code}):\n${heard}`)));
  });
  return { child, devTools };
}

describe('A window that is loaded anew', function () {
  this.timeout(180_000);
  let scratch: string;
  let child: ChildProcess;
  let browser: Browser;
  let page: Page;
  before(async () => {
    scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-reload-')));
    const started = await startVsCode(scratch);
    child = started.child;
    browser = await chromium.connectOverCDP(started.devTools);
    const [first] = browser.contexts().flatMap((context) => context.pages());
    assert.ok(first, 'VS Code has a page');
    page = first;
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await browser?.close();
    child?.kill();
    if (child && child.exitCode === null) await once(child, 'exit');
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await screenshot('reload-failed');
  });

  const screenshot = (name: string) =>
    page.screenshot({ path: path.join(process.env.COUNTERSIGN_SCREENSHOTS ?? '.', `${name}.png`) });
  const list = () => page.locator('.quick-input-widget');
  const pick = async (text: string): Promise<void> => {
    await list().locator('.monaco-list-row.focused', { hasText: text }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  const command = async (title: string): Promise<void> => {
    await page.keyboard.press('F1');
    await list().locator('input[type="text"], input:not([type])').first().waitFor();
    await page.keyboard.type(title);
    await pick(title);
  };
  /** What the pages of this extension show, the one in the tab in front last. */
  const webviews = async (): Promise<readonly FrameLocator[]> =>
    (await page.locator('iframe.webview').all()).map((frame) => frame.contentFrame().frameLocator('#active-frame'));
  const shows = async (selector: string): Promise<void> => {
    const until = Date.now() + 60_000;
    for (;;) {
      for (const webview of await webviews()) if (await webview.locator(selector).first().isVisible()) return;
      assert.ok(Date.now() < until, `no page shows ${selector}`);
      await page.waitForTimeout(100);
    }
  };
  const tab = (name: string | RegExp) => page.locator('.tab', { hasText: name });

  it('has its tabs back: the text, the graph beside it, and the run, which the window took with it', async () => {
    await page.keyboard.press('Control+p');
    await page.keyboard.type(PLAYBOOK);
    await pick(PLAYBOOK);
    await tab(PLAYBOOK).waitFor();
    await command('Countersign: Show Playbook Graph');
    await shows('[data-testid="legend-button"]');
    await tab(PLAYBOOK).first().click();
    await command('Countersign: Dry-run playbook');
    await list().getByText('on which alert?').waitFor();
    await page.keyboard.type('look-alike');
    await pick('A look-alike sign-in page');
    await shows('[data-testid="approval-card"]');
    const before = await page.locator('.tab').allInnerTexts();
    await screenshot('reload-before');

    // As a person does it: the window keeps what it looks like before it goes.
    const loaded = page.waitForEvent('load');
    await command('Developer: Reload Window');
    await loaded;
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });
    await tab(PLAYBOOK).first().waitFor();
    await shows('[data-testid="event-list"]');
    // The process of the run ended with the window, and before that wrote down that it did.
    await shows('[data-testid="badge"][data-integrity="verified"]');
    await shows(':text("cancelled")');
    await screenshot('reload-after');
    assert.equal((await page.locator('.tab').allInnerTexts()).length, before.length);
    await tab(/^(?!.*\.trace)(?!.*\.yaml).*phishing-triage/)
      .first()
      .click();
    await shows('[data-testid="legend-button"]');
    await screenshot('reload-graph');
  });
});
