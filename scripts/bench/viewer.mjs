// `node scripts/bench/viewer.mjs [events]`: how the trace viewer does with a large trace, in Chromium, over the bundle and under
// the policy it is shipped with. It prints and asserts nothing; docs/viewer.md has the figures. Needs `npx tsc -b`.
import { readFileSync } from 'node:fs';
import {
  bundleViewer,
  findChromium,
  openViewer,
  startChromium,
} from '../../out/client/viewer/testing/viewer-page.test.js';

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 1_000_000];
const executable = findChromium();
if (executable === undefined) throw new Error('There is no Chromium in PATH.');
const browser = await startChromium(executable);
const bundles = await bundleViewer();
console.log(
  `viewer.js ${(bundles.script.length / 1000).toFixed(0)} kB, viewer.css ${(bundles.style.length / 1000).toFixed(0)} kB`,
);
for (const count of counts) await measure(count);
await browser.close();

async function measure(count) {
  const viewer = await openViewer(browser, bundles, 'dark', { width: 1200, height: 800 });
  const { page } = viewer;
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.enable');
  const empty = await memory(client);
  await page.evaluate(generator);
  const opened = await page.evaluate(async (events) => {
    const send = (data) => window.dispatchEvent(new MessageEvent('message', { data }));
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    // What the extension posts comes as text and is read by the page: that is part of what it takes.
    const parts = function* () {
      for (let from = 0, size = 500; from < events; from += size, size = 4000) {
        yield JSON.stringify(globalThis.part(from, Math.min(events, from + size)));
      }
    };
    const all = parts();
    const first = all.next().value;
    const started = performance.now();
    send({ type: 'open', lines: JSON.parse(first), verification: null, live: false, name: 'large.trace.jsonl' });
    await painted();
    const paint = performance.now() - started;
    let busy = 0;
    let longest = 0;
    for (const text of all) {
      const before = performance.now();
      send({ type: 'append', lines: JSON.parse(text) });
      const took = performance.now() - before;
      busy += took;
      longest = Math.max(longest, took);
      await new Promise((done) => setTimeout(done));
    }
    const verification = {
      version: 1,
      valid: true,
      lines: events,
      firstBad: null,
      established: [],
      notEstablished: [],
    };
    send({ type: 'verified', verification });
    return { paint, busy, longest };
  }, count);
  await settled(page);
  const held = await memory(client);
  const scrolled = await page.evaluate(scroll, { selector: '.list', far: 300 });
  const thrown = await page.evaluate(scroll, { selector: '.list', far: 0 });
  const panes = {};
  for (const name of ['steps', 'waterfall', 'approvals', 'budget', 'events']) {
    panes[name] = await page.evaluate(async (tab) => {
      const before = performance.now();
      document.querySelector(`#tab-${tab}`).click();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - before;
    }, name);
  }
  const searched = await page.evaluate(async () => {
    const input = document.querySelector('input[type=search]');
    input.value = 'nowhere-to-be-found';
    const before = performance.now();
    input.dispatchEvent(new Event('input'));
    while (!/^0 of \d+ events$/.test(document.querySelector('[data-testid=count]').textContent.trim())) {
      await new Promise((done) => setTimeout(done));
    }
    return performance.now() - before;
  });
  const after = await memory(client);
  const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  console.log(`
${count.toLocaleString('en')} events
  first paint                    ${ms(opened.paint)}
  all of it taken in             ${ms(opened.busy)}, at most ${ms(opened.longest)} at a time
  a frame scrolled by 300 px     median ${ms(scrolled.median)}, p95 ${ms(scrolled.p95)} (script, style and layout), p95 ${ms(scrolled.apart)} apart
  a frame scrolled by a 300th    median ${ms(thrown.median)}, p95 ${ms(thrown.p95)}, p95 ${ms(thrown.apart)} apart
  memory                         heap ${mb(held.heap)} MB, process ${mb(held.process - empty.process)} MB above an empty viewer (${mb(empty.process)} MB)
  after panes and a search       heap ${mb(after.heap)} MB, process ${mb(after.process - empty.process)} MB above
  to open a pane                 ${Object.entries(panes)
    .map(([name, took]) => `${name} ${ms(took)}`)
    .join(', ')}
  a search that finds nothing    ${ms(searched)}`);
  if (viewer.complaints.length > 0) console.log(viewer.complaints);
  await page.close();
}

/** Runs in the page: a run that goes round and round, with results of the size that the samples have. */
function generator() {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const place = { file: 'playbooks/large.playbook.yaml', line: 12, character: 4 };
  const round = [
    [
      'step.entered',
      'look',
      () => ({ kind: 'agent', title: 'Look at it', because: 'item of a loop', place, within: 'all' }),
    ],
    [
      'model.request',
      'look',
      () => ({
        turn: 1,
        model: 'm',
        messages: 1,
        tools: ['a.b'],
        system: null,
        input: [{ role: 'user', text: 'x'.repeat(400) }],
      }),
    ],
    [
      'model.response',
      'look',
      () => ({
        turn: 1,
        stopReason: 'tool-calls',
        text: 'I look.',
        calls: [],
        output: null,
        usage: { turns: 1, inputTokens: 900, outputTokens: 90, usd: 0.001 },
      }),
    ],
    ['proposed', 'look', (n) => ({ call: call(n), untrusted: ['alert.entities.hosts'] })],
    [
      'authorized',
      'look',
      (n) => ({
        call: `call-${n}`,
        tool: 'edr.isolate',
        decision: n % 50 === 0 ? 'deny' : 'permit',
        rule: 'approved',
        reason: 'Approved at "ask" by cy@soc.example.',
        place,
      }),
    ],
    [
      'intent',
      'look',
      (n) => ({ call: `call-${n}`, tool: 'edr.isolate', digest, permit: `permit-${n}`, simulated: true }),
    ],
    [
      'executed',
      'look',
      (n) => ({
        call: `call-${n}`,
        tool: 'edr.isolate',
        simulated: true,
        ok: true,
        result: result(n),
        source: 'recorded',
      }),
    ],
    [
      'budget',
      'look',
      () => ({
        scope: 'look',
        turns: 1,
        inputTokens: 900,
        outputTokens: 90,
        usd: 0.001,
        toolCalls: 1,
        elapsedMs: 40,
        exceeded: null,
      }),
    ],
    ['step.left', 'look', (n) => ({ outcome: 'ok', output: { verdict: 'malicious', n }, error: null, handler: null })],
    ['iteration', 'all', (n) => ({ index: n, of: 1_000_000, item: `host-${n}` })],
  ];
  const call = (n) => ({
    id: `call-${n}`,
    tool: 'edr.isolate',
    arguments: { host: `host-${n}`, reason: 'Beacons to 203.0.113.7' },
    effect: 'contain',
    target: `host-${n}`,
    digest,
  });
  const result = (n) => ({
    host: `host-${n}`,
    state: 'isolated',
    seen: Array.from({ length: 8 }, (_, i) => ({
      at: `2026-03-03T09:00:0${i}Z`,
      process: 'powershell.exe',
      address: `203.0.113.${i}`,
    })),
  });
  const line = (seq) => {
    const n = Math.floor((seq - 2) / round.length);
    const [event, step, data] =
      seq === 0
        ? [
            'run.opened',
            null,
            () => ({
              playbook: { id: 'large', version: '1.0.0', file: place.file, digest },
              policy: null,
              catalogs: [],
              case: { id: 'c', file: 'c', digest },
              alert: { file: 'a', digest },
              engine: 'e',
              model: { provider: 'p', id: 'm', ai: false, note: '' },
              approvals: 'scripted',
              dryRun: true,
              startedBy: 'ana@soc.example',
            }),
          ]
        : seq === 1
          ? ['step.entered', 'all', () => ({ kind: 'for-each', title: 'All of them', because: '', place })]
          : round[(seq - 2) % round.length];
    const hashOf = (of) => `sha256:${String(of).padStart(64, '0')}`;
    return {
      v: 1,
      run: 'run-large',
      seq,
      time: new Date(1.7e12 + seq * 9).toISOString(),
      mono: seq * 9.5,
      event,
      step,
      actor: { kind: 'engine', id: 'countersign' },
      data: data(n),
      prev: hashOf(seq - 1),
      hash: hashOf(seq),
    };
  };
  globalThis.part = (from, to) => Array.from({ length: to - from }, (_, index) => line(from + index));
}

/** Runs in the page: scrolls a list far at each frame, and takes the time of what that costs. */
async function scroll({ selector, far: wanted }) {
  const list = document.querySelector(selector);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const [work, apart] = [[], []];
  // Without a wish, from one end to the other.
  const far = wanted || (list.scrollHeight - list.clientHeight) / 300;
  let last = await frame();
  for (let n = 1; n <= 300; n++) {
    const started = performance.now();
    list.scrollTop = far * n;
    list.dispatchEvent(new Event('scroll'));
    await Promise.resolve();
    await Promise.resolve();
    list.getBoundingClientRect();
    work.push(performance.now() - started);
    const now = await frame();
    apart.push(now - last);
    last = now;
  }
  const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];
  return { median: at(work, 0.5), p95: at(work, 0.95), apart: at(apart, 0.95) };
}

/** Until the page has packed away what it packs when there is time. */
async function settled(page) {
  await page.evaluate(
    () =>
      new Promise((done) => {
        let quiet = 0;
        const look = () => {
          const before = performance.now();
          setTimeout(() => {
            quiet = performance.now() - before < 6 ? quiet + 1 : 0;
            if (quiet > 50) done();
            else look();
          });
        };
        look();
      }),
  );
}

/** Bytes: the script's heap, and what is the page's process's own, array buffers too. */
async function memory(client) {
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => ownBytes(id));
  await session.detach();
  return { heap: usedSize, process: Math.max(0, ...sizes) };
}

function ownBytes(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return [...text.matchAll(/^Private_(?:Dirty|Clean):\s+(\d+) kB/gm)].reduce(
      (sum, [, kb]) => sum + Number(kb) * 1024,
      0,
    );
  } catch {
    return 0;
  }
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(0);
}
