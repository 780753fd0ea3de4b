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
  playbook: HOSTILE,
  file: HOSTILE,
  change: '2c8a1f0b6d934e57a1b0c9d8e7f6a5b4c3d2e1f0',
  acknowledged: null,
  proposed: false,
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

const AGREED = { owner: HOSTILE, reason: HOSTILE, expires: '2027-01-31' };
const REVIEW: Extract<ToBoundaryPage, { readonly type: 'show' }> = {
  type: 'show',
  revision: HOSTILE,
  comparison: {
    kind: 'review',
    repository: HOSTILE,
    commit: '1f0c2b9d4e77a60c3be2f3c8d6a5b49ef2c01d38',
    branch: 'main',
    playbooks: 200,
    touched: 2,
    acts: [ACT, { ...ACT, acknowledged: AGREED }, { ...ACT, withoutPerson: false, proposed: true }],
    unlisted: 2000,
    unchanged: 3,
    idle: [
      {
        why: 'expired',
        playbook: HOSTILE,
        step: HOSTILE,
        tool: HOSTILE,
        owner: HOSTILE,
        expires: '2020-01-31',
        place: { ...PLACE, inRevision: true },
      },
    ],
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
    for (const shown of [SHOW, REVIEW]) {
      const { page, complaints } = await open(shown);
      await page.getByTestId('act').first().waitFor();
      const text = (await page.locator('body').textContent()) ?? '';
      assert.ok(text.includes('<script>document.title=1</script>'));
      assert.ok(!text.includes('\u202e') && text.includes('⟨U+202E⟩'));
      assert.equal(await page.locator('img, main script, iframe').count(), 0);
      assert.equal(await page.title(), 'Countersign trace');
      assert.deepEqual(complaints, []);
      await page.close();
    }
  });

  it('of all playbooks begins with what nobody agreed to, and marks the rest', async () => {
    const { page, said } = await open(REVIEW);
    await page.getByTestId('act').first().waitFor();
    assert.deepEqual(await page.getByRole('heading', { level: 2 }).allTextContents(), [
      'May do more without a person',
      'May do more, with a person',
      'May do more, as acknowledged',
      'Acknowledgements that do not count',
    ]);
    const acts = page.getByTestId('act');
    assert.equal(await acts.nth(0).getByTestId('acknowledged').count(), 0);
    await acts.nth(1).getByTestId('proposed').waitFor();
    await acts.nth(2).getByText('until 2027-01-31').waitFor();
    assert.match(
      (await page.getByRole('status').textContent()) ?? '',
      /200 playbooks, 2 touched\. Acts: 1 may do more without a person; 1 may do more, with a person; 1 may do more, as acknowledged; 2000 more, which "countersign diff" lists; 3 unchanged/,
    );
    await page.getByTestId('open-entry').press('Enter');
    assert.deepEqual((await said()).at(-1), { type: 'open-entry', entry: 0 });
  });

  it('of very many acts shows those to look at first, and the rest when it is asked for, all by the keyboard', async () => {
    const acts = Array.from({ length: 250 }, (_, at) => ({ ...ACT, step: `step_${at}`, file: `${at}.playbook.yaml` }));
    const { page, said } = await open({ ...REVIEW, comparison: { ...REVIEW.comparison, acts } });
    await page.getByTestId('act').first().waitFor();
    assert.equal(await page.getByTestId('act').count(), 100);
    assert.equal(await page.getByRole('table').count(), 0);
    const at = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    assert.match(await at(), /at step_1\s*$/);
    await page.keyboard.press('p');
    assert.match(await at(), /at step_0\s*$/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.deepEqual((await said()).at(-1), { type: 'open', act: 0, what: 'before' });
    await page.getByTestId('more').press('Enter');
    assert.match(await at(), /at step_100\s*$/);
    await page.getByRole('button', { name: 'Show 50 of 50 more' }).press('Enter');
    assert.equal(await page.getByTestId('act').count(), 250);
    // What was unfolded stays so when it is compared again.
    await page.evaluate((data) => window.postMessage(data, '*'), {
      ...REVIEW,
      comparison: { ...REVIEW.comparison, acts },
    } as object);
    assert.equal(await page.getByRole('table').count(), 1);
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
    for (const width of [1600, 1000, 420]) {
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
      const { page } = await open(theme === 'dark' ? SHOW : REVIEW, theme);
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
    await page.getByRole('button', { name: 'Compare with Another…' }).waitFor();
  });

  it('of all playbooks says that nothing changed, and that there are none', async () => {
    const same = { ...REVIEW.comparison, acts: [], idle: [] };
    const { page } = await open({ ...REVIEW, comparison: same });
    await page.getByText('Nothing that playbooks may do has changed: 200 playbooks, 2 touched.').waitFor();
    const none = { ...REVIEW, comparison: { ...same, playbooks: 0, touched: 0, unchanged: 0 } };
    await page.evaluate((data) => window.postMessage(data, '*'), none as object);
    await page.getByText('There is no playbook here, and there was none then.').waitFor();
  });
});
