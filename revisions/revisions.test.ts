import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXAMPLE_HEAD } from '../language/index.js';
import { Repository } from './git-repository.test.js';
import {
  branchesOf,
  commitOf,
  defaultBranch,
  diskTree,
  gitTree,
  gitTrees,
  mergeBase,
  parentsOf,
  reviewTrees,
  rootOf,
  type Tree,
} from './index.js';

const GATED = `${EXAMPLE_HEAD}  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
  - id: suspend
    action: identity.suspend
    with: { user: a@b.example }
`;
const UNGATED = GATED.replace('timeout: 5m }', 'timeout: 5m }\n    on-reject: continue');

async function treeAt(repository: Repository, revision: string): Promise<Tree> {
  const tree = await gitTree(repository.path, revision);
  assert.ok(tree.ok, tree.ok ? '' : tree.reason);
  return tree.value;
}

describe('the files of a git revision', () => {
  let repository: Repository;
  before(() => {
    repository = new Repository({
      'a b/x.playbook.yaml': GATED,
      'own.yaml': 'users: [a]\n',
      'node_modules/y/z.playbook.yaml': GATED,
    });
  });
  after(() => repository.remove());

  it('are those of the commit, whatever lies in the folder now', async () => {
    repository.write({ 'a b/x.playbook.yaml': UNGATED, 'new.playbook.yaml': GATED });
    const tree = await treeAt(repository, 'HEAD');
    assert.equal(tree.commit, repository.git('rev-parse', 'HEAD'));
    assert.ok(tree.files.includes('a b/x.playbook.yaml'));
    assert.ok(!tree.files.includes('new.playbook.yaml'));
    assert.ok(!tree.files.some((file) => file.includes('node_modules')));
    assert.equal(tree.read('a b/x.playbook.yaml'), GATED);
    assert.equal(tree.read('a b/../own.yaml'), 'users: [a]\n');
    assert.equal(tree.read('../outside.yaml'), undefined);
    assert.equal(tree.read('new.playbook.yaml'), undefined);
  });

  it('that are too long, or no text, are as good as not there', async () => {
    const own = new Repository({ 'long.playbook.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}`, 'context.json': '"x"' });
    writeFileSync(path.join(own.path, 'bytes.playbook.yaml'), Buffer.from([0xff, 0xfe, 0]));
    own.commit('more');
    const tree = await treeAt(own, 'HEAD');
    assert.deepEqual(
      ['long.playbook.yaml', 'bytes.playbook.yaml', 'context.json'].map((file) => tree.read(file)),
      [undefined, undefined, '"x"'],
    );
    own.remove();
  });

  it('follow links inside the repository and no others', async () => {
    const linked = new Repository();
    mkdirSync(path.join(linked.path, 'sub'));
    symlinkSync('../own.yaml', path.join(linked.path, 'sub/link.yaml'));
    symlinkSync('/etc/hostname', path.join(linked.path, 'sub/out.yaml'));
    symlinkSync('circle.yaml', path.join(linked.path, 'sub/circle.yaml'));
    linked.write({ 'own.yaml': 'here: true\n' });
    linked.commit('links');
    const tree = await treeAt(linked, 'main');
    assert.equal(tree.read('sub/link.yaml'), 'here: true\n');
    assert.equal(tree.read('sub/out.yaml'), undefined);
    assert.equal(tree.read('sub/circle.yaml'), undefined);
    linked.remove();
  });

  it('start nothing that the repository’s configuration names, and take no option for a revision', async () => {
    const trap = path.join(repository.path, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch "${repository.path}/sprung"\n`);
    chmodSync(trap, 0o755);
    for (const key of ['core.fsmonitor', 'diff.yaml.textconv', 'core.pager', 'filter.yaml.smudge'])
      repository.git('config', key, trap);
    writeFileSync(path.join(repository.path, '.gitattributes'), '*.yaml diff=yaml filter=yaml\n');
    await treeAt(repository, 'HEAD');
    assert.equal(repository.git('ls-files', '--others', 'sprung'), '');
    for (const hostile of ['--output=x', '-x', '', 'HEAD\nHEAD', 'no/such', 'HEAD:own.yaml'])
      assert.equal((await commitOf(repository.path, hostile)).ok, false, hostile);
  });

  it('cannot be told where the content of one is missing, as in a partial clone', async () => {
    const own = new Repository({ 'x.playbook.yaml': GATED });
    const blob = own.git('rev-parse', 'HEAD:x.playbook.yaml');
    rmSync(path.join(own.path, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const tree = await gitTree(own.path, 'HEAD');
    assert.match(tree.ok ? '' : tree.reason, /^the content of some files is not in this clone/);
    own.remove();
  });

  it('of several revisions are read together, each with its own fault', async () => {
    const own = new Repository({ 'x.playbook.yaml': GATED });
    own.write({ 'x.playbook.yaml': UNGATED });
    own.commit('second');
    const names = ['HEAD', 'no-such', 'main~1', '@{upstream}', '--output=x'];
    const trees = await gitTrees(own.path, names);
    assert.deepEqual(
      trees.map((tree) => (tree.ok ? tree.value.read('x.playbook.yaml') === GATED : tree.reason.length > 0)),
      [false, true, true, true, true],
    );
    assert.deepEqual(
      trees.map(({ ok }) => ok),
      [true, false, true, false, false],
    );
    const shallow = path.join(own.path, 'shallow');
    own.git('clone', '--quiet', '--depth=1', `file://${own.path}`, shallow);
    const parents = await parentsOf(shallow, own.git('rev-parse', 'HEAD'));
    assert.deepEqual(parents, { ok: true, value: [own.git('rev-parse', 'HEAD~1')] });
    assert.equal((await commitOf(shallow, 'HEAD~1')).ok, false);
    assert.equal((await parentsOf(shallow, 'HEAD')).ok, false);
    own.remove();
  });

  it('branches, the one that changes go into, and where one left it', async () => {
    const own = new Repository();
    const first = own.git('rev-parse', 'HEAD');
    own.git('switch', '--quiet', '--create', 'change/one');
    own.write({ 'x.playbook.yaml': GATED });
    own.commit('second');
    assert.deepEqual(await defaultBranch(own.path), { ok: true, value: 'main' });
    assert.deepEqual(await mergeBase(own.path, 'HEAD', 'main'), { ok: true, value: first });
    const branches = await branchesOf(own.path);
    assert.deepEqual(branches.ok && [...branches.value].sort(), ['change/one', 'main']);
    assert.deepEqual(await rootOf(path.join(own.path, '.git/..')), { ok: true, value: own.path });
    assert.equal((await rootOf(tmpdir())).ok, false);
    own.remove();
  });
});

describe('the review of two trees', () => {
  it('compares a revision with the folder, its callers and moved files included', async () => {
    const caller = `${EXAMPLE_HEAD}  - id: contain\n    call: x.playbook.yaml\n`.replace(
      'playbook: example',
      'playbook: caller',
    );
    const repository = new Repository({
      'x.playbook.yaml': GATED,
      'caller.playbook.yaml': caller,
      'old/y.playbook.yaml': GATED.replace('playbook: example', 'playbook: y').replaceAll('example.', '../example.'),
    });
    repository.write({ 'x.playbook.yaml': UNGATED });
    repository.git('mv', 'old', 'moved');
    const base = await treeAt(repository, 'HEAD');
    const review = reviewTrees(base, diskTree(repository.path, 'work tree'), repository.path, undefined);
    const told = review.playbooks.flatMap(({ base, head, review }) =>
      review.changes.map((one) => `${base ?? '-'} ${head ?? '-'} ${one.step} ${one.class} ${one.causes.join()}`),
    );
    assert.deepEqual(told, [
      'caller.playbook.yaml caller.playbook.yaml contain/suspend widened called playbook',
      'x.playbook.yaml x.playbook.yaml suspend widened playbook',
    ]);
    assert.ok(
      review.playbooks.some(({ base, head }) => base === 'old/y.playbook.yaml' && head === 'moved/y.playbook.yaml'),
    );
    repository.remove();
  });
});
