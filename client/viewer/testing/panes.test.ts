import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import type { ToViewer } from '../protocol/messages.js';
import { INTACT, SampleTrace, smallTrace } from './sample-trace.test.js';
import { BLOCK, NOTE, Script, whole } from './structured-trace.test.js';
import type { Theme } from './themes.test.js';
import {
  type Bundles,
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
  type Viewer,
} from './viewer-page.test.js';

function open(lines: readonly TraceLine[]): ToViewer {
  return { type: 'open', lines, verification: INTACT, live: false, name: 'a.trace.jsonl' };
}

describe('The panes of the trace viewer in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let bundles: Bundles;
  const viewers: Viewer[] = [];

  before(async function () {
    const executable = findChromium();
    if (executable === undefined) {
      process.stderr.write('No Chromium in PATH: the panes of the viewer are not tested in a browser.\n');
      this.skip();
    }
    [browser, bundles] = await Promise.all([startChromium(executable), bundleViewer()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    for (const viewer of viewers.splice(0)) {
      assert.deepEqual(viewer.complaints, [], 'the page complained');
      await viewer.page.close();
    }
  });

  async function view(theme?: Theme, size?: { width: number; height: number }): Promise<Viewer> {
    const viewer = await openViewer(browser, bundles, theme, size);
    viewers.push(viewer);
    return viewer;
  }

  it('show the path taken and why the rest was not, and lead from a step to its event', async () => {
    const { page, send, waitFor, picture } = await view();
    await send(open(whole()));
    await page.getByTestId('tab-steps').click();
    const steps = page.getByTestId('step');
    assert.deepEqual(await steps.evaluateAll((all) => all.map((one) => `${one.dataset.step} ${one.dataset.outcome}`)), [
      'both ok',
      'left ok',
      'right ok',
      'loop failed',
      'body failed',
      'later skipped',
      'last open',
    ]);
    assert.match((await page.getByTestId('steps').textContent()) ?? '', /Not run: "x" is false/);
    assert.match((await page.getByTestId('steps').textContent()) ?? '', /Ended before its first step/);
    assert.match((await page.getByTestId('run-end').textContent()) ?? '', /before the end of the run/);
    await page.getByText('Round before').click();
    await page.locator('[data-step="body/act"]').click();
    assert.equal(
      await page
        .getByTestId('details')
        .locator('.who')
        .textContent()
        .then((text) => /step body\/act/.test(text ?? '')),
      true,
    );
    assert.deepEqual(await waitFor('reveal'), { type: 'reveal', seq: 20 });
    await picture('steps');
  });

  it('tell waiting for people from the time of machines', async () => {
    const { page, send, picture } = await view();
    await send(open(whole()));
    await page.getByTestId('tab-waterfall').click();
    const kinds = await page.getByTestId('bar').evaluateAll((all) => all.map((one) => one.dataset.kind));
    assert.ok(kinds.includes('people') && kinds.includes('call') && kinds.includes('step-bar'));
    assert.match((await page.getByTestId('waterfall-summary').textContent()) ?? '', /274 ms\s*waiting for people/);
    await picture('waterfall');
  });

  it('have for each approval what was asked, who answered and how they are known, and what ran', async () => {
    const { page, send, picture } = await view();
    await send(open(whole()));
    await page.getByTestId('tab-approvals').click();
    const text = ((await page.getByTestId('question').first().textContent()) ?? '').replace(/\s+/g, ' ');
    for (const wanted of [
      /May it\?/,
      /net\.block/,
      /203\.0\.113\.7/,
      /cy@soc\.example/,
      /known how: locally-asserted/,
    ]) {
      assert.match(text, wanted);
    }
    assert.match(text, /Ran because of it Would have run net\.block/);
    assert.match(text, /274 ms/);
    await picture('approvals');
  });

  it('show what was used against the limits the trace tells', async () => {
    const { page, send, picture } = await view();
    const trace = new SampleTrace();
    const [first, ...rest] = smallTrace();
    assert.ok(first?.event === 'run.opened');
    trace.lines.push({ ...first, data: { ...first.data, limits: { turns: 4, tokens: 3000 } } }, ...rest);
    await send(open(trace.lines));
    await page.getByTestId('tab-budget').click();
    const run = page.getByTestId('scope').first();
    const row = async (measure: string): Promise<string> =>
      ((await run.locator(`[data-measure=${measure}]`).textContent()) ?? '').replace(/\s+/g, ' ').trim();
    assert.match(await row('turns'), /^Turns 2 4 2/);
    assert.match(await row('tokens'), /^Tokens 3,620 3,000 620 over/);
    assert.match(await row('usd'), /not told/);
    await picture('budget');
  });

  it('are all narrowed by a time that is dragged, or set by keys, and widened again', async () => {
    const { page, send } = await view();
    const lines = whole();
    await send(open(lines));
    const box = await page.getByTestId('strip-picture').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 10, { steps: 3 });
    await page.mouse.up();
    await page
      .getByTestId('count')
      .getByText(/^\d+ of 35 events$/)
      .waitFor();
    await page.getByTestId('tab-steps').click();
    assert.equal(await page.locator('[data-step=both]').count(), 0, 'what was over before is not shown');
    await page.getByTestId('tab-approvals').click();
    assert.equal(await page.getByTestId('question').count(), 1);
    await page.getByTestId('clear-range').click();
    await page.getByTestId('count').getByText('35 events').waitFor();
    await page.getByTestId('range-to').focus();
    for (let times = 0; times < 6; times++) await page.keyboard.press('Shift+ArrowLeft');
    await page.getByTestId('range').getByText('0:00.0 to 0:01.8').waitFor();
    assert.equal(await page.getByTestId('question').count(), 0);
    await page.keyboard.press('\\');
    assert.equal(await page.getByTestId('question').count(), 1);
  });

  it('work by keys alone: next and before, decisions, panes, a range, the keys themselves', async () => {
    const { page, send, said } = await view();
    await send(open(whole()));
    await page.getByTestId('follow').uncheck();
    const selected = (): Promise<string | null> => page.locator('.row.selected').getAttribute('data-seq');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await selected(), '0');
    await page.keyboard.press('n');
    assert.equal(await page.locator('.row.selected').getAttribute('data-event'), 'decided');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    assert.equal(await page.locator('.row.selected').getAttribute('data-event'), 'authorized');
    await page.keyboard.press('p');
    assert.equal(await page.locator('.row.selected').getAttribute('data-event'), 'gate.closed');
    await page.keyboard.press('[');
    await page.getByTestId('count').getByText('17 of 35').waitFor();
    await page.keyboard.press('\\');
    await page.keyboard.press('2');
    await page.locator('[role=treeitem]:focus').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-step=both][aria-expanded=false]:focus').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-step=left]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('details').waitFor();
    await page.keyboard.press('3');
    await page.locator('.bars:focus').waitFor();
    await page.keyboard.press('End');
    await page.locator('.bar-row.selected').getByText('case.close').waitFor();
    await page.keyboard.press('y');
    assert.deepEqual((await said()).at(-1), { type: 'link', seq: 33 });
    await page.keyboard.press('?');
    await page.getByTestId('help').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByTestId('help').count(), 0);
    await page.keyboard.press('/');
    await page.keyboard.type('net.block');
    await page.getByTestId('count').getByText('5 of 35').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    assert.equal(await page.locator('.row.selected').getAttribute('data-event'), 'gate.opened', 'from match to match');
  });

  it('trace the values of a call to earlier events, and claim no more than that they are the same', async () => {
    const script = new Script().enter('read', 'action').propose('read', NOTE);
    script
      .execute('read', NOTE, true, { hosts: ['203.0.113.7'] })
      .leave('read')
      .enter('act', 'action');
    script.propose('act', BLOCK, ['steps.read.output']).decide('act', BLOCK, 'permit');
    const { page, send, picture } = await view();
    await send(open(script.lines));
    await page.locator('[data-event=authorized]').click();
    await page.locator('[data-testid=lineage][data-done=true]').waitFor();
    const found = page.getByTestId('traced').filter({ hasText: 'ip' });
    assert.match(
      (await found.textContent())?.replace(/\s+/g, ' ') ?? '',
      /line 4, answer of case\.note: the same value at result\.hosts\[0\]/,
    );
    assert.match((await page.getByTestId('place').textContent()) ?? '', /phishing-triage\.playbook\.yaml:3/);
    await page.getByTestId('course').getByText('Playbook proposed net.block').waitFor();
    await page.getByTestId('raw').locator('summary').click();
    assert.match(
      (await page.getByTestId('raw').textContent()) ?? '',
      /\{"actor":\{"id":"countersign","kind":"engine"\}/,
    );
    await picture('lineage');
    await found.getByRole('button', { name: 'line 4' }).click();
    assert.equal(await page.getByTestId('details').getAttribute('data-seq'), '3');
  });

  it('grow with a running trace, whichever is shown', async () => {
    const { page, send } = await view();
    const lines = whole();
    await send({ ...open(lines.slice(0, 4)), verification: null, live: true } as ToViewer);
    await page.getByTestId('tab-steps').click();
    await page.locator('[data-step=right][data-outcome=open]').waitFor();
    await send({ type: 'append', lines: lines.slice(4) });
    await page.locator('[data-step=right][data-outcome=ok]').waitFor();
    await page.getByTestId('tab-approvals').click();
    assert.equal(await page.getByTestId('question').count(), 1);
  });

  it('are as they were left when the page comes back', async () => {
    const { page, send, kept } = await view();
    await send(open(whole()));
    await page.getByTestId('tab-waterfall').click();
    await page.locator('[data-kind=people]').first().click();
    await page.waitForFunction(() =>
      JSON.stringify((globalThis as unknown as { state: unknown }).state ?? '').includes('"selected":16'),
    );
    const again = await openViewer(browser, bundles, 'dark', { width: 1000, height: 720 }, await kept());
    viewers.push(again);
    await again.send(open(whole()));
    await again.page.getByTestId('waterfall').waitFor();
    assert.equal(await again.page.getByTestId('details').getAttribute('data-seq'), '16');
  });

  it('open at the event a link names, in parts that come later too', async () => {
    const { page, send } = await view();
    await send(open(whole().slice(0, 5)));
    await send({ type: 'select', seq: 20 });
    assert.equal(await page.getByTestId('details').count(), 0);
    await send({ type: 'append', lines: whole().slice(5) });
    await page.locator('[data-testid=details][data-seq="20"]').waitFor();
  });

  it('compare two traces, and lead to an event of either', async () => {
    const { page, send, waitFor, picture } = await view();
    const lines = whole();
    const other = lines.map((line) =>
      line.event === 'decided' ? { ...line, data: { ...line.data, decision: 'reject' as const } } : line,
    );
    await send({ type: 'compare', side: 'a', name: 'a.trace.jsonl', lines, verification: INTACT });
    await page.getByText('Reading both traces').waitFor();
    await send({ type: 'compare', side: 'b', name: 'b.trace.jsonl', lines: other, verification: INTACT });
    await page.getByTestId('compare-count').getByText('1 difference.').waitFor();
    const difference = page.getByTestId('difference');
    assert.match(
      (await difference.textContent())?.replace(/\s+/g, ' ') ?? '',
      /approve by cy@soc\.example.*reject by cy@soc\.example/,
    );
    await picture('compare');
    await difference.getByRole('button').last().click();
    assert.deepEqual(await waitFor('open'), { type: 'open', side: 'b', seq: 16 });
  });
});
