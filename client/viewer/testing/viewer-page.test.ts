import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { FromViewer, Remember, ToViewer } from '../protocol/messages.js';
import { viewerPage } from '../protocol/page.js';
import { THEMES, type Theme } from './themes.test.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const ORIGIN = 'http://viewer.test';

/** A Chromium of the machine, or `undefined`. */
export function findChromium(): string | undefined {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
}

export interface Viewer<To = ToViewer | Remember, From extends { readonly type: string } = FromViewer> {
  readonly page: Page;
  /** Says something to the viewer, as the extension does. */
  readonly send: (message: To) => Promise<void>;
  /** What the page keeps for when it comes back. */
  readonly kept: () => Promise<unknown>;
  /** What the viewer has said so far. */
  readonly said: () => Promise<readonly From[]>;
  /** Resolves with the first message of a type. */
  readonly waitFor: (type: From['type']) => Promise<From>;
  /** What went wrong in the page, the content security policy's complaints among it. */
  readonly complaints: readonly string[];
  /** Puts on another theme, as VS Code does it: the same page gets other variables. */
  readonly wear: (theme: Theme) => Promise<void>;
  /** Keeps a picture when COUNTERSIGN_SCREENSHOTS names a folder. */
  readonly picture: (name: string) => Promise<void>;
}

export interface Bundles {
  readonly script: string;
  readonly style: string;
  /** What stands in for an editor's theme in an exported page. */
  readonly fileStyle: string;
}

export async function bundleViewer(): Promise<Bundles> {
  const common = { bundle: true, write: false, minify: true, absWorkingDir: root, target: 'chrome120' } as const;
  const [script, style, fileStyle] = await Promise.all([
    build({ ...common, entryPoints: ['client/viewer/main.ts'], format: 'iife' }),
    build({ ...common, entryPoints: ['client/viewer/viewer.css'] }),
    build({ ...common, entryPoints: ['client/viewer/viewer-file.css'] }),
  ]);
  const textOf = (built: typeof script): string => built.outputFiles[0]?.text ?? '';
  return { script: textOf(script), style: textOf(style), fileStyle: textOf(fileStyle) };
}

export async function bundleGraph(): Promise<Pick<Bundles, 'script' | 'style'>> {
  const common = { bundle: true, write: false, minify: true, absWorkingDir: root, target: 'chrome120' } as const;
  const [script, style] = await Promise.all([
    build({ ...common, entryPoints: ['client/viewer/graph/main.ts'], format: 'iife' }),
    build({ ...common, entryPoints: ['client/viewer/graph.css'] }),
  ]);
  return { script: script.outputFiles[0]?.text ?? '', style: style.outputFiles[0]?.text ?? '' };
}

/** The page as the extension makes it, under its own content security policy, with VS Code's side played by the test. */
export async function openViewer<To = ToViewer | Remember, From extends { readonly type: string } = FromViewer>(
  browser: Browser,
  { script, style }: Pick<Bundles, 'script' | 'style'>,
  theme: Theme = 'dark',
  size = { width: 1000, height: 720 },
  kept: unknown = undefined,
): Promise<Viewer<To, From>> {
  const page = await browser.newPage({ viewport: size });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const variables = variablesOf(theme).map(([name, value]) => `${name}: ${value};`);
  const codicons = path.join(root, 'node_modules/@vscode/codicons/dist');
  const files: Readonly<Record<string, { readonly contentType: string; readonly body: string | Buffer }>> = {
    '/': {
      contentType: 'text/html',
      body: viewerPage({
        title: 'Countersign trace',
        script: `${ORIGIN}/viewer.js`,
        styles: [`${ORIGIN}/theme.css`, `${ORIGIN}/codicon.css`, `${ORIGIN}/viewer.css`],
        nonce: 'nonce-of-the-test',
        source: ORIGIN,
      }),
    },
    '/viewer.js': { contentType: 'text/javascript', body: script },
    '/viewer.css': { contentType: 'text/css', body: style },
    '/theme.css': { contentType: 'text/css', body: `:root { ${variables.join('')} }` },
    '/codicon.css': { contentType: 'text/css', body: readFileSync(path.join(codicons, 'codicon.css')) },
    '/codicon.ttf': { contentType: 'font/ttf', body: readFileSync(path.join(codicons, 'codicon.ttf')) },
    '/favicon.ico': { contentType: 'image/x-icon', body: '' },
  };
  await page.route('**', (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file === undefined ? route.abort() : route.fulfill(file);
  });
  await page.addInitScript((state: unknown) => {
    const said: unknown[] = [];
    Object.assign(globalThis, {
      said,
      state,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => said.push(message),
        getState: () => state,
        setState: (next: unknown) => Object.assign(globalThis, { state: next }),
      }),
    });
  }, kept);
  await page.goto(`${ORIGIN}/`);
  const said = (): Promise<readonly From[]> => page.evaluate(() => (globalThis as unknown as { said: From[] }).said);
  const waitFor = async (type: From['type']): Promise<From> => {
    const found = await page.waitForFunction(
      (wanted) => (globalThis as unknown as { said: From[] }).said.find((message) => message.type === wanted),
      type,
    );
    return (await found.jsonValue()) as From;
  };
  await waitFor('ready');
  return {
    page,
    complaints,
    said,
    kept: () => page.evaluate(() => (globalThis as unknown as { state: unknown }).state),
    waitFor,
    send: (message) => page.evaluate((data) => window.postMessage(data, '*'), message as unknown as object),
    wear: (next) =>
      page.evaluate(
        ([before, after]) => {
          // On the root itself, as VS Code has them; through the object model, as the policy lets no other style in.
          const { style } = document.documentElement;
          for (const [name] of before ?? []) style.setProperty(name ?? '', 'initial');
          for (const [name, value] of after ?? []) style.setProperty(name ?? '', value ?? '');
        },
        [Object.keys(THEMES).flatMap((name) => variablesOf(name as Theme)), variablesOf(next)],
      ),
    picture: async (name) => {
      const folder = process.env.COUNTERSIGN_SCREENSHOTS;
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `viewer-${name}.png`) });
    },
  };
}

function variablesOf(theme: Theme): [name: string, value: string][] {
  return Object.entries(THEMES[theme]).map(([name, value]) => [`--vscode-${name}`, value]);
}

export async function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
