import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

describe('The language server', function () {
  this.timeout(60_000);

  it('does not grow over many edits', () => {
    const program = fileURLToPath(new URL('main.js', import.meta.url));
    const run = spawnSync(process.execPath, ['--expose-gc', program, '--edits', '500'], { encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
    assert.match(run.stdout, /^No growth/m);
  });
});
