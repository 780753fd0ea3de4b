import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { filePage } from '../protocol/file-page.js';
import type { ToViewer } from '../protocol/messages.js';
import { PANES } from '../state.js';
import { seriousFaults } from './axe.test.js';
import { APPROVAL, TASK } from './questions.test.js';
import { BROKEN, INTACT } from './sample-trace.test.js';
import { whole } from './structured-trace.test.js';
import { THEMES, type Theme } from './themes.test.js';
import {
  type Bundles,
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
  type Viewer,
} from './viewer-page.test.js';

const NAMES = Object.keys(THEMES) as readonly Theme[];
const OPEN: ToViewer = { type: 'open', lines: whole(), verification: INTACT, live: false, name: 'a.trace.jsonl' };
const LIVE: ToViewer = { ...OPEN, verification: null, live: true };
const [WIDE, NARROW] = [1600, 480];

/** What is sent, and what is done by hand after it, for the page to stand as it is looked at. */
interface Scene {
  readonly messages: readonly ToViewer[];
  readonly then?: (page: Page) => Promise<unknown>;
}

const approval = (request: Partial<typeof APPROVAL>): ToViewer => ({
  type: 'approval',
  ask: 'ask-1',
  request: { ...APPROVAL, ...request },
  user: 'me',
});
const click = (testId: string) => (page: Page) => page.getByTestId(testId).first().click();

/** Everything the page can be, by name. */
const SCENES: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(PANES.map((pane) => [pane, { messages: [OPEN], then: click(`tab-${pane}`) }])),
  'details of a call': { messages: [OPEN], then: (page) => page.locator('[data-event=proposed]').last().click() },
  'the line itself': {
    messages: [OPEN],
    then: async (page) => {
      await page.locator('[data-event=executed]').last().click();
      await page.getByTestId('raw').locator('summary').click();
    },
  },
  'what the check found': { messages: [OPEN], then: (page) => page.getByTestId('badge').locator('summary').click() },
  'one kind of event': { messages: [OPEN], then: click('chip-denied') },
  'a search that finds nothing': {
    messages: [OPEN],
    then: async (page) => {
      await page.getByTestId('search').fill('nowhere');
      await page.getByTestId('message').waitFor();
    },
  },
  'a range of time': {
    messages: [OPEN],
    then: async (page) => {
      await page.locator('[data-event=proposed]').first().click();
      await page.keyboard.press('[');
      await page.getByTestId('clear-range').waitFor();
    },
  },
  'the keys': { messages: [OPEN], then: click('help-button') },
  'the page before anything came': { messages: [] },
  'a run that starts': { messages: [{ ...LIVE, lines: [] }] },
  'a run that goes on': { messages: [{ ...LIVE, lines: whole().slice(0, 20) }] },
  'an approval without a way back': { messages: [LIVE, approval({})] },
  'an approval that can be undone': {
    messages: [LIVE, approval({ irreversible: false, calls: APPROVAL.calls.slice(0, 1) })],
  },
  'an approval somebody gave already': {
    messages: [LIVE, approval({ approvedBy: ['bo@soc.example'], deadline: null })],
  },
  'an approval whose time is up': { messages: [LIVE, approval({ deadline: '2026-01-01T00:00:00Z' })] },
  'an approval nobody can give': { messages: [LIVE, approval({ approvers: [], evidence: [] })] },
  'an approval with what is missing': { messages: [LIVE, approval({})], then: click('reject') },
  'an approval not acknowledged': {
    messages: [LIVE, approval({})],
    then: async (page) => {
      await page.getByTestId('approver').selectOption('cy@soc.example');
      await page.getByTestId('approve').click();
    },
  },
  'the other answers to an approval': {
    messages: [LIVE, approval({ escalateTo: ['soc-manager'], changedBy: ['bo@soc.example'] })],
    then: (page) => page.getByTestId('other-answers').locator('summary').click(),
  },
  'a task': { messages: [LIVE, { type: 'task', ask: 'ask-1', request: TASK, user: 'me' }] },
  'a task with what is missing': {
    messages: [LIVE, { type: 'task', ask: 'ask-1', request: TASK, user: 'me' }],
    then: click('done'),
  },
  'a broken trace': { messages: [{ ...OPEN, lines: whole().slice(0, 11), verification: BROKEN }] },
  'a trace without a line that holds': {
    messages: [{ ...OPEN, lines: [], verification: { ...BROKEN, lines: 0, firstBad: { line: 1, reason: 'no JSON' } } }],
  },
  'an empty trace': { messages: [{ ...OPEN, lines: [], verification: { ...INTACT, lines: 0 } }] },
  'a trace that is cut off': {
    messages: [
      {
        ...OPEN,
        lines: whole().slice(0, 11),
        verification: { ...BROKEN, lines: 11, firstBad: { line: 12, reason: 'The file ends inside this line.' } },
      },
    ],
  },
  'a trace of a newer version': {
    messages: [
      {
        ...OPEN,
        lines: [],
        verification: {
          ...BROKEN,
          lines: 0,
          firstBad: { line: 1, reason: 'This trace has format version 2, and this version reads 1.' },
        },
      },
    ],
  },
  'a trace that cannot be read': {
    messages: [{ type: 'error', message: 'There is no file at traces/a.trace.jsonl.' }],
  },
  'two traces compared': {
    messages: [
      { type: 'compare', side: 'a', name: 'a.trace.jsonl', lines: whole(), verification: INTACT },
      {
        type: 'compare',
        side: 'b',
        name: 'b.trace.jsonl',
        verification: INTACT,
        lines: whole()
          .slice(0, 24)
          .map((line) =>
            line.event === 'decided' ? { ...line, data: { ...line.data, decision: 'reject' as const } } : line,
          ),
      },
    ],
  },
  'two traces that are still read': {
    messages: [{ type: 'compare', side: 'a', name: 'a.trace.jsonl', lines: whole(), verification: null }],
  },
  'two equal traces': {
    messages: (['a', 'b'] as const).map((side) => ({
      type: 'compare',
      side,
      name: `${side}.trace.jsonl`,
      lines: whole(),
      verification: INTACT,
    })),
  },
};

describe('Nothing the trace viewer shows has a serious fault of accessibility, or is too wide', function () {
  this.timeout(120_000);
  let browser: Browser;
  let bundles: Bundles;
  let viewer: Viewer | undefined;

  before(async function () {
    const executable = findChromium();
    if (executable === undefined) {
      process.stderr.write('No Chromium in PATH: the viewer is not looked at for faults of accessibility.\n');
      this.skip();
    }
    [browser, bundles] = await Promise.all([startChromium(executable), bundleViewer()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(viewer?.complaints ?? [], [], 'the page complained');
    await viewer?.page.close();
    viewer = undefined;
  });

  for (const [name, { messages, then }] of Object.entries(SCENES)) {
    it(name, async () => {
      viewer = await openViewer(browser, bundles, 'dark', { width: WIDE, height: 900 });
      const { page, send, picture, wear } = viewer;
      for (const message of messages) await send(message);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await then?.(page);
      // What is drawn does not depend on the theme, so all of them are looked at wide, and one narrow.
      for (const [theme, width] of [...NAMES.map((one) => [one, WIDE] as const), ['light', NARROW] as const]) {
        await wear(theme);
        await page.setViewportSize({ width, height: 900 });
        const where = `${theme}, ${width} pixels wide`;
        assert.deepEqual(await seriousFaults(page), [], where);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, where);
        await picture(`${theme}-${name.replaceAll(' ', '-')}-${width}`);
      }
    });
  }

  it('a trace as one HTML file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-file-'));
    try {
      const { script, style, fileStyle } = bundles;
      const css = `${fileStyle}\n${style}`;
      const [scriptHash, styleHash] = [script, css].map(
        (text) => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`,
      );
      const file = path.join(folder, 'a.trace.html');
      const page = filePage({
        name: 'a.trace.jsonl',
        script,
        style: css,
        scriptHash: scriptHash ?? '',
        styleHash: styleHash ?? '',
        lines: whole(),
        verification: INTACT,
      });
      writeFileSync(file, [...page].join(''));
      for (const colorScheme of ['dark', 'light'] as const) {
        const shown = await browser.newPage({ viewport: { width: WIDE, height: 900 }, colorScheme });
        await shown.goto(pathToFileURL(file).href);
        for (const width of [WIDE, NARROW]) {
          await shown.setViewportSize({ width, height: 900 });
          for (const pane of PANES) {
            await shown.getByTestId(`tab-${pane}`).click();
            if (pane === 'events') await shown.locator('[data-event=proposed]').last().click();
            assert.deepEqual(await seriousFaults(shown), [], `${pane}, ${colorScheme}, ${width} pixels wide`);
          }
        }
        await shown.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
