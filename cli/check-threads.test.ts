import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFiles } from '../runner/index.js';
import { checkAll, threadsFor } from './check-threads.js';
import { findFiles } from './files.js';

const playbooks = fileURLToPath(new URL('../../playbooks', import.meta.url));

function samples(): readonly string[] {
  const found = findFiles([playbooks]);
  assert.ok(found.ok);
  const missing = path.join(playbooks, 'missing.playbook.yaml');
  return [missing, ...found.files, ...found.files.toReversed()];
}

describe('checking in threads', () => {
  it('finds what one thread finds, in the order of the files', async () => {
    const files = samples();
    const host = nodeFiles();
    const one = await checkAll(files, host, 1);
    assert.equal(one.length, files.length);
    assert.match(one[0]?.problems[0]?.message ?? '', /cannot be read/);
    for (const threads of [2, 3]) assert.deepEqual(await checkAll(files, host, threads), one);
  });

  it('uses the day of its host', async () => {
    const files = samples();
    const far = { ...nodeFiles(), today: '2199-01-01' };
    assert.deepEqual(await checkAll(files, far, 2), await checkAll(files, far, 1));
  });

  it('passes on a fault as it would be thrown here', async () => {
    // A path that can be read and that no part of the check takes for one.
    const bytes: unknown = Buffer.from(path.join(playbooks, 'phishing-triage.playbook.yaml'));
    const files = ['a.playbook.yaml', bytes as string];
    for (const threads of [1, 2]) await assert.rejects(checkAll(files, nodeFiles(), threads), TypeError);
  });

  it('starts threads where they are worth it, and never many', () => {
    assert.equal(threadsFor(10, 8), 1);
    assert.equal(threadsFor(1000, 1), 1);
    assert.equal(threadsFor(1000, 2), 2);
    assert.equal(threadsFor(1000, 64), 4);
  });
});
