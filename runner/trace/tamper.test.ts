import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joined, linesOf, rewritten, signedTrace, testSigner } from './sample.test.js';
import { type VerifyOptions, verifyBytes } from './verify.js';

/**
 * Everything that can be done to a small trace by bytes and by lines is found. Without a checkpoint too, but for what is
 * rewritten with hashes that fit: there the chain is whole, and only a checkpoint tells.
 */
describe('tampering with a trace', () => {
  let folder: string;
  let bytes: Buffer;
  let notes: string;
  const { public: key } = testSigner();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    bytes = await signedTrace(join(folder, 'run.trace.jsonl'));
    notes = await readFile(join(folder, 'run.trace.checkpoints'), 'utf8');
    assert.equal(await isFound([bytes], {}), false);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const isFound = async (chunks: readonly Buffer[], options: VerifyOptions): Promise<boolean> => {
    const { valid } = await verifyBytes(chunks, { beside: notes, key, ...options });
    return !valid;
  };
  /** By the lines alone, so with whatever else there is too. */
  const isFoundAlone = async (chunks: readonly Buffer[]): Promise<boolean> => {
    const { firstBad } = await verifyBytes(chunks);
    return firstBad !== null;
  };

  it('is found for every bit of every byte', async () => {
    for (const at of bytes.keys()) {
      for (const bit of at % 64 === 0 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << (at % 8)]) {
        const edited = Buffer.from(bytes);
        edited[at] = edited[at]! ^ bit;
        assert.ok(await isFoundAlone([edited]), `byte ${at}, bit ${bit}`);
      }
    }
  });

  it('is found for every length that it is cut to', async () => {
    for (const at of bytes.keys()) assert.ok(await isFoundAlone([bytes.subarray(0, at)]), `cut at ${at}`);
  });

  it('is found for every line that is removed, repeated, or swapped with any other', async () => {
    const lines = linesOf(bytes);
    for (const i of lines.keys()) {
      assert.ok(await isFoundAlone(joined(lines.toSpliced(i, 1))), `without ${i}`);
      for (const j of lines.keys()) {
        assert.ok(await isFoundAlone(joined(lines.toSpliced(j, 0, lines[i]!))), `${i} again at ${j}`);
        if (i >= j) continue;
        assert.ok(await isFoundAlone(joined(lines.with(i, lines[j]!).with(j, lines[i]!))), `${i} and ${j} swapped`);
      }
    }
  });

  it('is found with the checkpoints, and only with them, where hashes were made to fit', async () => {
    const lines = linesOf(bytes);
    for (const index of lines.keys()) {
      const edited = rewritten(lines, (line, i) => {
        if (i === index) line.actor = { kind: 'human', id: 'eve@soc.example', how: 'terminal' };
      });
      assert.equal((await verifyBytes(edited)).firstBad, null);
      assert.ok(await isFound(edited, {}), `line ${index}`);
      assert.ok(await isFound(edited, { checkpoints: notes }));
    }
  });

  it('is found for every byte of the checkpoints, and every length they are cut to', async () => {
    const text = Buffer.from(notes);
    for (const at of text.keys()) {
      const edited = Buffer.from(text);
      edited[at] = edited[at]! ^ (1 << (at % 8));
      for (const beside of [edited, text.subarray(0, at)]) {
        const { valid } = await verifyBytes([bytes], { beside: beside.toString('utf8'), key });
        assert.equal(valid, false, `byte ${at}`);
      }
    }
  });
});
