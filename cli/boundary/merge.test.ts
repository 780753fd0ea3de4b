import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { Folder } from '../command.test.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const PLAYBOOK = `${HEAD}  - id: ask
    gate:
      ask: Go?
      grants: [suspend]
      timeout: 5m
      approvers:
        roles: [analyst]
      # Far enough from the roles that both lines merge.
      # How long it is good for is the policy's to say in the end,
      # so this is a wish.
      expires: 1h
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const ROLES = ['roles: [analyst]', 'roles: [incident-commander]'] as const;
const EXPIRES = ['expires: 1h', 'expires: 30m'] as const;

describe('The merge driver for boundary records', () => {
  let folder: Folder;
  const git = (...args: readonly string[]): { readonly code: number | null; readonly said: string } => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', ['-C', folder.path, ...who, ...args], { encoding: 'utf8' });
    return { code: status, said: stdout + stderr };
  };
  const commit = (message: string): void => {
    assert.equal(folder.run('boundary', '--write').code, 0);
    git('add', '--all');
    const { code, said } = git('commit', '--quiet', '--message', message);
    assert.equal(code, 0, said);
  };
  /** Both sides change the line of the same act, each in its own way. */
  const apart = (ours: (text: string) => string, theirs: (text: string) => string): void => {
    git('switch', '--quiet', '--create', 'theirs');
    folder.write('soc/x.playbook.yaml', theirs(PLAYBOOK));
    commit('theirs');
    git('switch', '--quiet', 'main');
    folder.write('soc/x.playbook.yaml', ours(PLAYBOOK));
    commit('ours');
  };
  const withDriver = (): void => {
    const program = process.env.COUNTERSIGN_CLI ?? fileURLToPath(new URL('../main.js', import.meta.url));
    git('config', 'merge.countersign-boundary.driver', `"${process.execPath}" "${program}" boundary --merge %A %P`);
  };

  beforeEach(() => {
    folder = new Folder({
      'soc/x.playbook.yaml': PLAYBOOK,
      '.gitattributes': '*.boundary.md merge=countersign-boundary\n',
    });
    for (const name of ['example.tools.yaml', 'example.policy.yaml']) folder.write(`soc/${name}`, folder.read(name));
    git('init', '--quiet', '--initial-branch=main');
    commit('first');
  });
  afterEach(() => folder.remove());

  const changeRoles = (text: string): string => text.replace(...ROLES);
  const changeExpiry = (text: string): string => text.replace(...EXPIRES);

  it('leaves the record of the merged playbook, where without it there is a conflict', () => {
    apart(changeRoles, changeExpiry);
    assert.equal(git('merge', '--no-edit', 'theirs').code, 1);
    assert.equal(git('merge', '--abort').code, 0);
    withDriver();
    const { code, said } = git('merge', '--no-edit', 'theirs');
    assert.equal(code, 0, said);
    assert.equal(folder.read('soc/x.playbook.yaml'), changeRoles(changeExpiry(PLAYBOOK)));
    assert.match(folder.read('soc/x.boundary.md'), /1 person of `incident-commander` at `ask`, valid for `30m`/);
    assert.equal(folder.run('boundary', '--check').code, 0);
    assert.equal(git('status', '--porcelain').said, '');
  });

  it('leaves a conflict where the playbook is in conflict, and writing mends it', () => {
    withDriver();
    apart(changeExpiry, (text) => text.replace(EXPIRES[0], 'expires: 20m'));
    const { code, said } = git('merge', '--no-edit', 'theirs');
    assert.equal(code, 1);
    assert.match(said, /soc\/x\.playbook\.yaml, which it rests on, is in conflict itself/);
    assert.match(git('status', '--porcelain').said, /^UU soc\/x\.boundary\.md$/m);
    folder.write('soc/x.playbook.yaml', changeExpiry(PLAYBOOK));
    commit('merged');
    assert.equal(folder.run('boundary', '--check').code, 0);
  });

  it('says what to do in a rebase, where git does not say what is merged', () => {
    withDriver();
    apart(changeRoles, changeExpiry);
    git('switch', '--quiet', 'theirs');
    const { code, said } = git('rebase', 'main');
    assert.equal(code, 1);
    assert.match(said, /run "countersign boundary --write" and add the record/);
    assert.equal(folder.run('boundary', '--write').code, 0);
    git('add', '--all');
    const done = git('-c', 'core.editor=true', 'rebase', '--continue');
    assert.equal(done.code, 0, done.said);
    assert.equal(folder.run('boundary', '--check').code, 0);
  });
});
