import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { filePage } from '../protocol/file-page.js';
import type { ToViewer } from '../protocol/messages.js';
import { PANES } from '../state.js';
import { APPROVAL, TASK } from './questions.test.js';
import { BROKEN, CY, digest, INTACT, place } from './sample-trace.test.js';
import { callOf, Script } from './structured-trace.test.js';
import {
  type Bundles,
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
  type Viewer,
} from './viewer-page.test.js';

const BAD =
  '<img src=x onerror="globalThis.owned=1"><b>${1}</b><script>globalThis.owned=1</script><iframe>\u001b[31m\u202etxt';
/** Stands for a very long text, which is made in the page: sending it there is no part of what is tested. */
const LONG = `${BAD}…`;
const LENGTH = 10_000_000;

describe('A hostile trace is shown as text and does nothing else', function () {
  this.timeout(120_000);
  let browser: Browser;
  let bundles: Bundles;
  let viewer: Viewer | undefined;

  before(async function () {
    const executable = findChromium();
    if (executable === undefined) {
      process.stderr.write('No Chromium in PATH: hostile traces are not shown in a browser.\n');
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

  async function view(...messages: readonly ToViewer[]): Promise<Page> {
    viewer = await openViewer(browser, bundles);
    const { page } = viewer;
    for (const message of messages) {
      await page.evaluate(
        ([json, mark, length]) => {
          const long = `${mark}${'A'.repeat(length)}`;
          const data = JSON.parse(json, (_, value) => (value === `${mark}…` ? long : value));
          window.dispatchEvent(new MessageEvent('message', { data }));
        },
        [JSON.stringify(message), BAD, LENGTH] as const,
      );
    }
    return page;
  }

  it('in every pane, and in the details of every event', async () => {
    const page = await view(open());
    for (const pane of PANES) {
      await page.getByTestId(`tab-${pane}`).click();
      await isOnlyText(page, pane);
    }
    await page.getByTestId('tab-events').click();
    for (let row = 0; row < hostile().length; row++) {
      if (row === 0) await page.getByTestId('event').first().click();
      else await page.keyboard.press('j');
      await page.locator(`[data-testid=details][data-seq="${row}"]`).waitFor();
      await isOnlyText(page, `line ${row}`);
    }
  });

  it('in what is searched for, and where nothing is found', async () => {
    const page = await view(open());
    await page.getByTestId('search').fill(`${BAD} nowhere`);
    await page.getByTestId('message').waitFor();
    await isOnlyText(page, 'search');
  });

  it('where the file is broken, and where it cannot be read', async () => {
    const verification = {
      ...BROKEN,
      firstBad: { line: 3, reason: LONG },
      established: [LONG],
      notEstablished: [LONG],
    };
    const page = await view({ type: 'open', lines: hostile(), verification, live: false, name: BAD });
    await page.getByTestId('badge').locator('summary').click();
    await isOnlyText(page, 'broken');
    await viewer?.page.close();
    const other = await view({ type: 'error', title: BAD, message: LONG });
    await other.getByTestId('message').waitFor();
    await isOnlyText(other, 'error');
  });

  it('where two traces are compared', async () => {
    const other = hostile().map((line) =>
      line.event === 'decided'
        ? { ...line, data: { ...line.data, decision: 'reject' as const } }
        : line.event === 'proposed'
          ? { ...line, data: { ...line.data, call: { ...line.data.call, arguments: { [BAD]: LONG, more: LONG } } } }
          : line,
    );
    const page = await view(
      { type: 'compare', side: 'a', name: BAD, lines: hostile(), verification: INTACT },
      { type: 'compare', side: 'b', name: BAD, lines: other, verification: INTACT },
    );
    await page.locator('[data-testid=differences][data-kind=decision]').waitFor();
    await isOnlyText(page, 'compared');
  });

  it('in an approval, of which nothing is cut short, and in a task', async () => {
    const call = { ...callOf(BAD, BAD, { [BAD]: BAD, long: LONG }), effect: BAD, target: BAD };
    const request = {
      ...APPROVAL,
      gate: BAD,
      title: BAD,
      ask: LONG,
      evidence: [{ expression: BAD, value: LONG }],
      calls: [call],
      roles: [BAD],
      approvers: [BAD],
      approvedBy: [BAD],
      escalateTo: [BAD],
      changedBy: [BAD],
    };
    const page = await view(open(), { type: 'approval', ask: 'ask-1', request, user: BAD });
    const card = page.getByTestId('approval-card');
    await card.waitFor();
    await isOnlyText(page, 'approval');
    const whole = await card.evaluate(
      (element, wanted) => (element.textContent ?? '').split('A'.repeat(wanted)).length - 1,
      LENGTH,
    );
    assert.ok(whole >= 3, 'the question, its evidence and its argument');
    assert.ok((await card.getByTestId('approve').boundingBox())!.y < 720, 'the buttons are in view');
    await viewer?.page.close();
    const fields = {
      type: 'object',
      properties: { [BAD]: { type: 'string', description: BAD }, one: { enum: [BAD] } },
    };
    const task = { ...TASK, step: BAD, title: BAD, task: LONG, role: BAD, people: [BAD], fields, call };
    const other = await view(open(), { type: 'task', ask: 'ask-1', request: task, user: BAD });
    await other.getByTestId('task-card').waitFor();
    await isOnlyText(other, 'task');
  });

  it('as one HTML file, opened from the disk', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-hostile-'));
    try {
      const long = `${BAD}${'A'.repeat(LENGTH)}`;
      const lines: readonly TraceLine[] = JSON.parse(JSON.stringify(hostile()), (_, value) =>
        value === LONG ? long : value,
      );
      const { script, style, fileStyle } = bundles;
      const css = `${fileStyle}\n${style}`;
      const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
      const parts = { script, style: css, scriptHash: hashOf(script), styleHash: hashOf(css) };
      const file = path.join(folder, 'a.trace.html');
      writeFileSync(file, [...filePage({ ...parts, name: BAD, lines, verification: INTACT })].join(''));
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await page.getByTestId('event').first().waitFor();
      for (const pane of PANES) {
        await page.getByTestId(`tab-${pane}`).click();
        await isOnlyText(page, pane);
      }
      assert.deepEqual(asked, [pathToFileURL(file).href]);
      await page.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Nothing of the trace became an element or ran, nothing hidden stayed hidden, and nothing is wider than the page. */
async function isOnlyText(page: Page, where: string): Promise<void> {
  assert.equal(await page.locator('img, iframe, b, #viewer script').count(), 0, where);
  assert.equal(await page.evaluate(() => 'owned' in globalThis), false, where);
  const hidden = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('#viewer [title], #viewer [aria-label]')].flatMap((element) => [
      element.getAttribute('title') ?? '',
      element.getAttribute('aria-label') ?? '',
    ]);
    return [document.querySelector('#viewer')?.textContent ?? '', ...shown].some((text) =>
      ['\u001b', '\u202e'].some((character) => text.includes(character)),
    );
  });
  assert.equal(hidden, false, `${where}: escapes and marks of direction are made visible`);
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  assert.ok(width <= room, `${where}: ${width} pixels wide in ${room}`);
}

function open(): ToViewer {
  return { type: 'open', lines: hostile(), verification: INTACT, live: false, name: BAD };
}

/** Markup, terminal escapes, marks of direction and very long texts wherever a trace has text. */
function hostile(): readonly TraceLine[] {
  const [bad, long] = [BAD, LONG];
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
