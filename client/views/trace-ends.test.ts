import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { traceEnds } from './trace-ends.js';

describe('The ends of a trace', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-ends-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function endsOf(text: string) {
    const file = path.join(folder, 'run.trace.jsonl');
    await writeFile(file, text);
    return traceEnds(file);
  }

  it('are its first and its last line, however long they are and whatever lies between', async () => {
    const length = fc.oneof(fc.nat(40), fc.nat(80_000));
    await fc.assert(
      fc.asyncProperty(fc.array(length, { minLength: 1, maxLength: 5 }), async (lengths) => {
        const lines = lengths.map((length, at) => `${at}é`.padEnd(length, 'x'));
        assert.deepEqual(await endsOf(`${lines.join('\n')}\n`), { first: lines[0], last: lines.at(-1) });
      }),
      { numRuns: 50 },
    );
  });

  it('are not there where a line was torn, or in an empty file', async () => {
    assert.deepEqual(await endsOf('{"a":1}\n{"b"'), { first: '{"a":1}', last: undefined });
    assert.deepEqual(await endsOf('{"a"'), { first: undefined, last: undefined });
    assert.deepEqual(await endsOf(''), { first: undefined, last: undefined });
  });

  it('are not read to their end where that would take long', async () => {
    const long = 'x'.repeat(1024 * 1024);
    assert.deepEqual(await endsOf(`${long}\na\n${long}\n`), { first: undefined, last: undefined });
    assert.deepEqual(await endsOf(`a\n${long}\nb\n`), { first: 'a', last: 'b' });
  });

  it('are not there of a file that is not', async () => {
    await assert.rejects(traceEnds(path.join(folder, 'gone')), /ENOENT/);
  });
});
