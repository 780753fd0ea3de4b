import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { filePage, readData } from '../protocol/file-page.js';
import { BROKEN, INTACT, opened, SampleTrace, smallTrace } from './sample-trace.test.js';
import { bundleViewer, findChromium, startChromium } from './viewer-page.test.js';

const HOSTILE = '</script><img src=x onerror="globalThis.owned=1"><!--<script>';

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

describe('A trace as one HTML file', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-file-'));
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has each line once, in parts, and never a tag of the trace’s', () => {
    const lines = Array.from({ length: 9000 }, (_, seq) => ({ ...smallTrace()[0]!, run: HOSTILE, seq }));
    const parts = { script: 'run()', style: 'a{}', scriptHash: hashOf('run()'), styleHash: hashOf('a{}') };
    const page = [...filePage({ ...parts, name: HOSTILE, lines, verification: INTACT })].join('');
    assert.equal(page.match(/<img|<!--/g), null);
    assert.equal(page.match(/<script/g)?.length, 5, 'three parts of the trace, what the check found, and the viewer');
    const data = [...page.matchAll(/class="trace-data">(.*?)<\/script>/g)].map(([, text]) => readData(text ?? ''));
    assert.deepEqual(
      data.map(({ type }) => type),
      ['open', 'append', 'append', 'verified'],
    );
    const seqs = data.flatMap((message) => ('lines' in message ? message.lines.map(({ seq }) => seq) : []));
    assert.deepEqual(seqs, Array.from(lines.keys()));
    assert.match(
      page,
      /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
    );
    assert.ok(!/unsafe|https?:/.test(page.slice(0, page.indexOf('</head>'))));
  });

  it('shows itself from the disk, under its own policy, without asking anything of anybody', async function () {
    const executable = findChromium();
    if (executable === undefined) {
      process.stderr.write('No Chromium in PATH: the exported page is not tested in a browser.\n');
      this.skip();
    }
    browser = await startChromium(executable);
    const { script, style, fileStyle } = await bundleViewer();
    assert.ok(!/<\/script/i.test(script), 'the viewer itself does not end its element');
    const css = `${fileStyle}\n${style}`;
    const trace = opened(new SampleTrace()).add('step.left', HOSTILE, {
      outcome: 'failed',
      output: { [HOSTILE]: HOSTILE },
      error: HOSTILE,
      handler: null,
    });
    const file = path.join(folder, 'a.trace.html');
    const parts = { script, style: css, scriptHash: hashOf(script), styleHash: hashOf(css) };
    writeFileSync(file, [...filePage({ ...parts, name: HOSTILE, lines: trace.lines, verification: BROKEN })].join(''));
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'dark' });
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.locator('[data-event="step.left"]').click();
    await page.getByTestId('details').waitFor();
    assert.match((await page.getByTestId('badge').textContent()) ?? '', /Broken at line 12/);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => 'owned' in globalThis), false);
    assert.equal(await page.getByTestId('reveal').count(), 0, 'there is no editor to go to');
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(31, 31, 31)');
    assert.deepEqual(asked, [pathToFileURL(file).href]);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
