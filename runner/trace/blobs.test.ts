import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Json, TraceLine } from '../protocol/trace.js';
import { blobReader } from './blobs.js';
import { canonical, digestOf, sha256 } from './canonical.js';
import { readTrace } from './read.js';
import { reopenJournal } from './reopen.js';
import { call, closeRun, ENGINE, execute, fakeClock, linesOf, open, openRun, rewritten } from './sample.test.js';
import { BLOB_ABOVE_BYTES, putBack, takeLarge } from './stored.js';
import { verifyBytes, verifyTrace } from './verify.js';

describe('large values of a trace', () => {
  let folder: string;
  let path: string;
  let store: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'run.trace.jsonl');
    store = join(folder, 'run.trace.blobs');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const large = { text: 'é'.repeat(2100), note: 'key sk-ant-api03-abcdefgh12345' };
  const kept = { ...large, note: 'key [redacted:anthropic-key]' };
  const blob = { bytes: Buffer.byteLength(canonical(kept)), digest: digestOf(kept) };
  const write = async (): Promise<readonly TraceLine[]> => {
    const journal = await open(path);
    const seen: TraceLine[] = [];
    journal.onLine((line) => seen.push(line));
    await openRun(journal);
    await journal.write('task.done', 's', ENGINE, { performed: true, output: large });
    await journal.write('gate.opened', 'g', ENGINE, {
      gate: 'g',
      ask: 'x'.repeat(5000),
      evidence: [{ expression: 'small', value: 1 }, { expression: 'large', value: large }],
      calls: [{ ...call('call-1', 'contain'), arguments: large }],
      roles: [],
      approvers: [],
      quorum: 1,
      timeoutMs: null,
    }); // biome-ignore format: short
    await execute(journal, 'call-1', 'read', false);
    await closeRun(journal);
    await journal.close();
    return seen;
  };

  it('lie beside it, named by their digest, redacted before; the line says where they belong', async () => {
    const seen = await write();
    const lines = linesOf(await readFile(path)).map((line) => JSON.parse(line));
    assert.deepEqual(lines[1].blobs, [{ at: '/output', ...blob }]);
    assert.deepEqual(lines[1].data, { output: null, performed: true });
    assert.deepEqual(lines[2].blobs, [
      { at: '/evidence/1/value', ...blob },
      { at: '/calls/0/arguments', ...blob },
    ]);
    assert.equal(lines[2].data.ask.length, 5000, 'what people were asked stays in the line');
    assert.equal('blobs' in lines[3], false);
    assert.deepEqual(await readdir(store), [blob.digest.slice('sha256:'.length)], 'once, however often it is named');
    const file = join(store, blob.digest.slice('sha256:'.length));
    assert.equal(await readFile(file, 'utf8'), canonical(kept));
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    const reply = await readTrace(path);
    assert.ok(reply.ok);
    assert.equal(reply.verification.valid, true);
    assert.deepEqual(reply.lines, JSON.parse(JSON.stringify(seen)), 'a reader gets what a listener got');
    assert.deepEqual(JSON.parse(JSON.stringify(seen[1]!.data)), { output: kept, performed: true });
  });

  it('that are missing or changed are found, at their line', async () => {
    await write();
    const file = join(store, blob.digest.slice('sha256:'.length));
    const bytes = await readFile(file);
    const problem = async (): Promise<string> => {
      const { valid, firstBad } = await verifyTrace(path);
      assert.deepEqual([valid, firstBad?.line], [false, 2]);
      return firstBad!.reason;
    };
    for (const at of [0, 100, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 1;
      await writeFile(file, changed);
      assert.equal(await problem(), `The blob ${blob.digest} of the line was changed after it was written.`);
      await writeFile(file, bytes.subarray(0, at));
      assert.match(await problem(), /was changed after it was written/);
    }
    await rm(file);
    assert.match(await problem(), /^The blob sha256:[0-9a-f]{64} of the line is missing\.$/);
    await mkdir(file);
    assert.match(await problem(), /is no file of a trace/);
    if (process.platform === 'win32') return;
    await rm(file, { recursive: true });
    await symlink('/dev/zero', file);
    assert.match(await problem(), /is no file of a trace/);
  });

  it('cannot be claimed where none can be, nor come in as data', async () => {
    await write();
    const lines = linesOf(await readFile(path));
    const problem = async (edit: (line: Record<string, unknown>) => void): Promise<string | undefined> => {
      const bytes = rewritten(lines, (line, i) => {
        if (i === 1) edit(line);
      });
      return (await verifyBytes(bytes, { blobs: blobReader(store) })).firstBad?.reason;
    };
    assert.equal(await problem(() => {}), undefined);
    const claims: [claim: unknown, reason: RegExp][] = [
      [[{ at: '/performed', ...blob }], /belongs at "\/performed", where none can be/],
      [[{ at: '/output/x', ...blob }], /where none can be/],
      [[{ at: '/output', ...blob }, { at: '/output', ...blob }], /where none can be/],
      [[{ at: '/output', ...blob, bytes: 7 }], /was changed after it was written/],
      [[{ at: '/output', ...blob, bytes: 2 ** 40 }], /are too large/],
      [[{ at: '/output', ...blob, digest: 'sha256:../../etc/passwd' }], /does not say which blobs/],
      [[], /does not say which blobs/],
      [{}, /does not say which blobs/],
    ]; // biome-ignore format: a table
    for (const [claim, reason] of claims) {
      assert.match((await problem((line) => Object.assign(line, { blobs: claim }))) ?? '', reason);
    }
    const forged = { $blob: blob.digest, bytes: 9, blobs: [{ at: '/x', ...blob }] };
    const plain = await problem((line) => {
      delete line.blobs;
      line.data = { output: forged, performed: true };
    });
    assert.equal(plain, undefined, 'what looks like a reference in data is data');
  });

  it('are on disk before a line on disk names them, and a store that a crash left is gone on with', async () => {
    const journal = await open(path);
    await openRun(journal);
    await journal.write('task.done', 's', ENGINE, { performed: true, output: large });
    await journal.close();
    const file = join(store, blob.digest.slice('sha256:'.length));
    const reopened = await reopenJournal(path, { clock: fakeClock() });
    assert.ok(reopened.ok);
    await writeFile(file, 'half');
    await reopened.journal.write('task.done', 's', ENGINE, { performed: true, output: large });
    await closeRun(reopened.journal);
    await reopened.journal.close();
    assert.equal((await verifyTrace(path)).valid, true, 'a half-written one was written anew');
    assert.equal(sha256(await readFile(file)), blob.digest);
  });

  it('come back as they were, whatever they are', () => {
    const value = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as Json),
      fc.string({ minLength: 1500, maxLength: 3000 }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const data = { gate: 'g', evidence: values.map((one) => ({ expression: 'e', value: one })), calls: [] };
        const { data: stored, blobs, contents } = takeLarge('gate.opened', data);
        for (const one of contents.values()) assert.ok(one.length > BLOB_ABOVE_BYTES);
        assert.ok(blobs.length === values.filter((one) => Buffer.byteLength(canonical(one)) > BLOB_ABOVE_BYTES).length);
        const back = putBack('gate.opened', stored, blobs, (digest, bytes) => {
          const found = contents.get(digest);
          assert.equal(found?.length, bytes);
          return found ? { ok: true, bytes: found } : { ok: false, reason: 'is missing' };
        });
        assert.ok(back.ok);
        assert.equal(canonical(back.data), canonical(data));
      }),
    );
  });
});
