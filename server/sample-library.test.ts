import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES_REQUEST, type CaseItem } from './protocol/requests.js';
import { Editor } from './testing.test.js';

/** What is in the library so that the check calls it out; `test/samples.test.ts` says by which rule. */
const CALLED_OUT = 'drift/';
const LIBRARY = fileURLToPath(new URL('../../playbooks/', import.meta.url));

describe('language server over the sample library', () => {
  const files: { [name: string]: string } = {};
  for (const entry of readdirSync(LIBRARY, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(LIBRARY, file).replaceAll(path.sep, '/')] = readFileSync(file, 'utf8');
  }
  const named = (suffix: string): string[] =>
    Object.keys(files).filter((name) => name.endsWith(suffix) && !name.startsWith(CALLED_OUT));
  let editor: Editor;

  beforeEach(async () => {
    editor = new Editor(files);
    await editor.start();
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  it('has nothing to say about any of it', async () => {
    const ours = ['.playbook.yaml', '.tools.yaml', '.policy.yaml', '.case.yaml'].flatMap(named);
    assert.ok(ours.length > 0);
    for (const name of ours) {
      const { diagnostics } = await editor.open(name, files[name]!);
      assert.deepEqual(diagnostics, [], name);
    }
  });

  it('finds cases for every playbook', async () => {
    for (const name of named('.playbook.yaml')) {
      const cases = await editor.request<CaseItem[]>(CASES_REQUEST, { uri: editor.uri(name) });
      assert.ok(cases.length > 0, name);
      for (const item of cases) assert.ok(item.title !== '' && item.uri.endsWith('.case.yaml'));
    }
  });
});
