import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sha256 } from './canonical.js';
import { readTrace } from './read.js';
import { closeRun, execute, joined, linesOf, open, openRun, rewritten, sampleTrace } from './sample.test.js';
import { verifyBytes, verifyTrace } from './verify.js';

describe('verify', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'deep', 'er', 'run.trace.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

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

  it('hands the lines over in parts when asked to', async () => {
    const lines = linesOf(await sampleTrace(path));
    const seen: number[] = [];
    const reply = await readTrace(path, (part) => seen.push(...part.map((line) => line.seq)));
    assert.ok(reply.ok);
    assert.deepEqual(seen, [...lines.keys()]);
    assert.deepEqual([reply.lines, reply.verification.lines], [[], lines.length]);
  });

  it('says when there is no file', async () => {
    const { valid, firstBad } = await verifyTrace(join(folder, 'none.jsonl'));
    assert.equal(valid, false);
    assert.match(firstBad!.reason, /no such file/);
    assert.match((await verifyTrace(folder)).firstBad!.reason, /a folder/);
    await writeFile(join(folder, 'gone.trace.checkpoints'), '');
    assert.match((await verifyTrace(join(folder, 'gone.trace.jsonl'))).firstBad!.reason, /no such file/);
  });
});

describe('reading a trace', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'deep', 'er', 'run.trace.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

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

  it('hands the lines over in parts when asked to', async () => {
    const lines = linesOf(await sampleTrace(path));
    const seen: number[] = [];
    const reply = await readTrace(path, (part) => seen.push(...part.map((line) => line.seq)));
    assert.ok(reply.ok);
    assert.deepEqual(seen, [...lines.keys()]);
    assert.deepEqual([reply.lines, reply.verification.lines], [[], lines.length]);
  });

  it('says when there is no file', async () => {
    const reply = await readTrace(join(folder, 'none.jsonl'));
    assert.ok(!reply.ok);
    assert.match(reply.message, /none\.jsonl cannot be read/);
  });
});
