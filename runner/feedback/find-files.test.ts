import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../trace/canonical.js';
import { findBases, findPlaybooks } from './find-files.js';

const PLAYBOOK = 'playbook: look\n';
const CASE = 'case: one\n';

describe('files that are looked for below folders', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'countersign-find-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(folder: string, files: Readonly<Record<string, string>>): string {
    const path = join(root, folder);
    mkdirSync(path, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }

  it('are found past a folder that cannot be read', function () {
    // A name that is no UTF-8 is listed and leads nowhere, for root as well. Other systems do not let it be made.
    if (process.platform !== 'linux') this.skip();
    mkdirSync(Buffer.concat([Buffer.from(join(root, 'b')), Buffer.from([0xff])]));
    const files = { 'look.playbook.yaml': PLAYBOOK, 'one.case.yaml': CASE };
    const [before, after] = [write('a', files), write('c', files)];
    const roots = [join(root, 'missing'), join(before, 'one.case.yaml'), root];
    assert.deepEqual(findPlaybooks('look', roots), {
      paths: [join(before, 'look.playbook.yaml'), join(after, 'look.playbook.yaml')],
      whole: true,
    });
    const opened = {
      playbook: { file: 'look.playbook.yaml', id: 'look', version: '1.0.0', digest: sha256(PLAYBOOK) },
      case: { file: 'one.case.yaml', id: 'one', digest: sha256(CASE) },
    };
    assert.deepEqual(findBases(opened, roots), { paths: [before, after], whole: true });
  });

  it('are looked for among 100,000 entries and no more', () => {
    const thousand = write(
      'many',
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}.txt`, ''])),
    );
    const own = write('own', { 'look.playbook.yaml': PLAYBOOK });
    const paths = [join(own, 'look.playbook.yaml')];
    const times = (count: number) => Array.from({ length: count }, () => thousand);
    assert.deepEqual(findPlaybooks('look', [...times(99), own]), { paths, whole: true });
    assert.deepEqual(findPlaybooks('look', [...times(100), own]), { paths: [], whole: false });
    assert.deepEqual(findPlaybooks('look', [own, ...times(100)]), { paths, whole: false });
  });
});
