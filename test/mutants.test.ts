import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './platform/repository.js';

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly what: string;
}

/** Planting them and running the tests takes a minute and more: `npm run mutants` does. This keeps the list and its table true. */
describe('planted faults of the runner', () => {
  let mutants: readonly Mutant[];
  let planted: (text: string, mutant: Mutant) => string;
  before(async () => {
    ({ MUTANTS: mutants, planted } = await import(path.join(repository, 'scripts/mutants.mjs')));
  });

  it('can all still be planted, each by its name', () => {
    assert.ok(mutants.length >= 15);
    assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    for (const one of mutants) {
      const text = readFileSync(path.join(repository, 'out', one.file), 'utf8');
      assert.notEqual(planted(text, one), text, one.name);
    }
  });

  it('that are stale are said to be', () => {
    const [first] = mutants;
    assert.ok(first);
    assert.throws(() => planted('another text', first), /is stale/);
  });

  it('are all in the docs, and no other', () => {
    const page = readFileSync(path.join(repository, 'docs/security.md'), 'utf8');
    const table = page.slice(page.indexOf('## Planted faults'));
    const named = [...table.matchAll(/^\| `([a-z-]+)` +\| (.+?) *\|/gm)].map(([, name, what]) => [name, what]);
    assert.deepEqual(
      named,
      mutants.map(({ name, what }) => [name, what]),
    );
  });
});
