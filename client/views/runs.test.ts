import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { isWritten } from './live-elsewhere.js';
import { summaryOf } from './run-summary.js';
import { type Going, runWords } from './run-words.js';

const OPENED = {
  v: 1,
  run: 'r1',
  event: 'run.opened',
  time: '2026-11-26T02:38:41.144Z',
  data: { playbook: { id: 'phishing' }, case: { id: 'look-alike' }, model: { id: 'rehearsal' } },
};
const CLOSED = {
  v: 1,
  run: 'r1',
  event: 'run.closed',
  data: { outcome: 'completed', verdict: 'malicious', reason: 'Every step was run.', usage: { usd: 0.0042 } },
};
const NONE: Going = { in: 'none' };
const ends = (first: unknown, last?: unknown) => ({
  first: first === undefined ? undefined : JSON.stringify(first),
  last: last === undefined ? undefined : JSON.stringify(last),
});
const words = (first: unknown, last?: unknown, going: Going = NONE) =>
  runWords('a.trace.jsonl', summaryOf(ends(first, last)), going, (time) => `at ${time.slice(11, 16)}`);

describe('A run in the list of runs', () => {
  it('says how it ended, what it found, what it cost and when', () => {
    const { label, description, context, icon } = words(OPENED, CLOSED);
    assert.equal(label, 'phishing');
    assert.equal(description, 'completed · malicious · $0.0042 · look-alike · at 02:38');
    assert.deepEqual([context, icon], ['run.ended', 'pass']);
    const failed = { ...CLOSED, data: { outcome: 'failed', verdict: null, reason: 'No.', usage: { usd: 0 } } };
    assert.equal(words(OPENED, failed).description, 'failed · no cost · look-alike · at 02:38');
    assert.match(words(OPENED, failed).tooltip, /No\./);
  });

  it('goes on as long as somebody writes its trace, and says where somebody is waited for', () => {
    assert.deepEqual(
      [{ in: 'here', waiting: 0 } as const, { in: 'here', waiting: 2 } as const, { in: 'elsewhere' } as const].map(
        (going) => {
          const { context, description } = words(OPENED, undefined, going);
          return [context, description];
        },
      ),
      [
        ['run.here', 'running · look-alike · at 02:38'],
        ['run.here', 'running · waits for 2 answers · look-alike · at 02:38'],
        ['run.elsewhere', 'running elsewhere · look-alike · at 02:38'],
      ],
    );
    assert.equal(words(undefined, undefined, { in: 'here', waiting: 0 }).description, 'starting');
  });

  it('is cut off without its own last line', () => {
    assert.equal(words(OPENED, { ...CLOSED, event: 'executed' }).context, 'run.cut');
    assert.equal(words(OPENED).context, 'run.cut');
    assert.equal(words(OPENED, { ...CLOSED, run: 'another' }).context, 'run.cut');
  });

  it('cannot be read when it is of another version, or no trace', () => {
    assert.equal(words({ ...OPENED, v: 2 }, CLOSED).context, 'run.unreadable');
    assert.equal(words({ ...OPENED, data: { playbook: 7 } }, CLOSED).context, 'run.unreadable');
    assert.equal(words(undefined).context, 'run.unreadable');
    assert.deepEqual(summaryOf({ first: '{', last: '[' }), { kind: 'unreadable' });
  });

  it('shows no text of a trace as anything but text on one line', () => {
    const hostile = fc.string({ unit: fc.constantFrom('\u202e', '\n', '\u0000', '\u200b', 'a', '\ud800') });
    fc.assert(
      fc.property(hostile, fc.jsonValue(), (text, json) => {
        const opened = { ...OPENED, data: { ...OPENED.data, playbook: { id: text }, case: { id: text } } };
        const closed = { ...CLOSED, data: { outcome: text, verdict: json, reason: text, usage: json } };
        const { label, description, spoken, tooltip } = words(opened, closed);
        for (const shown of [label, description, spoken]) assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.doesNotMatch(tooltip.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.ok(description.length < 700);
      }),
    );
  });
});

describe('A trace with a control file beside it', () => {
  it('is written as long as the process that the file names is there', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-control-'));
    try {
      const trace = path.join(folder, 'run.trace.jsonl');
      assert.equal(await isWritten(trace), false);
      await writeFile(`${trace}.control`, `${JSON.stringify({ run: 'r', pid: process.pid })}\n{"by":"me"}\n`);
      assert.equal(await isWritten(trace), true);
      assert.equal(await isWritten(trace, () => false), false);
      await writeFile(`${trace}.control`, '{"pid":"7"');
      assert.equal(await isWritten(trace, () => true), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
