import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeDisk } from './disk.js';

describe('disk', () => {
  let folder: string;
  const disk = nodeDisk();
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-disk-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads text', () => {
    write('a b@c.yaml', 'grüezi');
    assert.equal(disk.read(uri('a b@c.yaml')), 'grüezi');
  });

  it('reads nothing that is not there, a folder, not text, too long, or no file at all', () => {
    write('binary.yaml', new Uint8Array([0xff, 0xfe, 0x00]));
    write('long.yaml', 'x'.repeat(2 * 1024 * 1024 + 1));
    for (const name of ['gone.yaml', '.', 'binary.yaml', 'long.yaml'])
      assert.equal(disk.read(uri(name)), undefined, name);
    assert.equal(disk.read('untitled:a.yaml'), undefined);
    assert.equal(disk.read('file://%zz'), undefined);
  });

  it('gives another stamp to a file that changed, and none where there is nothing to read', () => {
    write('a.yaml', 'one');
    const before = disk.stamp(uri('a.yaml'));
    assert.equal(disk.stamp(uri('a.yaml')), before);
    write('a.yaml', 'three');
    assert.notEqual(disk.stamp(uri('a.yaml')), before);
    for (const name of ['gone.yaml', '.', 'a.yaml/b.yaml']) assert.equal(disk.stamp(uri(name)), undefined, name);
  });

  it('lists files by their endings, in order, and not what is built, hidden or installed', async () => {
    for (const name of ['b.case.yaml', 'deep/a.case.yaml', 'c.yaml', 'node_modules/x.case.yaml', '.git/y.case.yaml']) {
      write(name, '');
    }
    assert.deepEqual(await disk.list(uri('.'), ['.case.yaml'], new AbortController().signal), [
      uri('b.case.yaml'),
      uri('deep/a.case.yaml'),
    ]);
    assert.deepEqual(await disk.list(uri('nowhere'), ['.case.yaml'], new AbortController().signal), []);
  });

  it('stops listing when nobody waits any more', async () => {
    write('b.case.yaml', '');
    assert.deepEqual(await disk.list(uri('.'), ['.case.yaml'], AbortSignal.abort()), []);
  });
});
