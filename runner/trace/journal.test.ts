import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TraceLine } from '../protocol/trace.js';
import { canonical, digestOf, sha256 } from './canonical.js';
import { JournalError, openJournal } from './journal.js';
import { closeRun, ENGINE, execute, fakeClock, linesOf, open, openRun, sampleTrace } from './sample.test.js';
import { verifyTrace } from './verify.js';

describe('the journal', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'deep', 'er', 'run.trace.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes chained canonical lines that verify', async () => {
    const bytes = await sampleTrace(path);
    const lines = linesOf(bytes).map((line) => JSON.parse(line) as TraceLine);
    assert.deepEqual(
      lines.map((line) => [line.seq, line.event]),
      [[0, 'run.opened'], [1, 'proposed'], [2, 'authorized'], [3, 'intent'], [4, 'executed'], [5, 'run.closed']],
    ); // biome-ignore format: a table
    for (const [i, text] of linesOf(bytes).entries()) {
      const { hash, ...rest } = lines[i]!;
      assert.equal(text, canonical(lines[i]));
      assert.equal(hash, digestOf(rest));
      assert.equal(lines[i]!.prev, sha256(i === 0 ? '' : linesOf(bytes)[i - 1]!));
    }
    assert.equal(lines[0]!.time, '2026-01-02T03:04:05.008Z');
    const verification = await verifyTrace(path);
    assert.deepEqual([verification.valid, verification.lines, verification.firstBad], [true, 6, null]);
    assert.equal(verification.established.length, 4);
    assert.match(verification.notEstablished.join('\n'), /rewrote the trace/);
  });

  it('never overwrites a file', async () => {
    await sampleTrace(path);
    const before = await readFile(path);
    const again = await openJournal(path, { run: 'run-2', clock: fakeClock() });
    assert.ok(!again.ok);
    assert.match(again.message, /already a file at .*run\.trace\.jsonl/);
    assert.deepEqual(await readFile(path), before);
  });

  it('says so when the path goes through a file', async () => {
    await writeFile(join(folder, 'file'), '');
    const taken = join(folder, 'taken.jsonl');
    await writeFile(`${taken}.control`, '');
    const left = await openJournal(taken, { run: 'run-1', clock: fakeClock() });
    assert.match(left.ok ? '' : left.message, /already/);
    assert.equal(existsSync(taken), false, 'nothing is left of what did not start');
    const opened = await openJournal(join(folder, 'file', 't.jsonl'), { run: 'run-1', clock: fakeClock() });
    assert.ok(!opened.ok);
    assert.match(opened.message, /is a file, not a folder/);
  });

  it('tells listeners of every line in order, also when writes overlap', async () => {
    const journal = await open(path);
    const heard: string[] = [];
    const stop = journal.onLine((line) => heard.push(line.event));
    const writes = [openRun(journal), execute(journal, 'call-1', 'read', false)];
    await Promise.all(writes);
    // What the run says to itself is written at the end of a turn of the event loop.
    await new Promise(setImmediate);
    stop();
    await closeRun(journal);
    await journal.close();
    assert.deepEqual(heard, ['run.opened', 'proposed', 'intent', 'executed']);
    assert.equal((await verifyTrace(path)).valid, true);
  });

  it('has handed on the line that says so before anybody is asked', async () => {
    const journal = await open(path);
    const heard: string[] = [];
    journal.onLine((line) => heard.push(line.event));
    await openRun(journal);
    const place = { file: 'p.playbook.yaml', line: 1, character: 0 };
    await journal.write('step.entered', 's', ENGINE, {
      kind: 'manual',
      title: 'Look',
      because: 'it is the first',
      place,
    });
    await journal.write('task.opened', 's', ENGINE, { task: 'Look.', role: 'analyst', fields: null, call: null });
    assert.deepEqual(heard, ['run.opened', 'step.entered', 'task.opened']);
    assert.equal(linesOf(await readFile(path)).length, 3);
    await closeRun(journal);
    await journal.close();
  });

  it('takes nothing after the end of the run or of the file', async () => {
    const journal = await open(path);
    await openRun(journal);
    await closeRun(journal);
    await assert.rejects(closeRun(journal), JournalError);
    await journal.close();
    await journal.close();
    await assert.rejects(openRun(journal), JournalError);
    assert.equal((await verifyTrace(path)).lines, 2);
  });

  it('redacts before it hashes, and makes hostile data canonical', async () => {
    const journal = await open(path);
    await openRun(journal);
    const line = await journal.write('task.done', 's', ENGINE, {
      performed: true,
      output: JSON.parse(
        '{"__proto__": {"polluted": 1}, "half": "\\ud800!", "note": "key sk-ant-api03-abcdefgh12345"}',
      ),
    });
    await closeRun(journal);
    await journal.close();
    assert.ok(line.event === 'task.done');
    assert.equal(
      canonical(line.data.output),
      '{"__proto__":{"polluted":1},"half":"�!","note":"key [redacted:anthropic-key]"}',
    );
    assert.equal((await verifyTrace(path)).valid, true);
  });

  it('refuses a line that would be too long, and can go on without it', async () => {
    const journal = await open(path);
    await openRun(journal);
    const output = 'x'.repeat(17 * 1024 * 1024);
    await assert.rejects(journal.write('task.done', 's', ENGINE, { performed: true, output }), /a line may take/);
    await closeRun(journal);
    await journal.close();
    assert.equal((await verifyTrace(path)).valid, true);
  });

  it('has an intent in the file when it says so, whatever happens to the process then', async () => {
    const script = `
      const { openJournal } = await import(${JSON.stringify(new URL('./journal.js', import.meta.url).href)});
      const { journal } = await openJournal(${JSON.stringify(path)}, { run: 'r', clock: { now: () => 0, monotonic: () => 0 } });
      const data = { call: 'c', tool: 't', digest: 'sha256:' + '0'.repeat(64), permit: 'p', simulated: true };
      const by = { kind: 'engine', id: 'e' };
      await journal.write('task.done', 's', by, { output: null, performed: true });
      await journal.write('intent', 's', by, data);
      process.kill(process.pid, 'SIGKILL');`;
    await assert.rejects(promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]));
    assert.deepEqual(
      linesOf(await readFile(path)).map((line) => JSON.parse(line).event),
      ['task.done', 'intent'],
    );
  });

  it('has what the run says to itself in the file when the turn of the event loop is over, short and long lines in order', async () => {
    const journal = await open(path);
    await openRun(journal);
    const lengths = [1, 30_000, 1, 200_000, 1, 1];
    for (const length of lengths)
      await journal.write('branch', 's', ENGINE, { expression: 'x'.repeat(length), value: true, taken: 'then' });
    const read = async () => linesOf(await readFile(path)).map((line) => JSON.parse(line));
    await new Promise(setImmediate);
    assert.deepEqual(
      (await read()).flatMap(({ event, data }) => (event === 'branch' ? [data.expression.length] : [])),
      lengths,
    );
    await closeRun(journal);
    await journal.close();
    assert.equal((await verifyTrace(path)).valid, true);
  });

  it('rejects when the disk is full, leaves no torn line, and writes nothing more', async function () {
    if (process.platform === 'win32') this.skip();
    const script = `
      const { openJournal } = await import(${JSON.stringify(new URL('./journal.js', import.meta.url).href)});
      const clock = { now: () => 0, monotonic: () => 0 };
      const { journal } = await openJournal(${JSON.stringify(path)}, { run: 'r', clock });
      const failures = [];
      for (let i = 0; i < 40; i++) {
        const data = { gate: 'g', decision: 'approve', reason: 'x'.repeat(300), calls: [] };
        await journal.write('decided', 's', { kind: 'human', id: 'ana' }, data).catch((e) => failures.push(e.name + ': ' + e.message));
      }
      const closed = await journal.close().then(() => 'closed', (e) => e.name);
      console.log(JSON.stringify({ failures, closed, lines: journal.lines }));`;
    // A limit on the size of a file stands in for a full disk.
    const shell = `trap '' XFSZ; ulimit -f 8; exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', shell], { env: { ...process.env, SCRIPT: script } });
    const { failures, closed, lines } = JSON.parse(stdout);
    assert.ok(failures.length > 0 && lines > 0 && failures.length + lines === 40);
    assert.match(failures[0], /^JournalError: .*could not be written.*The run stops here/);
    assert.equal(closed, 'JournalError');
    const written = await readFile(path, 'utf8');
    assert.equal(written.split('\n').length - 1, lines);
    assert.ok(written.endsWith('}\n'));
  });
});
