import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceLine } from '../protocol/trace.js';
import { canonical, digestOf, sha256 } from './canonical.js';
import { NOTE_SEPARATOR, notesIn, readCheckpoints } from './checkpoint.js';
import { openJournal } from './journal.js';
import { reopenJournal } from './reopen.js';
import { ask, closeRun, ENGINE, execute, fakeClock, joined, linesOf, open, openRun, rewritten, sampleTrace, signedTrace, testSigner, USAGE } from './sample.test.js'; // biome-ignore format: a list
import { verifyBytes, verifyTrace } from './verify.js';

describe('checkpoints', () => {
  let folder: string;
  let path: string;
  let beside: string;
  const signer = testSigner();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'run.trace.jsonl');
    beside = join(folder, 'run.trace.checkpoints');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sizesIn = async (): Promise<readonly number[]> =>
    readCheckpoints(await readFile(beside, 'utf8'), signer.public, 'run-1').map((one) =>
      one.ok ? one.checkpoint.size : -1,
    );
  const problemsOf = async (bytes: readonly Buffer[], text: string | undefined) => {
    const { valid, firstBad, checkpoints } = await verifyBytes(bytes, { beside: text });
    assert.equal(valid, firstBad === null && checkpoints.problems.length === 0);
    return { valid, line: firstBad?.line, reason: firstBad?.reason ?? checkpoints.problems.join('\n') };
  };

  it('are signed at both ends, at every gate and every so many lines, into a file that only its owner reads', async () => {
    await signedTrace(path);
    assert.deepEqual(await sizesIn(), [1, 4, 8, 9]);
    if (process.platform !== 'win32') assert.equal((await stat(beside)).mode & 0o777, 0o600);
    const [note = ''] = notesIn(await readFile(beside, 'utf8'));
    assert.match(note, /^soc\.example\/test\/run-1\n1\n[A-Za-z0-9+/]{43}=\n\n— soc\.example\/test [A-Za-z0-9+/=]+\n$/);
    const { valid, checkpoints, established, notEstablished } = await verifyTrace(path, { key: signer.public });
    assert.equal(valid, true);
    assert.deepEqual(checkpoints, {
      announced: signer.public.vkey,
      key: signer.public.vkey,
      keyGiven: true,
      confirmed: 4,
      upTo: 9,
      outside: null,
      problems: [],
    });
    assert.match(
      established.join('\n'),
      /Lines 1 to 9 are those that were signed .* the key that was given, soc\.example/,
    );
    assert.match(notEstablished.join('\n'), /whoever has the key rewrote the trace and signed it anew/);
  });

  it('do not say who signs when only the trace names the key', async () => {
    await signedTrace(path);
    const { valid, notEstablished } = await verifyTrace(path);
    assert.equal(valid, true);
    assert.match(notEstablished.join('\n'), /named a key of their own.*--key/);
  });

  it('are not taken for absent when they were taken away', async () => {
    const bytes = [await signedTrace(path)];
    const notes = notesIn(await readFile(beside, 'utf8'));
    const without = (...gone: number[]) => notes.filter((_, i) => !gone.includes(i)).join(NOTE_SEPARATOR);
    assert.match((await problemsOf(bytes, undefined)).reason, /signs checkpoints of it, and there are none/);
    assert.match((await problemsOf(bytes, '')).reason, /4 are, the first after line 1, missing/);
    assert.match((await problemsOf(bytes, without(1))).reason, /the one after line 4 is missing/);
    assert.match((await problemsOf(bytes, without(3))).reason, /the one after line 9 is missing/);
    assert.match((await problemsOf(bytes, without(2, 3))).reason, /2 are, the first after line 8, missing/);
  });

  it('of another key, of another trace or changed do not count, and that is said', async () => {
    const bytes = [await signedTrace(path)];
    const text = await readFile(beside, 'utf8');
    const other = join(folder, 'other.trace.jsonl');
    await signedTrace(other, testSigner('soc.example/test', 8));
    const foreign = await readFile(join(folder, 'other.trace.checkpoints'), 'utf8');
    assert.match((await problemsOf(bytes, foreign)).reason, /Checkpoint 1 is not signed by soc\.example\/test\+/);
    const third = join(folder, 'third.trace.jsonl');
    await signedTrace(third, signer, 'run-3');
    const elsewhere = await readFile(join(folder, 'third.trace.checkpoints'), 'utf8');
    assert.match((await problemsOf(bytes, elsewhere)).reason, /Checkpoint 1 is of another trace/);
    assert.match(
      (await problemsOf(bytes, text.replace('\n4\n', '\n5\n'))).reason,
      /Checkpoint 2 has a signature .* not right/,
    );
    assert.match((await problemsOf(bytes, text.slice(0, -9))).reason, /Checkpoint 4 is torn/);
    const { checkpoints } = await verifyTrace(path, { key: testSigner('soc.example/test', 8).public });
    assert.match(
      checkpoints.problems.join(),
      /says that .* signs its checkpoints, not soc\.example\/test\+\w+, which was given/,
    );
  });

  it('that a trace does not announce are a fault, and so is a key that signed nothing', async () => {
    const bytes = await sampleTrace(path);
    assert.match((await problemsOf([bytes], 'x')).reason, /does not say that there would be/);
    const { valid, checkpoints } = await verifyTrace(path, { key: signer.public });
    assert.equal(valid, false);
    assert.match(checkpoints.problems.join(), /has no checkpoints, so nothing of it is signed by/);
  });

  it('find a trace that was rewritten with fitting hashes, from the line on that it can be', async () => {
    const bytes = await signedTrace(path);
    const text = await readFile(beside, 'utf8');
    const lines = linesOf(bytes);
    // The last checkpoint before a line tells where what was not signed can begin.
    const first = [1, 2, 2, 2, 5, 5, 5, 5, 9];
    for (const [index, from] of first.entries()) {
      const edited = rewritten(lines, (line, i) => {
        if (i === index) line.time = '2026-01-02T03:04:06.000Z';
      });
      const alone = await verifyBytes(edited);
      assert.deepEqual([alone.firstBad, alone.valid], [null, false], 'the chain alone does not show it');
      const found = await problemsOf(edited, text);
      assert.equal(found.line, from);
      assert.match(found.reason, /not what was signed: the checkpoint beside the trace has another root/);
      const lastly = await verifyBytes(edited, { checkpoints: notesIn(text).at(-1) });
      assert.equal(lastly.firstBad?.line, 1, 'one checkpoint that was kept elsewhere is enough');
    }
  });

  it('kept elsewhere find a trace whose owner wrote it anew, signed anew, or cut it and closed it', async () => {
    const bytes = await signedTrace(path);
    const kept = await readFile(beside, 'utf8');
    const lines = linesOf(bytes);
    const closing = { outcome: 'completed', verdict: null, reason: 'done', usage: USAGE };
    for (let cut = 1; cut < lines.length; cut++) {
      const last = {
        ...JSON.parse(lines[cut]!),
        event: 'run.closed',
        actor: ENGINE,
        step: null,
        data: { ...closing, lines: cut + 1 },
      };
      const { hash: _, ...rest } = last;
      const shorter = joined([...lines.slice(0, cut), canonical({ ...rest, hash: digestOf(rest) })]);
      assert.deepEqual((await verifyBytes(shorter)).firstBad, null);
      const { firstBad } = await verifyBytes(shorter, { checkpoints: kept });
      assert.ok(firstBad && firstBad.line <= cut + 2, String(cut));
    }
    const anew = join(folder, 'anew.trace.jsonl');
    const journal = await open(anew, 'run-1', signer, 4);
    await openRun(journal);
    await ask(journal, 'reject');
    await closeRun(journal);
    await journal.close();
    assert.equal((await verifyTrace(anew, { key: signer.public })).valid, true, 'whoever has the key can do that');
    const { firstBad, valid } = await verifyTrace(anew, { key: signer.public, checkpoints: kept });
    assert.deepEqual([valid, firstBad?.line], [false, 2]);
    const same = await verifyTrace(path, { key: signer.public, checkpoints: kept });
    assert.deepEqual([same.valid, same.checkpoints.outside], [true, { confirmed: 4, upTo: 9 }]);
    assert.doesNotMatch(same.notEstablished.join(), /rewrote/);
  });

  it('that were given and are of no use are a fault', async () => {
    await signedTrace(path);
    const useless = await verifyTrace(path, { checkpoints: 'nothing' });
    assert.equal(useless.valid, false);
    assert.match(useless.checkpoints.problems.join('\n'), /None of the checkpoints that were given is of this trace/);
    const plain = join(folder, 'plain.trace.jsonl');
    await sampleTrace(plain);
    const keyless = await verifyTrace(plain, { checkpoints: await readFile(beside, 'utf8') });
    assert.match(keyless.checkpoints.problems.join('\n'), /without a key: the trace names none/);
  });

  it('are not shown past: lines are passed on once the next checkpoint holds', async () => {
    const bytes = await signedTrace(path);
    const text = await readFile(beside, 'utf8');
    const edited = rewritten(linesOf(bytes), (line, i) => {
      if (i === 5) line.time = '2026-01-02T03:04:06.000Z';
    });
    const seen: number[] = [];
    await verifyBytes(edited, { beside: text, onGood: (line) => seen.push(line.seq) });
    assert.deepEqual(seen, [0, 1, 2, 3]);
  });

  it('go on when the run does, with the same key only', async () => {
    const first = await open(path, 'run-1', signer, 4);
    await openRun(first);
    await ask(first);
    await execute(first, 'call-1', 'contain', true);
    await first.close();
    const before = await readFile(beside, 'utf8');
    const notes = notesIn(before);
    const refusal = async (by?: ReturnType<typeof testSigner>): Promise<string> => {
      const reopened = await reopenJournal(path, { clock: fakeClock(), signer: by });
      assert.ok(!reopened.ok);
      return reopened.message;
    };
    assert.match(await refusal(), /it takes that key to go on/);
    assert.match(await refusal(testSigner('eve', 8)), /it takes that key, not eve\+\w+, to go on/);
    await writeFile(beside, before.replace('\n4\n', '\n5\n'));
    assert.match(await refusal(signer), /a checkpoint beside it is not as it was written/);
    await writeFile(beside, notes.toSpliced(1, 1).join(NOTE_SEPARATOR));
    assert.match(await refusal(signer), /the checkpoint after line 4 is missing/);
    // What a crash leaves: a note that is torn, or the last ones not written yet, or none.
    for (const left of [before, before.slice(0, -5), notes.slice(0, 2).join(NOTE_SEPARATOR), '']) {
      await writeFile(beside, left);
      const copy = join(folder, `copy-${left.length}.trace.jsonl`);
      await writeFile(copy, await readFile(path));
      await writeFile(copy.replace('.jsonl', '.checkpoints'), left);
      const reopened = await reopenJournal(copy, { clock: fakeClock(), signer });
      assert.ok(reopened.ok, reopened.ok ? '' : reopened.message);
      await closeRun(reopened.journal);
      await reopened.journal.close();
      const { valid, checkpoints } = await verifyTrace(copy, { key: signer.public });
      assert.deepEqual([valid, checkpoints.confirmed, checkpoints.problems], [true, 4, []]);
    }
    await writeFile(beside, before);
    await writeFile(
      path,
      `${linesOf(await readFile(path))
        .slice(0, 6)
        .join('\n')}\n`,
    );
    assert.match(await refusal(signer), /cut off: a checkpoint says that it had 8 lines, and it has 6/);
    const plain = join(folder, 'plain.trace.jsonl');
    const unsigned = await open(plain);
    await openRun(unsigned);
    await unsigned.close();
    const reopened = await reopenJournal(plain, { clock: fakeClock(), signer });
    assert.ok(!reopened.ok);
    assert.match(reopened.message, /not signed from the start/);
  });

  it('do not tell of lines that are not on disk', async () => {
    const order: string[] = [];
    const journal = await open(path, 'run-1', signer, 2);
    journal.onLine((line: TraceLine) => order.push(line.event));
    await Promise.all([openRun(journal), ask(journal), execute(journal, 'call-1', 'read', false)]);
    await closeRun(journal);
    await journal.close();
    const { valid, checkpoints } = await verifyTrace(path, { key: signer.public });
    assert.deepEqual([valid, checkpoints.problems], [true, []]);
  });

  it('are never written over, nor is anything else that lies beside a trace', async () => {
    await writeFile(beside, 'x');
    const opened = await openJournal(path, { run: 'run-1', clock: fakeClock(), signer });
    assert.ok(!opened.ok);
    assert.match(opened.message, /already a file at .*run\.trace\.checkpoints/);
    assert.equal(await readFile(beside, 'utf8'), 'x');
    assert.equal(sha256('x').length, 71);
  });
});
