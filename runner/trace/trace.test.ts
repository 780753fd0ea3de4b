import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { Clock } from '../ports.js';
import type { Actor, TraceLine } from '../protocol/trace.js';
import { canonical, digestOf, sha256 } from './canonical.js';
import { type Journal, JournalError, openJournal } from './journal.js';
import { readTrace } from './read.js';
import { verifyBytes, verifyTrace } from './verify.js';

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };
const USAGE = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };

function fakeClock(): Clock {
  let ticks = 0;
  return {
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) + ticks,
    monotonic: () => 100 + ticks++ * 1.5,
    sleep: async () => {},
  };
}

async function open(path: string, run = 'run-1'): Promise<Journal> {
  const opened = await openJournal(path, { run, clock: fakeClock() });
  assert.ok(opened.ok, opened.ok ? '' : opened.message);
  return opened.journal;
}

const call = (id: string, effect: string) => ({
  id,
  tool: 'identity.suspend',
  arguments: { user: 'ana' },
  effect,
  target: 'ana',
  digest: digestOf({ tool: 'identity.suspend', user: 'ana' }),
});

const openRun = (journal: Journal) =>
  journal.write('run.opened', null, ENGINE, {
    playbook: { id: 'p', version: '1.0.0', file: 'p.playbook.yaml', digest: sha256('p') },
    policy: null,
    catalogs: [],
    case: { id: 'c', file: 'c.case.yaml', digest: sha256('c') },
    alert: { file: 'a.json', digest: sha256('a') },
    engine: '0.1.0',
    model: { provider: 'rehearsal', id: 'rehearsal', ai: false, note: 'not AI' },
    approvals: 'case',
    dryRun: true,
    startedBy: 'ana “é” 😀',
  });

const closeRun = (journal: Journal) =>
  journal.write('run.closed', null, ENGINE, {
    outcome: 'completed',
    verdict: 'benign',
    reason: 'done',
    usage: USAGE,
    lines: journal.lines + 1,
  });

const execute = async (journal: Journal, id: string, effect: string, permit: boolean, times = 1): Promise<void> => {
  const it = call(id, effect);
  await journal.write('proposed', 's', ENGINE, { call: it, untrusted: [] });
  const reason = 'because';
  if (permit) {
    await journal.write('authorized', 's', ENGINE, {
      call: id,
      tool: it.tool,
      decision: 'permit',
      rule: 'r',
      reason,
      place: null,
    });
  }
  await journal.write('intent', 's', ENGINE, {
    call: id,
    tool: it.tool,
    digest: it.digest,
    permit: 'permit-1',
    simulated: true,
  });
  for (let i = 0; i < times; i++) {
    const result = { state: 'suspended' };
    await journal.write('executed', 's', ENGINE, {
      call: id,
      tool: it.tool,
      simulated: true,
      ok: true,
      result,
      source: 'simulated',
    });
  }
};

/** A whole small run. */
async function sampleTrace(path: string, run = 'run-1'): Promise<Buffer> {
  const journal = await open(path, run);
  await openRun(journal);
  await execute(journal, 'call-1', 'contain', true);
  await closeRun(journal);
  await journal.close();
  return readFile(path);
}

const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').split('\n').slice(0, -1);
const joined = (lines: readonly string[]): Buffer[] => [Buffer.from(lines.map((line) => `${line}\n`).join(''))];

/** Rewrites lines as somebody who owns the file could: with fitting hashes. */
function rewritten(lines: readonly string[], edit: (line: Record<string, unknown>, index: number) => void): Buffer[] {
  let prev = sha256('');
  return joined(
    lines.map((text, index) => {
      const { hash: _, ...line } = JSON.parse(text);
      edit(line, index);
      line.prev = prev;
      const done = canonical({ ...line, hash: digestOf(line) });
      prev = sha256(done);
      return done;
    }),
  );
}

describe('trace', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'deep', 'er', 'run.trace.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('the journal', () => {
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
      assert.match(verification.notEstablished.join('\n'), /rewrote it/);
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
      stop();
      await closeRun(journal);
      await journal.close();
      assert.deepEqual(heard, ['run.opened', 'proposed', 'intent', 'executed']);
      assert.equal((await verifyTrace(path)).valid, true);
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

  describe('verify', () => {
    it('finds any byte edited, at its line', async () => {
      const bytes = await sampleTrace(path);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const edited = Buffer.from(bytes);
          edited[at] = edited[at]! ^ change;
          const { valid, firstBad } = await verifyBytes([edited]);
          const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
          assert.deepEqual([valid, firstBad?.line], [false, line]);
        }),
        { numRuns: 400 },
      );
    });

    it('finds any byte inserted or removed, at its line', async () => {
      const bytes = await sampleTrace(path);
      const inserted = fc.constantFrom(...Buffer.from(' \t\r\n,"0a{').values(), 0xff, 0);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length), fc.option(inserted), async (at, byte) => {
          fc.pre(byte !== null || at < bytes.length);
          const middle = byte === null ? Buffer.of() : Buffer.of(byte);
          const edited = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(byte === null ? at + 1 : at)]);
          const { valid, firstBad } = await verifyBytes([edited]);
          const line = bytes.subarray(0, at).filter((other) => other === 10).length + 1;
          // An empty line added before or after a newline is the line after it.
          assert.equal(valid, false);
          assert.ok(
            firstBad!.line === line || (byte === 10 && firstBad!.line === line + 1),
            `${firstBad!.line} for ${line}`,
          );
        }),
        { numRuns: 400 },
      );
    });

    it('does not depend on how the bytes arrive', async () => {
      const bytes = await sampleTrace(path);
      const whole = await verifyBytes([bytes]);
      assert.deepEqual(await verifyBytes([...bytes].map((byte) => Uint8Array.of(byte))), whole);
      assert.equal(whole.valid, true);
    });

    it('finds lines removed, swapped, repeated or taken from another run', async () => {
      const lines = linesOf(await sampleTrace(path));
      const other = linesOf(await sampleTrace(join(folder, 'other.jsonl'), 'run-2'));
      const variants: [string[], number][] = [
        [lines.toSpliced(2, 1), 3],
        [lines.toSpliced(0, 1), 1],
        [[lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)], 2],
        [[...lines.slice(0, 3), ...lines.slice(2)], 4],
        [lines.with(3, other[3]!), 4],
        [[...lines, ...other], 7],
      ];
      for (const [variant, line] of variants) {
        const { valid, firstBad } = await verifyBytes(joined(variant));
        assert.deepEqual([valid, firstBad?.line], [false, line]);
      }
    });

    it('says a trace without its end is cut off, at the line after the last', async () => {
      const lines = linesOf(await sampleTrace(path));
      const cut = await verifyBytes(joined(lines.slice(0, 4)));
      assert.deepEqual([cut.valid, cut.lines, cut.firstBad?.line], [false, 4, 5]);
      assert.match(cut.firstBad!.reason, /cut off/);
      assert.match(cut.established[0]!, /^Lines 1 to 4:/);
      const torn = await verifyBytes([Buffer.from(`${lines[0]}\n${lines[1]!.slice(0, 40)}`)]);
      assert.equal(torn.firstBad!.line, 2);
      assert.match(torn.firstBad!.reason, /torn/);
      const noNewline = await verifyBytes([Buffer.from(lines.join('\n'))]);
      assert.deepEqual([noNewline.valid, noNewline.firstBad?.line], [false, 6]);
    });

    it('names a newer format instead of guessing', async () => {
      const lines = linesOf(await sampleTrace(path));
      const newer = await verifyBytes(rewritten(lines, (line) => Object.assign(line, { v: 2 })));
      assert.equal(newer.firstBad!.line, 1);
      assert.match(newer.firstBad!.reason, /format version 2, which is newer/);
    });

    it('finds a story that cannot be, even with fitting hashes', async () => {
      const lines = linesOf(await sampleTrace(path));
      const stories: [reason: RegExp, firstBad: number, edited: number, field: string, value: unknown][] = [
        [/without an intent/, 5, 5, 'data.call', 'call-2'],
        [/not what its intent says/, 5, 5, 'data.simulated', false],
        [/without a permit: .*"deny"/, 4, 3, 'data.decision', 'deny'],
        [/without a permit: nothing authorized it/, 4, 3, 'data.call', 'call-9'],
        [/not the call that was proposed/, 4, 4, 'data.digest', sha256('other')],
        [/says it has 9 lines/, 6, 6, 'data.lines', 9],
        [/another run/, 3, 3, 'run', 'run-2'],
        [/number 7 where 2/, 3, 3, 'seq', 7],
        [/time of the line/, 6, 6, 'mono', 0],
        [/not an event/, 2, 2, 'event', 'toString'],
        [/data\.extra is not a field/, 2, 2, 'data.extra', 1],
        [/data\.call is not an object/, 2, 2, 'data.call', 'x'],
        [/actor\.kind/, 2, 2, 'actor', { kind: 'root', id: 'x' }],
      ];
      assert.equal((await verifyBytes(rewritten(lines, () => {}))).valid, true);
      for (const [reason, bad, edited, field, value] of stories) {
        const edit = (line: Record<string, unknown>, index: number) => {
          const [member, inner] = field.split('.') as [string, string?];
          if (index === edited - 1) line[member] = inner ? { ...(line[member] as object), [inner]: value } : value;
        };
        const { valid, firstBad } = await verifyBytes(rewritten(lines, edit));
        assert.equal(valid, false);
        assert.match(firstBad!.reason, reason);
        assert.equal(firstBad!.line, bad, String(reason));
      }
    });

    it('lets a read through without a permit, never twice', async () => {
      const journal = await open(path);
      await openRun(journal);
      await execute(journal, 'call-1', 'read', false);
      await execute(journal, 'call-2', 'read', false, 2);
      await closeRun(journal);
      await journal.close();
      const { firstBad } = await verifyTrace(path);
      assert.equal(firstBad!.line, 8);
      assert.match(firstBad!.reason, /executed a second time/);
    });

    it('treats a call of unknown effect as consequential', async () => {
      const journal = await open(path);
      await openRun(journal);
      await execute(journal, 'call-1', 'reads', false);
      await closeRun(journal);
      await journal.close();
      assert.match((await verifyTrace(path)).firstBad!.reason, /without a permit/);
    });

    it('never throws, whatever the bytes', async () => {
      const hostile = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.json().map((text) => Buffer.from(`${text}\n`)),
        fc.string().map((text) => Buffer.from(text)),
      );
      await fc.assert(
        fc.asyncProperty(hostile, async (bytes) => {
          const { valid, firstBad } = await verifyBytes([bytes]);
          assert.equal(valid, false);
          assert.ok(firstBad && firstBad.line >= 1 && firstBad.reason.length > 0);
        }),
      );
      for (const text of [
        '',
        '\n',
        '{}',
        '[]\n',
        'null\n',
        '{"v":1}\n',
        '{"v":1e999}\n',
        '{"a":"\\ud800"}\n',
        '\ufeff{}\n',
      ]) {
        const { valid, firstBad } = await verifyBytes([Buffer.from(text)]);
        assert.deepEqual([valid, firstBad?.line], [false, 1]);
      }
    });

    it('bounds deep and long lines', async () => {
      const deep = await verifyBytes([Buffer.from(`${'['.repeat(5_000_000)}\n`)]);
      assert.match(deep.firstBad!.reason, /nests/);
      const megabyte = Buffer.alloc(1024 * 1024, 0x20);
      const long = await verifyBytes(Array.from({ length: 40 }, () => megabyte));
      assert.match(long.firstBad!.reason, /longer than 16 MiB/);
    });

    it('says when there is no file', async () => {
      const { valid, firstBad } = await verifyTrace(join(folder, 'none.jsonl'));
      assert.equal(valid, false);
      assert.match(firstBad!.reason, /no such file/);
      assert.match((await verifyTrace(folder)).firstBad!.reason, /a folder/);
    });
  });

  describe('read', () => {
    it('shows the lines before the first bad one', async () => {
      const lines = linesOf(await sampleTrace(path));
      await writeFile(path, joined(lines.with(3, lines[3]!.replace('permit-1', 'permit-2')))[0]!);
      const reply = await readTrace(path);
      assert.ok(reply.ok);
      assert.deepEqual(
        reply.lines.map((line) => line.seq),
        [0, 1, 2],
      );
      assert.deepEqual([reply.verification.valid, reply.verification.firstBad?.line], [false, 4]);
    });

    it('says when there is no file', async () => {
      const reply = await readTrace(join(folder, 'none.jsonl'));
      assert.ok(!reply.ok);
      assert.match(reply.message, /none\.jsonl cannot be read/);
    });
  });
});
