import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declarationsOf } from '../language/service/definition.js';
import { type NamedFile, readNames } from '../language/service/named-file.js';
import { meaningsOf, worldOf } from '../language/service/world.js';

const LIBRARY = fileURLToPath(new URL('../../playbooks/', import.meta.url));

describe('the names of the sample library', () => {
  it('each lead to the one place that declares it', () => {
    const files = new Map<string, NamedFile>();
    for (const entry of readdirSync(LIBRARY, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const names = readNames(pathToFileURL(file).href, readFileSync(file, 'utf8'));
      if (names) files.set(names.uri, names);
    }
    const world = worldOf([...files.values()], (uri) => files.get(uri));
    let count = 0;
    for (const file of files.values()) {
      for (const occurrence of file.occurrences) {
        if (occurrence.kind === 'file') continue;
        count++;
        const places = meaningsOf(file, occurrence, world).flatMap(declarationsOf);
        assert.equal(places.length, 1, `${occurrence.kind} "${occurrence.name}" in ${file.uri}`);
      }
    }
    assert.ok(count > 1_000);
  });
});
