import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFiles } from '../runner/index.js';
import { checkAll, isHelpWorth, mostThreads } from './check-threads.js';
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
    for (const threads of [2, 3]) assert.deepEqual(await checkAll(files, host, threads, () => true), one);
  });

  it('uses the day of its host', async () => {
    const files = samples();
    const far = { ...nodeFiles(), today: '2199-01-01' };
    assert.deepEqual(await checkAll(files, far, 2, () => true), await checkAll(files, far, 1));
  });

  it('passes on a fault as it would be thrown here', async () => {
    // A path that can be read and that no part of the check takes for one.
    const bytes: unknown = Buffer.from(path.join(playbooks, 'phishing-triage.playbook.yaml'));
    const files = ['a.playbook.yaml', bytes as string];
    for (const threads of [1, 2])
      await assert.rejects(
        checkAll(files, nodeFiles(), threads, () => true),
        TypeError,
      );
  });

  it('starts others where they are worth it, and never many', () => {
    // A thousand small files are done before others would be warm.
    assert.equal(isHelpWorth(200, 800, 600), false);
    assert.equal(isHelpWorth(200, 9_800, 600), true);
    // Before anything is warm nobody can tell.
    assert.equal(isHelpWorth(8, 992, 80), false);
    assert.deepEqual([1, 2, 64].map(mostThreads), [1, 2, 4]);
  });
});
