import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publicKeyFrom } from '../runner/trace/note.js';
import { verifyTrace } from '../runner/trace/verify.js';
import { repository } from './platform/repository.js';
import { type Expected, makeVectors } from './trace-vectors/make.js';

const VECTORS = path.join(repository, 'test/trace-vectors/vectors');
const OTHER = path.join(repository, 'test/trace-vectors/verify.py');

/** The verifier and one in another language, written from `docs/trace-format.md`, agree on traces good and bad. */
describe('trace vectors', () => {
  const names = readdirSync(VECTORS).sort();

  it('are those that the journal writes now', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-vectors-'));
    try {
      const made = await makeVectors(path.join(folder, 'vectors'));
      assert.deepEqual([...made].sort(), names, 'npm run vectors');
      const committed = filesOf(VECTORS);
      assert.deepEqual(filesOf(path.join(folder, 'vectors')), committed, 'npm run vectors');
      for (const file of committed) {
        assert.deepEqual(
          readFileSync(path.join(folder, 'vectors', file)),
          readFileSync(path.join(VECTORS, file)),
          file,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are judged as they should be', async () => {
    for (const name of names) {
      const { valid, line, key, checkpoint } = expected(name);
      const read = key === undefined ? undefined : publicKeyFrom(key);
      const found = await verifyTrace(path.join(VECTORS, name, 'run.trace.jsonl'), {
        key: read,
        checkpoints: checkpoint === undefined ? undefined : readFileSync(path.join(VECTORS, name, checkpoint), 'utf8'),
      });
      assert.deepEqual(
        [found.valid, found.firstBad?.line ?? null],
        [valid, line],
        `${name}: ${found.firstBad?.reason}`,
      );
    }
  });

  it('are judged the same by an independent verifier, which is under 200 lines', function () {
    const python = ['python3', 'python'].find((name) =>
      spawnSync(name, ['--version']).stdout?.toString().startsWith('Python 3'),
    );
    if (python === undefined) {
      console.log('      There is no Python 3 here, so the independent verifier was not run.');
      this.skip();
    }
    assert.ok(readFileSync(OTHER, 'utf8').split('\n').length <= 200);
    for (const name of names) {
      const { valid, line, key, checkpoint } = expected(name);
      const options = [
        ...(key === undefined ? [] : ['--key', key]),
        ...(checkpoint === undefined ? [] : ['--checkpoint', path.join(VECTORS, name, checkpoint)]),
      ];
      const args = ['-B', OTHER, path.join(VECTORS, name, 'run.trace.jsonl'), ...options];
      const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
      assert.ok(status === 0 || status === 6, `${name}: ${stderr}`);
      const found = JSON.parse(stdout);
      assert.deepEqual([found.valid, found.line], [valid, line], `${name}: ${found.reason}`);
    }
  });
});

function expected(name: string): Expected {
  return JSON.parse(readFileSync(path.join(VECTORS, name, 'expect.json'), 'utf8'));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
