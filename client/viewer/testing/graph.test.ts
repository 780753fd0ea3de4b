import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import type { GraphItem } from '../../../server/protocol/graph.js';
import type { FromGraph, ToGraph } from '../protocol/graph-messages.js';
import { seriousFaults } from './axe.test.js';
import { act, lane, longGraph, sampleGraph, step } from './graph-sample.test.js';
import type { Theme } from './themes.test.js';
import { type Bundles, bundleGraph, findChromium, openViewer, startChromium, type Viewer } from './viewer-page.test.js';

const URI = 'file:///w/a.playbook.yaml';

function drawn(graph: GraphItem | null, state: 'good' | 'broken' = 'good'): ToGraph {
  return { type: 'graph', uri: URI, name: 'a', state, graph };
}

describe('The graph of a playbook in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let bundles: Pick<Bundles, 'script' | 'style'>;
  let graph: Viewer<ToGraph, FromGraph>;

  before(async function () {
    const chromium = findChromium();
    if (chromium === undefined) return this.skip();
    [browser, bundles] = await Promise.all([startChromium(chromium), bundleGraph()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(graph.complaints, []);
    await graph.page.close();
  });

  async function open(theme: Theme = 'dark', width = 1100, kept?: unknown, height = 900): Promise<void> {
    graph = await openViewer<ToGraph, FromGraph>(browser, bundles, theme, { width, height }, kept);
  }

  async function show(item: GraphItem | null = sampleGraph()): Promise<void> {
    await graph.send(drawn(item));
    await graph.page.locator('[data-state="good"]').waitFor();
  }

  const card = (key: string): Locator => graph.page.locator(`[role=treeitem][data-key="${key}"]`);
  const facts = (): Locator => graph.page.getByTestId('facts');
  const focused = (): Promise<string | null> =>
    graph.page.evaluate(() => document.activeElement?.getAttribute('data-key') ?? null);

  it('draws one of another product with the ways that no list has, and what needs the yes of a question', async () => {
    await open('dark', 1100, { legend: true });
    const approval = { gate: 'ask', roles: ['whoever may answer'], quorum: 1, expires: null };
    const isolated = act('core-isolate-endpoint', 'contain', { approval, undo: null, accountable: null });
    const inVain = act('block-ip', 'contain', { approval: null, verdict: 'violated', gates: [] });
    await show({
      product: 'Cortex XSOAR / XSIAM',
      playbook: 'Contain',
      title: '',
      top: ['ask', 'isolate', 'block', 'alone'],
      steps: [
        step('ask', 'question', {
          lanes: [lane('Yes', 'branch', []), { ...lane('No', 'branch', [], 'elsewhere'), to: 'block' }],
        }),
        step('isolate', 'action', { level: 'approve', tools: [isolated], goesOn: true }),
        step('block', 'action', { level: 'approve', tools: [inVain], comesFrom: ['ask'], goesOn: false }),
        step('alone', 'flow', { comesFrom: [] }),
      ],
      edges: [{ from: 'ask', to: 'block', kind: 'branch', branch: 'No' }],
    });
    await graph.page.getByTestId('product').getByText('Cortex XSOAR').waitFor();
    await graph.page.locator('[data-lane="No"]').getByText('goes on at block').waitFor();
    await graph.page.getByText('also from ask').waitFor();
    assert.equal(await graph.page.getByText('no way leads here').count(), 1);
    await card('ask').click();
    await card('isolate').getByText('needs the yes of this question').waitFor();
    await graph.page.getByTestId('decides').getByText('isolate').waitFor();
    await card('block').click();
    await facts().getByText('a person takes part, and decides nothing').waitFor();
    assert.equal(await facts().getByText('Undone by').count(), 0);
    assert.deepEqual(await seriousFaults(graph.page), []);
  });

  it('shows what a gate covers, selected or pointed at', async () => {
    await open();
    await show();
    await card('ask').click();
    await facts().getByText('identity.suspend(user: alert.entities.users[0])').waitFor();
    await facts().getByText('there is no such step').waitFor();
    await facts().getByText('2 of incident-commander').waitFor();
    assert.deepEqual(await graph.page.locator('.covered').evaluateAll((all) => all.map((one) => one.dataset.key)), [
      'suspend',
      'revoke',
    ]);
    await card('suspend').getByText('covered by this gate').waitFor();
    assert.deepEqual(await graph.waitFor('open'), { type: 'open', key: 'ask', tool: null, focus: false });
    await graph.picture('graph-gate');

    await graph.page.keyboard.press('Escape');
    await facts().waitFor({ state: 'detached' });
    await card('done').hover();
    assert.equal(await graph.page.locator('.covered').count(), 0);
    await card('ask').hover();
    assert.equal(await graph.page.locator('.covered').count(), 2);
  });

  it('shows who decides an act, and the path on which a violated one is reached without', async () => {
    await open();
    await show();
    await card('suspend').click();
    await card('ask').getByText('grants this act').waitFor();
    assert.deepEqual(await facts().getByTestId('path').locator('button').allTextContents(), [
      'investigate',
      'route',
      'ask',
      'tell',
      'suspend',
    ]);
    assert.deepEqual(await graph.page.locator('.way-number').allTextContents(), ['1', '2', '3', '4', '5']);
    assert.deepEqual(
      await graph.page.locator('.lane-flow.on-path').evaluateAll((all) => all.map((one) => one.dataset.lane)),
      ['malicious', 'on-reject'],
    );
    await card('suspend').getByText('violated').waitFor();
    await graph.picture('graph-act');
    await facts().getByTestId('path').getByRole('button', { name: 'tell' }).click();
    assert.equal(await focused(), 'tell');
  });

  it('is used by keyboard alone', async () => {
    await open();
    await show();
    await graph.page.keyboard.press('/');
    await graph.page.keyboard.type('revoke');
    await graph.page.keyboard.press('Enter');
    await facts().getByRole('heading', { name: 'revoke', exact: true }).first().waitFor();
    await graph.page.keyboard.press('Escape');
    await card('investigate').focus();
    await graph.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'route');
    // A button keeps its keys; the page itself leads into the picture.
    await graph.page.getByTestId('legend-button').focus();
    await graph.page.keyboard.press('Enter');
    await graph.page.getByTestId('legend').waitFor();
    await graph.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await graph.page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'investigate');
    await graph.page.keyboard.press('ArrowDown');
    await graph.page.keyboard.press('ArrowLeft');
    assert.equal(await card('route').getAttribute('aria-expanded'), 'false');
    await card('route').getByText('3 steps inside, 1 act').waitFor();
    await graph.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'ask');
    await graph.page.keyboard.press('ArrowUp');
    await graph.page.keyboard.press('ArrowRight');
    await graph.page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'close');
    await graph.page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'route');
    await graph.page.keyboard.press('n');
    assert.equal(await focused(), 'close');
    await graph.page.keyboard.press('n');
    assert.equal(await focused(), 'ask');
    await graph.page.keyboard.press('p');
    await graph.page.keyboard.press('Enter');
    assert.deepEqual((await graph.said()).at(-1), { type: 'open', key: 'close', tool: null, focus: true });
    await graph.page.keyboard.press('?');
    await graph.page.getByTestId('help').waitFor();
    await graph.page.keyboard.press('Escape');
    await graph.page.getByTestId('help').waitFor({ state: 'detached' });
    await graph.page.keyboard.press('End');
    assert.equal(await focused(), 'done');
  });

  it('follows the cursor without taking the focus, into what is folded too', async () => {
    await open('dark', 1100, { uri: URI, selected: null, folds: [['contain', false]], zoom: 1 }, 420);
    await show();
    await graph.page.getByTestId('search').focus();
    await graph.send({ type: 'cursor', key: 'contain/isolate' });
    const here = graph.page.locator('[aria-current="location"]');
    await here.waitFor();
    assert.equal(await here.getAttribute('data-key'), 'contain', 'what a person folded stays folded');
    const box = await here.boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= 420, 'it is to be seen');
    assert.equal(await graph.page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'search');
    await graph.send({ type: 'cursor', key: 'investigate' });
    await graph.page.locator('[data-key="investigate"][aria-current="location"]').waitFor();
    await graph.send({ type: 'cursor', key: null });
    await here.waitFor({ state: 'detached' });
  });

  it('keeps the last good picture while the text is broken, and says so', async () => {
    await open();
    await show();
    await graph.send({ type: 'state', state: 'broken' });
    await graph.page.getByTestId('note').getByText('last good picture').waitFor();
    assert.ok(await card('ask').isVisible());
    await graph.picture('graph-broken');
    await show();
    await graph.page.getByTestId('note').waitFor({ state: 'detached' });
  });

  it('says why there is nothing to be drawn', async () => {
    await open();
    const empty = graph.page.getByTestId('empty');
    for (const [state, words] of [
      ['none', 'Open a playbook'],
      ['untold', 'too large'],
      ['broken', 'text is broken'],
    ] as const) {
      await graph.send({ type: 'graph', uri: URI, name: 'a', state, graph: null });
      await empty.getByText(words).waitFor();
    }
    await show({ playbook: 'a', title: '', top: [], steps: [], edges: [] });
    await empty.getByText('No steps yet').waitFor();
  });

  it('comes back as it was left', async () => {
    await open();
    await show();
    await card('suspend').click();
    await card('each').locator('.fold').click();
    await graph.page.getByRole('button', { name: 'Farther' }).click();
    const kept = await graph.kept();
    await graph.page.close();
    await open('dark', 1100, kept);
    await show();
    await facts().getByText('Go to the text').waitFor();
    assert.equal(await card('each').getAttribute('aria-expanded'), 'false');
    assert.match((await graph.page.locator('.graph-canvas').getAttribute('style')) ?? '', /zoom: 0\.83/);
  });

  it('shows hostile text as text', async () => {
    await open();
    const evil = '<img src=x onerror=alert(1)>\u202Egnp.exe\u0007';
    const item = sampleGraph();
    await show({
      ...item,
      title: evil,
      top: [evil],
      steps: [
        step(evil, 'if', {
          title: evil,
          says: evil,
          when: evil,
          lanes: [{ name: evil, kind: 'branch', steps: [], end: 'goes-on' }],
        }),
      ],
    });
    await graph.page.locator('[role=treeitem]').click();
    assert.equal(await graph.page.locator('img').count(), 0);
    const text = (await graph.page.locator('body').textContent()) ?? '';
    assert.ok(!text.includes('\u202E') && text.includes('⟨U+202E⟩'));
  });

  it('shows 1,000 steps, those folded that hold others', async () => {
    await open();
    await show(longGraph(1000));
    assert.equal(await card('step_9').getAttribute('aria-expanded'), 'false');
    await graph.send({ type: 'cursor', key: 'step_9_a' });
    await graph.page.locator('[data-key="step_9_a"][aria-current="location"]').waitFor();
    await graph.page.getByRole('button', { name: 'Fit into' }).click();
    await graph.picture('graph-long');
  });

  for (const [theme, width] of [
    ['dark', 1100],
    ['light', 1100],
    ['contrast', 1100],
    ['dark', 480],
  ] as const) {
    it(`can be read by everybody: ${theme}, ${width} px`, async () => {
      await open(theme, width, undefined, 1500);
      await show();
      await graph.page.getByTestId('legend-button').click();
      await graph.picture(`graph-${theme}-${width}`);
      await card('suspend').click();
      await graph.send({ type: 'cursor', key: 'look' });
      await graph.page.locator('.current').waitFor();
      assert.deepEqual(await seriousFaults(graph.page), []);
      const wide = await graph.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, 'the page itself does not scroll sideways');
      await graph.picture(`graph-selected-${theme}-${width}`);
    });
  }
});
