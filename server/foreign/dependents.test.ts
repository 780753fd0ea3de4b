import assert from 'node:assert/strict';
import { Document } from '../document.js';
import { Workspace } from '../workspace.js';
import { createForeign } from './foreign.js';

const TEXT = 'name: A\nstarttaskid: "0"\ntasks:\n  "0": { type: start }\n';

describe('What is checked again with a file', () => {
  const workspace = new Workspace({
    read: () => undefined,
    exists: () => false,
    stamp: () => undefined,
    list: async () => [],
    filesIn: () => [],
  });
  const foreign = createForeign(workspace, async () => undefined);
  const ONE = 'file:///w/theirs/a%20b.yml';
  before(async () => {
    for (const uri of [ONE, 'file:///w/other/c.yml']) {
      workspace.put(new Document(uri, 'yaml', 1, TEXT, 'utf-16'));
      assert.ok(await foreign.read(uri));
    }
  });

  it('are the open playbooks of its folder and of the folders it configures, not itself', () => {
    assert.deepEqual(foreign.dependents('file:///w/theirs/d.json'), [ONE]);
    assert.deepEqual(foreign.dependents('file:///w/theirs/steps/e.yaml'), [ONE]);
    assert.deepEqual(foreign.dependents('file:///w/theirs/own.effects.yaml'), [ONE]);
    assert.deepEqual(foreign.dependents('file:///w/theirs/a b.yml'), []);
    assert.equal(foreign.dependents('file:///w/countersign.config.yaml').length, 2);
    assert.deepEqual(foreign.dependents('file:///w/d.json'), []);
  });

  it('are none with a key in one of ours, or once they are closed', () => {
    for (const name of ['a.playbook.yaml', 'a.tools.yaml', 'default.policy.yaml', 'notes.txt'])
      assert.deepEqual(foreign.dependents(`file:///w/theirs/${name}`), [], name);
    foreign.forget(ONE);
    assert.deepEqual(foreign.dependents('file:///w/theirs/d.json'), []);
  });
});
