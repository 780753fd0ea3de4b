import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findForeign } from '../cli/foreign/found.js';
import { looksForeign, mayBeForeign } from '../client/foreign/looks-foreign.js';

/** As `foreign-corpora.test.ts` finds them. */
const FOLDER = path.join(
  process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url)),
  'playbooks',
);

/** Files that many folders have, each in a few words of its kind. */
const OTHERS = {
  'package.json': '{ "name": "a", "type": "module", "scripts": { "test": "mocha" }, "dependencies": { "b": "1" } }',
  'tasks.json':
    '{ "version": "2.0.0", "tasks": [{ "label": "build", "type": "shell", "command": "make" }], "inputs": [] }',
  'action.yml':
    'name: Check\ninputs:\n  token: { description: a, type: string }\nruns:\n  using: composite\n  steps:\n    - run: make\n',
  'ci.yml': 'name: CI\non: [push]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n',
  'site.yml': '- hosts: all\n  tasks:\n    - name: a\n      action: ping\n',
  'tasks.yml': 'version: "3"\ntasks:\n  build:\n    cmds: [make]\n',
  'compose.yaml': 'services:\n  web: { image: nginx, links: [db], type: a }\n',
  'openapi.json': '{ "openapi": "3.1.0", "components": { "schemas": { "A": { "type": "object" } } }, "paths": {} }',
};

describe('What the editor takes for a playbook of another product', () => {
  for (const [name, text] of Object.entries(OTHERS)) {
    it(`is not ${name}`, () => assert.equal(looksForeign(text), false));
  }

  it('is every file the server knows as one, its parts included', function () {
    if (!existsSync(FOLDER)) {
      console.log(`      There are no corpora at ${FOLDER}; COUNTERSIGN_CORPORA names another folder.`);
      this.skip();
    }
    const { chosen } = findForeign([FOLDER]);
    const files = new Set(chosen.flatMap(({ uri, steps }) => [uri, ...steps.map((step) => step.uri)]));
    assert.ok(files.size > 200);
    const missed = [...files].filter((uri) => {
      const file = fileURLToPath(uri);
      return !mayBeForeign(file) || !looksForeign(readFileSync(file, 'utf8'));
    });
    assert.deepEqual(missed, []);
  });
});
