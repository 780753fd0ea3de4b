import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { moduleAddress, repository } from './repository.js';

interface Vsce {
  readonly listFiles: (options: { readonly cwd: string; readonly dependencies: boolean }) => Promise<readonly string[]>;
}

/** What an archive holds for each file beside its content: two headers with its name, and zip's own. */
const OVERHEAD = 200;

describe('The package', function () {
  this.timeout(120_000); // the packager looks at every file there is, on a machine that may be busy
  let files: readonly string[];
  before(async () => {
    assert.ok(existsSync(path.join(repository, 'dist/extension.cjs')), 'dist/ is built: npm run build');
    const vsce: Vsce = createRequire(import.meta.url)('@vscode/vsce');
    files = await vsce.listFiles({ cwd: repository, dependencies: false });
  });

  it('has all that the build makes and the docs it shows, and nothing else', async () => {
    const { wrongContents } = await import(moduleAddress('scripts/package-contents.mjs'));
    assert.deepEqual(wrongContents(files), []);
    const manifest = readFileSync(path.join(repository, 'package.json'), 'utf8');
    for (const [, named = ''] of manifest.matchAll(/"((?:docs|dist)\/[^"]+|\.\/dist\/[^"]+)"/g))
      assert.ok(files.includes(named.replace(/^\.\//, '')), named);
  });

  it('is small enough to be loaded', async () => {
    const { PACKAGE_LIMIT } = await import(moduleAddress('scripts/package-contents.mjs'));
    const sizes = files.map((name): [number, string] => [
      deflateRawSync(readFileSync(path.join(repository, name))).length + OVERHEAD,
      name,
    ]);
    const total = sizes.reduce((sum, [size]) => sum + size, 0);
    const largest = sizes.sort(([a], [b]) => b - a).slice(0, 8);
    assert.ok(total <= PACKAGE_LIMIT, `${total} bytes; the largest: ${JSON.stringify(largest)}`);
  });
});
