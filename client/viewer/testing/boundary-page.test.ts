import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import type { ComparedAct } from '../../../server/protocol/compare-requests.js';
import type { BoundaryItem } from '../../../server/protocol/requests.js';
import type { ToBoundaryPage } from '../protocol/boundary-messages.js';
import { THEMES, type Theme } from './themes.test.js';
import { type Bundles, findChromium, openViewer, startChromium, type Viewer } from './viewer-page.test.js';

/** As far as it is looked at. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const THEME_NAMES = Object.keys(THEMES).filter((name): name is Theme => Object.hasOwn(THEMES, name));
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const HOSTILE = '<img src=x onerror="document.title=1"> <script>document.title=1</script> \u202e\u001b[31m ${{ x }}';
const PLACE = { uri: 'file:///x', range: { start: { line: 1, character: 2 }, end: { line: 1, character: 3 } } };

const ITEM: BoundaryItem = {
  step: HOSTILE,
  tool: HOSTILE,
  effect: 'contain',
  scope: HOSTILE,
  autonomy: 'approve',
  approval: { gate: HOSTILE, roles: [HOSTILE], quorum: 1, expires: null },
  bounds: [HOSTILE],
  untrusted: [HOSTILE],
  undo: HOSTILE,
  accountable: HOSTILE,
  verdict: 'proven',
  because: HOSTILE,
  place: PLACE,
};
const ACT: ComparedAct = {
  step: HOSTILE,
  tool: HOSTILE,
  class: 'widened',
  withoutPerson: true,
  onCatalogsWord: false,
  violates: true,
  causes: ['playbook'],
  reasons: [{ direction: 'wider', words: HOSTILE }],
  before: ITEM,
  after: { ...ITEM, verdict: 'violated', scope: 'steps.x' },
  path: [
    { words: HOSTILE, place: { ...PLACE, inRevision: false } },
    { words: 'isolate', place: { ...PLACE, inRevision: false } },
  ],
};
const SHOW: Extract<ToBoundaryPage, { readonly type: 'show' }> = {
  type: 'show',
  revision: HOSTILE,
  comparison: {
    kind: 'comparison',
    playbook: HOSTILE,
    commit: '1f0c2b9d4e77a60c3be2f3c8d6a5b49ef2c01d38',
    file: HOSTILE,
    moved: true,
    acts: [ACT, { ...ACT, class: 'narrowed', before: null }],
    unchanged: 3,
  },
};

describe('The page of compared boundaries', function () {
  this.timeout(60_000);
  const chromium = findChromium();
  let browser: Browser;
  let bundles: Bundles;
  let viewer: Viewer;

  before(async function () {
    if (chromium === undefined) this.skip();
    const common = { bundle: true, write: false, minify: true, absWorkingDir: root, target: 'chrome120' } as const;
    const [script, style] = await Promise.all([
      build({ ...common, entryPoints: ['client/viewer/boundary/main.ts'], format: 'iife' }),
      build({ ...common, entryPoints: ['client/viewer/boundary/boundary.css'] }),
    ]);
    bundles = { script: script.outputFiles[0]?.text ?? '', style: style.outputFiles[0]?.text ?? '', fileStyle: '' };
    browser = await startChromium(chromium);
  });
  after(() => browser?.close());

  async function open(message: ToBoundaryPage = SHOW, theme: Theme = 'dark'): Promise<Viewer> {
    viewer = await openViewer(browser, bundles, theme);
    await viewer.page.evaluate((data) => window.postMessage(data, '*'), message as unknown as object);
    return viewer;
  }
  afterEach(() => viewer?.page.close());

  it('shows names that others chose as text, hidden characters made visible', async () => {
    const { page, complaints } = await open();
    await page.getByTestId('act').first().waitFor();
    const text = (await page.locator('body').textContent()) ?? '';
    assert.ok(text.includes('<script>document.title=1</script>'));
    assert.ok(!text.includes('\u202e') && text.includes('⟨U+202E⟩'));
    assert.equal(await page.locator('img, main script, iframe').count(), 0);
    assert.equal(await page.title(), 'Countersign trace');
    assert.deepEqual(complaints, []);
  });

  it('says by the keyboard where to go, in places of what was shown', async () => {
    const { page, said } = await open();
    await page.getByTestId('open-before').first().focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('open-after').nth(1).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'A path to it' }).first().getByRole('button').nth(1).press('Enter');
    await page.getByRole('button', { name: 'Compare Again' }).press('Enter');
    assert.deepEqual((await said()).slice(1), [
      { type: 'open', act: 0, what: 'before' },
      { type: 'open', act: 1, what: 'after' },
      { type: 'open', act: 0, what: 1 },
      { type: 'again' },
    ]);
  });

  it('tells what differs in words as well, and has rows for screen readers in any width', async () => {
    const { page } = await open();
    await page.getByTestId('act').first().waitFor();
    for (const width of [1000, 420]) {
      await page.setViewportSize({ width, height: 720 });
      const table = page.getByRole('table').first();
      assert.equal(await table.getByRole('columnheader').count(), 2);
      assert.match((await table.getByRole('rowheader').first().textContent()) ?? '', /\(changed\)/);
      const overflows = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.equal(overflows, false, `at ${width} px`);
    }
    assert.match(
      (await page.getByRole('status').textContent()) ?? '',
      /1 may do more without a person; 1 may do less; 3 unchanged/,
    );
  });

  it('has nothing that axe-core calls serious, in any theme', async () => {
    for (const theme of THEME_NAMES) {
      const { page } = await open(SHOW, theme);
      await page.getByTestId('act').first().waitFor();
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResult> } };
        const { violations } = await axe.run({ resultTypes: ['violations'] });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      assert.deepEqual(found, [], theme);
      await page.close();
    }
  });

  it('says that nothing changed, and why there is nothing', async () => {
    const same = { ...SHOW.comparison, acts: [], moved: false };
    const { page } = await open({ ...SHOW, comparison: same });
    await page.getByText('Nothing it may do has changed (3 unchanged).').waitFor();
    await page.evaluate((data) => window.postMessage(data, '*'), {
      type: 'none',
      message: 'It cannot be compared: no git.',
    });
    await page.getByText('It cannot be compared: no git.').waitFor();
    assert.equal(await page.getByRole('heading').count(), 0);
  });
});
