import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import type { ToViewer } from '../protocol/messages.js';
import { seriousFaults } from './axe.test.js';
import { CY, digest, INTACT, place, SampleTrace, smallTrace } from './sample-trace.test.js';
import { BLOCK, callOf, NOTE, Script, structured } from './structured-trace.test.js';
import type { Theme } from './themes.test.js';
import {
  type Bundles,
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
  type Viewer,
} from './viewer-page.test.js';

const BAD = '<img src=x onerror="globalThis.owned=1"><b>${1}</b><iframe>\u001b[31m\u202etxt';
const PANES = ['events', 'steps', 'waterfall', 'approvals', 'budget'] as const;

/** A run that is opened, structured and closed, with a value of an act that came up before. */
function whole(): readonly TraceLine[] {
  const trace = new SampleTrace();
  trace.lines.push(smallTrace()[0]!);
  const inner = structured().lines.map((line, index) => ({ ...line, seq: index + 1, mono: (index + 1) * 137 }));
  trace.lines.push(...inner);
  return trace.lines;
}

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

  it('show hostile data as text and nothing else, in every field, however long', async () => {
    const { page } = await view();
    // Ten million characters a field are made in the page: sending them there is no part of what is tested.
    await page.evaluate(
      ([json, mark]) => {
        const long = `${mark}${'A'.repeat(10_000_000)}`;
        const data = JSON.parse(json ?? '', (_, value) => (value === `${mark}…` ? long : value));
        window.dispatchEvent(new MessageEvent('message', { data }));
      },
      [JSON.stringify(open(hostile())), BAD],
    );
    for (const pane of PANES) {
      await page.getByTestId(`tab-${pane}`).click();
      assert.equal(await page.locator('img, iframe, b').count(), 0, pane);
    }
    await page.getByTestId('tab-events').click();
    for (let row = 0; row < hostile().length; row++) {
      await page.keyboard.press('j');
      await page
        .locator(`[data-testid=details][data-seq="${row}"], .row.selected[data-seq="${row}"]`)
        .first()
        .waitFor();
      if (row === 0) await page.keyboard.press('Enter');
    }
    assert.equal(await page.evaluate(() => 'owned' in globalThis), false);
    const shown = (await page.locator('body').textContent()) ?? '';
    assert.ok(
      !shown.includes('\u001b') && !shown.includes('\u202e'),
      'escapes and marks of direction are made visible',
    );
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });

  for (const theme of ['dark', 'light', 'contrast'] as const) {
    it(`have no serious fault of accessibility in the ${theme} theme, wide and narrow`, async () => {
      const { page, send, picture } = await view(theme, { width: 1600, height: 900 });
      await send(open(whole()));
      for (const width of [1600, 480]) {
        await page.setViewportSize({ width, height: 900 });
        for (const pane of PANES) {
          await page.getByTestId(`tab-${pane}`).click();
          if (pane === 'events') await page.locator('[data-event=proposed]').last().click();
          assert.deepEqual(await seriousFaults(page), [], `${pane} at ${width} pixels`);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${pane} at ${width}`);
          await picture(`${theme}-${pane}-${width}`);
        }
      }
      await page.keyboard.press('?');
      await page.getByTestId('help').waitFor();
      assert.deepEqual(await seriousFaults(page), []);
    });
  }
});

/** Markup, terminal escapes, marks of direction and very long texts wherever a trace has text. */
function hostile(): readonly TraceLine[] {
  const bad = BAD;
  const long = `${BAD}…`;
  const call = { ...callOf(bad, bad, { [bad]: bad, long }), effect: bad, target: bad, digest: digest('a') };
  const where = { file: bad, line: 3, character: 0 };
  const script = new Script();
  script.trace.add('run.opened', null, {
    playbook: { id: bad, version: bad, file: bad, digest: digest('c') },
    policy: { id: bad, digest: digest('d') },
    catalogs: [],
    case: { id: bad, file: bad, digest: digest('f') },
    alert: { file: bad, digest: digest('0') },
    engine: bad,
    model: { provider: bad, id: bad, ai: true, note: bad },
    approvals: bad,
    dryRun: true,
    startedBy: bad,
  });
  script
    .add('step.entered', bad, { kind: bad, title: long, because: long, place: where })
    .add('step.skipped', `${bad}2`, { kind: bad, because: bad, place: where, within: bad, branch: bad })
    .add('model.request', bad, { turn: 1, model: bad, messages: 1, tools: [bad], system: long, input: { [bad]: long } })
    .add('model.response', bad, {
      turn: 1,
      stopReason: bad,
      text: long,
      calls: [{ id: bad, tool: bad, arguments: { bad } }],
      output: bad,
      usage: { turns: 1, inputTokens: 1, outputTokens: 1, usd: 0 },
    })
    .propose(bad, call, [bad])
    .add('gate.opened', bad, {
      gate: bad,
      ask: long,
      evidence: [{ expression: bad, value: long }],
      calls: [call],
      roles: [bad],
      approvers: [bad],
      quorum: 1,
      timeoutMs: 1,
    });
  script.trace.add(
    'decided',
    bad,
    { gate: bad, decision: 'approve', reason: long, calls: [bad] },
    { ...CY, id: bad, how: bad },
  );
  script
    .add('gate.closed', bad, { gate: bad, outcome: 'approved', approvedBy: [bad], because: bad })
    .add('authorized', bad, { call: bad, tool: bad, decision: 'permit', rule: bad, reason: long, place: place(3) })
    .execute(bad, call, false, { [bad]: long })
    .leave(bad, 'failed', long);
  return script.lines;
}
