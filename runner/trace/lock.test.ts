import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.js';

describe('the lock of a trace', () => {
  let folder: string;
  let path: string;
  /** Left behind by a process that is no more: this one's number, given out before it began. */
  const stale = (): void => writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), since: 1 }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
    path = join(folder, 'run.trace.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one at a time, and free once it is given back', () => {
    const first = takeLock(path);
    assert.ok(first.ok);
    const second = takeLock(path);
    assert.match(second.ok ? '' : second.message, /still being written, by process/);
    first.release();
    assert.ok(takeLock(path).ok);
  });

  it('is taken over from a process that is no more, or that left nothing that can be read', () => {
    stale();
    assert.ok(takeLock(path).ok);
    writeFileSync(path, '{');
    assert.ok(takeLock(path).ok);
    assert.ok(!existsSync(`${path}.taking`));
  });

  it('is taken over by one of two who saw the same process gone', () => {
    stale();
    let inner: ReturnType<typeof takeLock> | undefined;
    const outer = takeLock(path, ({ since }) => {
      // Between the look of the first and what it does then, the second takes it over.
      inner ??= takeLock(path);
      return since !== 1;
    });
    assert.ok(inner?.ok);
    assert.ok(!outer.ok, 'both have it');
    assert.match(readFileSync(path, 'utf8'), /"since"/);
  });

  it('is left to whoever is about to take it over', () => {
    stale();
    writeFileSync(`${path}.taking`, '');
    const refused = takeLock(path);
    assert.match(refused.ok ? '' : refused.message, /is taking .* over/);
    assert.match(readFileSync(path, 'utf8'), /"since":1/);
  });

  it('cannot be taken where no file can be made', () => {
    const refused = takeLock(join(folder, 'none', 'run.trace.lock'));
    assert.match(refused.ok ? '' : refused.message, /cannot be made \(ENOENT\)/);
  });
});
