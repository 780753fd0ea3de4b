import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceLine } from '../protocol/trace.js';
import { sha256 } from './canonical.js';
import { reopenJournal } from './reopen.js';
import { call, closeRun, ENGINE, execute, fakeClock, linesOf, open, openRun, sampleTrace } from './sample.test.js';
import { verifyTrace } from './verify.js';

describe('going on with a trace', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'run.trace.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const reopen = async (from = path) => {
    const reopened = await reopenJournal(from, { clock: fakeClock() });
    assert.ok(reopened.ok, reopened.ok ? '' : reopened.message);
    return reopened;
  };
  const refusal = async (from = path): Promise<string> => {
    const before = await readFile(from);
    const reopened = await reopenJournal(from, { clock: fakeClock() });
    assert.ok(!reopened.ok);
    assert.deepEqual(await readFile(from), before);
    return reopened.message;
  };

  it('appends to what is there, and tells what that was', async () => {
    const first = await open(path);
    await openRun(first);
    await execute(first, 'call-1', 'contain', true);
    await first.close();
    const { journal, lines } = await reopen();
    assert.deepEqual(
      lines.map((line) => line.event),
      ['run.opened', 'proposed', 'authorized', 'intent', 'executed'],
    );
    assert.equal(journal.run, 'run-1');
    assert.equal(journal.lines, 5);
    const line = await journal.write('resumed', null, ENGINE, { fromLine: 4, by: 'ana' });
    assert.ok(line.mono >= lines[4]!.mono);
    await closeRun(journal);
    await journal.close();
    assert.deepEqual([(await verifyTrace(path)).firstBad, (await verifyTrace(path)).lines], [null, 7]);
    assert.deepEqual(await readdir(folder), ['run.trace.jsonl']);
  });

  it('sets a torn last line aside, wherever the file was cut, and never drops a byte', async () => {
    const whole = await sampleTrace(path);
    const starts = [0, ...[...whole.keys()].filter((at) => whole[at] === 10).map((at) => at + 1)];
    const end = starts.at(-2)!;
    for (let cut = starts[1]!; cut < whole.length; cut += cut > end - 40 ? 1 : 7) {
      const at = join(folder, String(cut));
      const trace = join(at, 'run.trace.jsonl');
      await mkdir(at);
      await writeFile(trace, whole.subarray(0, cut));
      const { journal, lines } = await reopen(trace);
      const kept = starts.filter((start) => start <= cut).length - 1;
      assert.equal(lines.length, kept, String(cut));
      await closeRun(journal);
      await journal.close();
      const after = linesOf(await readFile(trace)).map((line) => JSON.parse(line) as TraceLine);
      assert.equal((await verifyTrace(trace)).firstBad, null, String(cut));
      const torn = whole.subarray(starts[kept]!, cut);
      const recovered = after.filter((line) => line.event === 'recovered').map((line) => line.data);
      const file = { file: 'run.trace.torn-1', bytes: torn.length, digest: sha256(torn) };
      assert.deepEqual(recovered, torn.length === 0 ? [] : [file]);
      if (torn.length === 0) continue;
      assert.deepEqual(await readFile(join(at, file.file)), torn);
      if (process.platform !== 'win32') assert.equal((await stat(join(at, file.file))).mode & 0o777, 0o600);
    }
  });

  it('can be torn again and again, also while it recovers', async () => {
    const whole = await sampleTrace(path);
    const lines = linesOf(whole).map((line) => `${line}\n`);
    const head = lines.slice(0, 3).join('');
    const torn = lines[3]!.slice(0, 50);
    const tornAgain = '{"actor":{"id":"countersign"';
    const setAside = async (files: { readonly [n: string]: string }, tail: string): Promise<void> => {
      for (const [n, text] of Object.entries(files)) await writeFile(join(folder, `run.trace.torn-${n}`), text);
      await writeFile(path, head + tail);
    };
    const cases: [files: { readonly [n: string]: string }, tail: string, told: string[]][] = [
      [{}, torn, [torn]],
      // The copy was torn itself; it was whole; the trace was cut back; the line about it was torn.
      [{ 1: torn.slice(0, 9) }, torn, [torn]],
      [{ 1: torn }, torn, [torn]],
      [{ 1: torn }, '', [torn]],
      [{ 1: torn }, tornAgain, [torn, tornAgain]],
      [{ 1: torn, 2: tornAgain }, '', [torn, tornAgain]],
    ];
    for (const [files, tail, told] of cases) {
      for (const n of [1, 2]) await rm(join(folder, `run.trace.torn-${n}`), { force: true });
      await setAside(files, tail);
      const { journal } = await reopen();
      await closeRun(journal);
      await journal.close();
      const after = linesOf(await readFile(path)).map((line) => JSON.parse(line) as TraceLine);
      const digests = after.flatMap((line) => (line.event === 'recovered' ? [line.data.digest] : []));
      assert.deepEqual(digests, told.map(sha256));
      for (const [i, text] of told.entries()) {
        assert.equal(await readFile(join(folder, `run.trace.torn-${i + 1}`), 'utf8'), text);
      }
      assert.equal((await verifyTrace(path)).firstBad, null);
    }
  });

  it('refuses what it cannot go on with, and changes nothing', async () => {
    const whole = await sampleTrace(path);
    assert.match(await refusal(), /its run came to its end/);
    const lines = linesOf(whole);
    await writeFile(path, `${lines.slice(0, 4).join('\n').replace('permit-1', 'permit-2')}\n`);
    assert.match(await refusal(), /line 4 is not as it was written\. .*own hash/);
    await writeFile(path, lines[0]!.slice(0, 80));
    assert.match(await refusal(), /has no whole line/);
    await writeFile(path, '');
    assert.match(await refusal(), /has no whole line/);
    await writeFile(path, lines.slice(1, 4).map((line) => `${line}\n`).join('')); // biome-ignore format: short
    assert.match(await refusal(), /line 1 is not as it was written/);
    const missing = await reopenJournal(join(folder, 'none.trace.jsonl'), { clock: fakeClock() });
    assert.ok(!missing.ok);
    assert.match(missing.message, /there is no such file/);
    assert.deepEqual(await readdir(folder), ['run.trace.jsonl']);
  });

  it('refuses while another process writes it, and takes over from one that is no more', async () => {
    const first = await open(path);
    await openRun(first);
    assert.match(await refusal(), /still being written, by process \d+\. .*remove .*run\.trace\.lock/);
    const elsewhere = join(folder, 'elsewhere.trace.jsonl');
    await copyFile(path, elsewhere);
    const lock = join(folder, 'elsewhere.trace.lock');
    const held = (holder: object) => writeFile(lock, JSON.stringify(holder));
    await held({ pid: process.pid, host: 'another.example', since: 0 });
    assert.match(await refusal(elsewhere), /by process \d+ on another\.example/);
    // A number that no process has, this process's number from before it was given to it, and what says nothing.
    const gone = { pid: 2 ** 22 + 1, host: hostname(), since: 0 };
    for (const holder of [gone, { ...gone, pid: process.pid }, {}]) {
      await held(holder);
      const { journal } = await reopen(elsewhere);
      await journal.close();
      await assert.rejects(stat(lock), /ENOENT/);
    }
    await first.close();
    const { journal } = await reopen();
    await journal.close();
  });

  it('has words for an act of which nobody knows whether it happened', async () => {
    const first = await open(path);
    await openRun(first);
    for (const [id, effect] of [
      ['call-1', 'contain'],
      ['call-2', 'read'],
    ] as const) {
      // biome-ignore format: short
      const it = call(id, effect);
      await first.write('proposed', 's', ENGINE, { call: it, untrusted: [] });
      const permit = { call: id, tool: it.tool, decision: 'permit', rule: 'r', reason: 'b', place: null } as const;
      await first.write('authorized', 's', ENGINE, permit);
      await first.write('intent', 's', ENGINE, {
        call: id,
        tool: it.tool,
        digest: it.digest,
        permit: 'p',
        simulated: true,
      });
    }
    await first.close();
    const before = await readFile(path);
    const goOn = async (calls: readonly string[], again: string | undefined): Promise<string | undefined> => {
      await writeFile(path, before);
      const { journal } = await reopen();
      for (const id of calls) {
        const data = { call: id, tool: call(id, '').tool, because: 'The run broke off.' };
        await journal.write('outcome.unknown', 's', ENGINE, data);
      }
      if (again !== undefined) {
        const { tool, digest } = call(again, '');
        await journal.write('intent', 's', ENGINE, { call: again, tool, digest, permit: 'q', simulated: true });
      }
      await closeRun(journal);
      await journal.close();
      return (await verifyTrace(path)).firstBad?.reason;
    };
    assert.equal(await goOn(['call-1', 'call-2'], undefined), undefined);
    assert.equal(await goOn(['call-2'], 'call-2'), undefined, 'what only reads is asked again');
    assert.match((await goOn(['call-1'], 'call-1')) ?? '', /second intent/);
    assert.match((await goOn(['call-3'], undefined)) ?? '', /unknown, but it has no intent/);
    assert.match((await goOn([], 'call-2')) ?? '', /second intent/);
  });
});
