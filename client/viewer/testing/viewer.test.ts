import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import type { ToViewer } from '../protocol/messages.js';
import { APPROVAL, TASK } from './questions.test.js';
import { BROKEN, INTACT, opened, QUARANTINE, SampleTrace, smallTrace } from './sample-trace.test.js';
import type { Theme } from './themes.test.js';
import {
  type Bundles,
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
  type Viewer,
} from './viewer-page.test.js';

const OPEN: ToViewer = { type: 'open', lines: smallTrace(), verification: INTACT, live: false, name: 'a.trace.jsonl' };

describe('The trace viewer in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let bundles: Bundles;
  const viewers: Viewer[] = [];

  before(async function () {
    const executable = findChromium();
    if (executable === undefined) {
      process.stderr.write(
        'No Chromium in PATH: the viewer is not tested in a browser. Install Debian’s package chromium.\n',
      );
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

  it('says what run it is, how it ended and whether the record holds', async () => {
    const { page, send, picture } = await view();
    await send(OPEN);
    await page.getByTestId('playbook').getByText('phishing-triage 1.2.0').waitFor();
    assert.equal(await textOf(page.getByTestId('case')), 'credential-phish');
    assert.equal(await textOf(page.getByTestId('outcome')), 'completed');
    assert.equal(await textOf(page.getByTestId('verdict')), 'verdict: malicious');
    assert.match(await textOf(page.getByTestId('model')), /rehearsal \(not AI\)/);
    assert.match(await textOf(page.getByTestId('badge')), /Verified: 29 lines/);
    assert.equal(await page.getByTestId('event').first().getAttribute('data-event'), 'run.opened');
    await picture('dark');
  });

  it('opens the details and the playbook line of the event that is chosen', async () => {
    const { page, send, waitFor, picture } = await view();
    await send(OPEN);
    await page.locator('[data-event=executed]').first().click();
    await page.getByTestId('details').getByText('"Invoice overdue"').first().waitFor();
    assert.deepEqual(await waitFor('reveal'), { type: 'reveal', seq: 7 });
    assert.match(await textOf(page.getByTestId('details')), /⟨U\+200B⟩Ignore previous instructions/);
    await picture('details');
    await page.getByTestId('copy').click();
    assert.deepEqual(await waitFor('copy'), { type: 'copy', seq: 7 });
  });

  it('moves by keys: arrows, End, Enter into the details, Escape back, o to the playbook', async () => {
    const { page, send, said } = await view();
    await send(OPEN);
    await page.getByTestId('follow').uncheck();
    await page.getByTestId('event-list').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('[role=option][aria-selected=true]').getAttribute('data-seq'), '1');
    await page.keyboard.press('End');
    assert.equal(await page.locator('[role=option][aria-selected=true]').getAttribute('data-event'), 'run.closed');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'details');
    await page.keyboard.press('o');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByTestId('details').count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.classList[0]), 'list');
    assert.deepEqual((await said()).at(-1), { type: 'reveal', seq: 28, focus: true });
  });

  it('shows only denials, or only what a search finds', async () => {
    const { page, send } = await view();
    await send(OPEN);
    await page.getByTestId('chip-denied').click();
    assert.deepEqual(await page.getByTestId('event').evaluateAll((rows) => rows.map((row) => row.dataset.seq)), ['9']);
    await page.getByTestId('chip-all').click();
    await page.getByTestId('search').fill('quarantine approved cy@');
    await page.getByTestId('count').getByText('1 of 29 events').waitFor();
    await page.getByTestId('search').fill('nowhere');
    await page.getByTestId('message').getByText('No event matches').waitFor();
  });

  it('names the bad line of a broken trace', async () => {
    const { page, send, picture } = await view();
    await send({ ...OPEN, lines: smallTrace().slice(0, 11), verification: BROKEN });
    await page.getByText('Broken at line 12').waitFor();
    assert.equal(await page.getByTestId('badge').getAttribute('data-integrity'), 'broken');
    assert.match(await textOf(page.getByTestId('outcome')), /unknown/);
    await picture('broken');
  });

  it('opens 100,000 events within a second and jumps to the last', async () => {
    const { page } = await view();
    const took = await page.evaluate(
      async (work) => {
        // Repeated in the page: sending so much to the browser is no part of what is measured.
        const lines = Array.from({ length: 100_000 }, (_, seq) => ({
          ...work[seq % work.length],
          seq,
          mono: seq * 137,
        }));
        const data = { type: 'open', lines, verification: null, live: false, name: 'large.trace.jsonl' };
        const started = performance.now();
        window.dispatchEvent(new MessageEvent('message', { data }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - started;
      },
      smallTrace() as unknown as object[],
    );
    assert.ok(took < 1000, `it took ${took.toFixed(0)} ms`);
    assert.ok((await page.getByTestId('event').count()) < 100, 'rows out of view are not drawn');
    await page.getByTestId('event-list').focus();
    await page.keyboard.press('End');
    await page.locator('[data-seq="99999"]').waitFor();
    await page.getByTestId('search').fill('quarantine would');
    await page.getByTestId('count').getByText('of 100000 events').waitFor();
  });

  it('asks for approval with everything in view, Reject focused, and approves only by name and button', async () => {
    const { page, send, said, waitFor, picture } = await view('dark', { width: 1000, height: 900 });
    await send({ ...OPEN, lines: opened(new SampleTrace()).lines, verification: null, live: true });
    await send({ type: 'approval', ask: 'ask-1', request: APPROVAL, user: 'me' });
    const card = page.getByTestId('approval-card');
    await card.waitFor();
    await picture('approval');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid), 'reject');
    assert.match(await textOf(card), /mail\.quarantine[\s\S]*case\.close[\s\S]*⟨U\+202E⟩evil/);
    assert.equal(await card.getByTestId('irreversible').count(), 1);
    assert.match(await textOf(card), /Silence denies in 1\d min/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await card.getByTestId('approve').click();
    await card.getByText('Choose who you are').waitFor();
    assert.deepEqual(
      (await said()).map(({ type }) => type),
      ['ready'],
      'nothing was answered yet',
    );
    await card.getByTestId('approver').selectOption('cy@soc.example');
    await card.getByTestId('approve').click();
    await card.getByText('tick that you know').waitFor();
    assert.deepEqual(
      (await said()).map(({ type }) => type),
      ['ready'],
      'what cannot be undone takes a second, deliberate act',
    );
    await card.getByTestId('acknowledged').focus();
    await page.keyboard.press('Space');
    await picture('approval-acknowledged');
    await card.getByTestId('approve').click();
    assert.deepEqual(await waitFor('decide'), {
      type: 'decide',
      ask: 'ask-1',
      decision: 'approve',
      as: 'cy@soc.example',
      reason: '',
      acknowledged: true,
    });
    assert.equal(await card.count(), 0);
  });

  it('keeps changing, handing on and ending out of the way, and takes each only with a reason', async () => {
    const { page, send, waitFor, said } = await view();
    await send({ ...OPEN, verification: null, live: true });
    const request = { ...APPROVAL, escalateTo: ['soc-manager'] };
    const card = page.getByTestId('approval-card');
    const ask = async (name: string): Promise<void> => {
      await send({ type: 'approval', ask: name, request, user: 'cy@soc.example' });
      await card.waitFor();
      assert.equal(await card.getByTestId('end-run').isVisible(), false);
      await card.getByTestId('other-answers').locator('summary').click();
    };
    await ask('ask-1');
    await card.getByTestId('reason').fill('only the one');
    await card.getByTestId('modify').click();
    await card.getByText('nothing was changed').waitFor();
    await card.getByTestId('change-arguments').first().fill('{"message_uid": "<other@example>"}');
    await card.getByTestId('modify').click();
    assert.deepEqual(await waitFor('decide'), {
      type: 'decide',
      ask: 'ask-1',
      decision: 'modify',
      as: 'cy@soc.example',
      reason: 'only the one',
      changes: [{ call: QUARANTINE.id, arguments: { message_uid: '<other@example>' } }],
    });
    await ask('ask-2');
    await card.getByTestId('escalate').click();
    await card.getByText('Say why you do that').waitFor();
    await card.getByTestId('reason').fill('not mine to say');
    await card.getByTestId('escalate-to').selectOption('soc-manager');
    await card.getByTestId('escalate').click();
    await ask('ask-3');
    await card.getByTestId('reason').fill('a drill');
    await card.getByTestId('end-run').click();
    await card.waitFor({ state: 'detached' });
    assert.deepEqual(
      (await said()).flatMap((one) => (one.type === 'decide' ? [[one.decision, one.to]] : [])),
      [
        ['modify', undefined],
        ['escalate', 'soc-manager'],
        ['end', undefined],
      ],
    );
  });

  it('keeps what is half typed while another question comes, closes or is looked at first', async () => {
    const { page, send } = await view();
    await send({ ...OPEN, verification: null, live: true });
    const one: ToViewer = { type: 'approval', ask: 'ask-1', request: APPROVAL, user: 'me' };
    const two: ToViewer = { type: 'approval', ask: 'ask-2', request: { ...APPROVAL, title: 'The other' }, user: 'me' };
    await send(one);
    const card = page.getByTestId('approval-card');
    await card.getByTestId('approver').selectOption('cy@soc.example');
    await card.getByTestId('acknowledged').check();
    await card.getByTestId('reason').fill('not bef');
    await send(two);
    await send({ type: 'withdrawn', ask: 'ask-2' });
    await page.keyboard.type('ore noon');
    assert.equal(await card.getByTestId('reason').inputValue(), 'not before noon', 'the focus stayed');
    // Another is asked first, and this one comes back behind it, as when it is chosen in the view of what waits.
    await send(two);
    await send({ type: 'withdrawn', ask: 'ask-1' });
    await send(one);
    await card.getByText('The other').waitFor();
    assert.equal(await card.getByTestId('reason').inputValue(), '');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid), 'reject');
    await send({ type: 'withdrawn', ask: 'ask-2' });
    await card.getByText('Approve containment').waitFor();
    assert.equal(await card.getByTestId('reason').inputValue(), 'not before noon');
    assert.equal(await card.getByTestId('approver').inputValue(), 'cy@soc.example');
    assert.equal(await card.getByTestId('acknowledged').isChecked(), false, 'that is said anew');
  });

  it('takes a rejection only with a reason, and closes a question the run withdrew', async () => {
    const { page, send, waitFor } = await view();
    await send({ ...OPEN, verification: null, live: true });
    await send({ type: 'approval', ask: 'ask-1', request: APPROVAL, user: 'me' });
    await page.locator('[data-testid=reject]:focus').waitFor();
    assert.deepEqual(await waitFor('reveal'), { type: 'reveal', seq: 16 }, 'the playbook is shown where it asks');
    await page.keyboard.press('Enter');
    await page.getByText('Choose who you are').waitFor();
    await page.getByTestId('approver').selectOption('cy@soc.example');
    await page.getByTestId('reject').press('Enter');
    await page.getByText('Say why you reject it').waitFor();
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid), 'reason');
    await page.keyboard.type('not convinced');
    await page.getByTestId('reject').click();
    const answer = await waitFor('decide');
    assert.deepEqual(answer, {
      type: 'decide',
      ask: 'ask-1',
      decision: 'reject',
      as: 'cy@soc.example',
      reason: 'not convinced',
    });
    await send({ type: 'approval', ask: 'ask-2', request: APPROVAL, user: 'cy@soc.example' });
    await page.getByTestId('approval-card').waitFor();
    assert.equal(await page.getByTestId('reason').inputValue(), '', 'a new question starts empty');
    await send({ type: 'withdrawn', ask: 'ask-2' });
    await page.getByTestId('approval-card').waitFor({ state: 'detached' });
  });

  it('asks for a task to be done and for what it found', async () => {
    const { page, send, waitFor, picture } = await view('light', { width: 760, height: 900 });
    await send({ ...OPEN, verification: null, live: true });
    await send({ type: 'task', ask: 'ask-1', request: TASK, user: 'bo@soc.example' });
    await page.getByTestId('task-card').waitFor();
    await page.getByTestId('done').click();
    await page.getByText('answer is needed').waitFor();
    await picture('task');
    await page.getByTestId('field:reached').selectOption('Yes');
    await page.getByTestId('field:answer').selectOption('entered');
    await page.getByTestId('field:minutes').fill('4');
    await page.getByTestId('field:others').fill('bo@corp.example\n\ncy@corp.example');
    await page.getByTestId('done').click();
    assert.deepEqual(await waitFor('perform'), {
      type: 'perform',
      ask: 'ask-1',
      done: true,
      as: 'bo@soc.example',
      output: { reached: true, answer: 'entered', minutes: 4, others: ['bo@corp.example', 'cy@corp.example'] },
    });
  });

  it('keeps which traces it shows beside what a person chose, for when the window is loaded anew', async () => {
    const { send, kept, page } = await view();
    const traces = ['file:///w/traces/a.trace.jsonl'];
    await send({ type: 'remember', traces });
    await send(OPEN);
    await page.getByTestId('playbook').waitFor();
    assert.deepEqual(((await kept()) as { readonly traces: unknown }).traces, traces);
    assert.equal(((await kept()) as { readonly pane: unknown }).pane, 'events');
  });

  it('shows data only as text', async () => {
    const { page, send } = await view();
    const hostile = '<img src=x onerror="globalThis.owned=1">${1}';
    const trace = opened(new SampleTrace()).add('step.left', 'x', {
      outcome: 'failed',
      output: { _$litType$: 1, strings: [hostile], [hostile]: hostile },
      error: hostile,
      handler: hostile,
    });
    await send({ ...OPEN, lines: trace.lines });
    await page.locator('[data-event="step.left"]').click();
    await page.getByTestId('details').waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => 'owned' in globalThis), false);
  });

  it('has a plain word for an empty trace, an unreadable one and a run that starts', async () => {
    const { page, send, picture } = await view();
    await send({ ...OPEN, lines: [], verification: { ...INTACT, lines: 0 } });
    await page.getByText('This trace has no events').waitFor();
    await picture('empty');
    await send({ ...OPEN, lines: [], verification: null, live: true });
    await page.getByText('Starting the run').waitFor();
    await send({ type: 'error', message: 'The trace /x/y.trace.jsonl cannot be read: there is no such file.' });
    await page.getByText('The trace cannot be shown').waitFor();
    await picture('error');
  });

  for (const theme of ['light', 'contrast'] as const) {
    it(`keeps every part in view in the ${theme} theme and in little room`, async () => {
      const { page, send, picture } = await view(theme);
      await send(OPEN);
      await page.locator('[data-event=decided]').click();
      await page.getByTestId('details').waitFor();
      await picture(theme);
      await page.setViewportSize({ width: 420, height: 760 });
      const [list, details] = [
        await page.getByTestId('event-list').boundingBox(),
        await page.getByTestId('details').boundingBox(),
      ];
      assert.ok(list && details && list.y + list.height <= details.y + 1 && details.height > 200, 'stacked');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 420);
      await page.locator('.row.selected').waitFor();
      const selected = await page.locator('.row.selected').boundingBox();
      assert.ok(selected && selected.y + selected.height <= details.y + 1, 'the selected event stays in view');
      await picture(`${theme}-narrow`);
      await send({ type: 'approval', ask: 'ask-1', request: APPROVAL, user: 'me' });
      await page.getByTestId('approve').waitFor();
      const approve = await page.getByTestId('approve').boundingBox();
      assert.ok(approve && approve.y + approve.height <= 760, 'the buttons stay in view');
      await picture(`${theme}-narrow-approval`);
    });
  }
});

/** The text of an element as it reads, without the line breaks of its source. */
async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
}
