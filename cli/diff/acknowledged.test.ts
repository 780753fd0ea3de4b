import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { Folder, type Ran } from '../command.test.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
`;
const ALONE = `${HEAD}${ACT}    autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.user in alert.entities.users\n`;
const HOLE = `${HEAD}${GATE}    on-reject: continue\n${ACT}`;
const LATE = '2099-12-31';

interface Entry {
  readonly change: string;
  readonly expires?: string;
  readonly step?: string;
  readonly playbook?: string;
  readonly reason?: string;
}

describe('Acknowledged widenings', () => {
  let folder: Folder;
  let policy: string;
  const git = (...args: readonly string[]): void => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stderr } = spawnSync('git', ['-C', folder.path, ...who, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  const commit = (message: string): void => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
  };
  const acknowledge = (...entries: readonly Entry[]): void => {
    const lines = entries.map(
      ({ change, expires = LATE, step = 'suspend', playbook = 'example', reason = 'Night shift has one analyst.' }) =>
        `  - { change: ${change}, playbook: ${playbook}, step: ${step}, tool: identity.suspend, owner: soc-manager, reason: ${JSON.stringify(reason)}, expires: ${expires} }\n`,
    );
    folder.write('example.policy.yaml', `${policy}acknowledged:\n${lines.join('')}`);
  };
  const json = () => JSON.parse(folder.run('diff', 'HEAD', '--format', 'json').out);
  /** The fingerprint of the one change that the work tree makes. */
  const fingerprint = (): string => {
    const [{ fingerprint }, ...more] = json().changes;
    assert.equal(more.length, 0);
    assert.match(fingerprint, /^[0-9a-f]{40}$/);
    return fingerprint;
  };
  /** Commits the playbook as it was with these acknowledgements, and then widens it. */
  const agreed = (widened: string, ...entries: readonly Entry[]): Ran => {
    folder.write('x.playbook.yaml', `${HEAD}${GATE}${ACT}`);
    acknowledge(...entries);
    commit('agreed');
    folder.write('x.playbook.yaml', widened);
    return folder.run('diff', 'HEAD');
  };

  beforeEach(() => {
    folder = new Folder({ 'x.playbook.yaml': `${HEAD}${GATE}${ACT}` });
    policy = folder.read('example.policy.yaml');
    git('init', '--quiet', '--initial-branch=main');
    commit('first');
    folder.write('x.playbook.yaml', ALONE);
  });
  afterEach(() => folder.remove());

  it('are told apart and do not fail', () => {
    const { code, out } = agreed(ALONE, { change: fingerprint() });
    assert.equal(code, 0, out);
    assert.match(out, /May do more, as acknowledged\n {2}(?:▲|◆) \S.* suspend {2}identity\.suspend/);
    assert.match(out, /acknowledged: by soc-manager until 2099-12-31: Night shift has one analyst\./);
    assert.match(out, /✓ 1 playbook, 1 touched: 0 widened, 1 acknowledged, 0 narrowed, 0 unchanged/);
    const { summary, changes } = json();
    assert.deepEqual([summary.widened, summary.incomparable, summary.acknowledged], [0, 0, 1]);
    assert.deepEqual(changes[0].acknowledged, {
      owner: 'soc-manager',
      reason: 'Night shift has one analyst.',
      expires: LATE,
    });
    const sarif = JSON.parse(folder.run('diff', 'HEAD', '--format', 'sarif').out);
    assert.equal(sarif.runs[0].results[0].suppressions[0].status, 'accepted');
    const comment = folder.run('diff', 'HEAD', '--format', 'markdown').out;
    assert.match(comment, /^### Authorization boundary: nothing may do more than is acknowledged\n/);
    assert.match(
      comment,
      /\*\*Acknowledged\*\*\n\n- \*\*identity\.suspend\*\* .* Acknowledged by soc-manager until 2099-12-31/,
    );
  });

  it('say nothing that becomes markup or moves the cursor', () => {
    agreed(ALONE, { change: fingerprint(), reason: '<img src=x> [a](b) @ana \u001b[2J\u202e' });
    const comment = folder.run('diff', 'HEAD', '--format', 'markdown').out;
    assert.match(comment, /&#60;img src=x&#62; &#91;a&#93;&#40;b&#41; @<!-- -->ana ⟨U\+001B⟩&#91;2J⟨U\+202E⟩/);
    const { out } = folder.run('diff', 'HEAD');
    assert.match(out, /@ana ⟨U\+001B⟩\[2J⟨U\+202E⟩/);
    assert.ok(!out.includes('\u001b'));
  });

  it('hold only for the very change', () => {
    const change = fingerprint();
    const more = ALONE.replace('    where: args.user in alert.entities.users\n', '');
    const { code, out } = agreed(more, { change });
    assert.equal(code, 20);
    assert.match(out, /! unused {2}The acknowledgement of [0-9a-f]{40} .* is for no change here/);
    assert.notEqual(fingerprint(), change);
  });

  it('stay while lines move and other acts change', () => {
    const change = fingerprint();
    const other = `  - id: reset
    action: identity.suspend
    with: { user: someone@b.example }
    autonomy: manual
`;
    folder.write('x.playbook.yaml', `# A comment\n${ALONE}${other}`);
    assert.equal(fingerprint(), change);
  });

  it('name playbook and step as well as the change', () => {
    const change = fingerprint();
    assert.equal(agreed(ALONE, { change, step: 'other' }).code, 20);
    assert.equal(agreed(ALONE, { change, playbook: 'other' }).code, 20);
    assert.equal(agreed(ALONE, { change }).code, 0);
  });

  it('end after their last day', () => {
    const { code, out } = agreed(ALONE, { change: fingerprint(), expires: '2020-01-31' });
    assert.equal(code, 20);
    assert.match(
      out,
      /! expired {2}The acknowledgement of .* ended on 2020-01-31\. Delete it, or have soc-manager decide/,
    );
    assert.equal(agreed(ALONE, { change: fingerprint(), expires: 'never' }).code, 20);
  });

  it('do not count where the change itself brings them', () => {
    acknowledge({ change: fingerprint() });
    const { code, out } = folder.run('diff', 'HEAD');
    assert.equal(code, 20);
    assert.match(out, /acknowledged: only in the policy of HEAD, where it does not count/);
    assert.equal(json().changes[0].proposed, true);
    const comment = folder.run('diff', 'HEAD', '--format', 'markdown').out;
    assert.match(comment, /acknowledged in the head only, where that does not count/);
  });

  it('count in the policy that the playbook named before, not in one it names now', () => {
    const change = fingerprint();
    folder.write('x.playbook.yaml', `${HEAD}${GATE}${ACT}`);
    acknowledge({ change });
    folder.write('other.policy.yaml', folder.read('example.policy.yaml'));
    folder.write('example.policy.yaml', policy);
    commit('another policy agrees');
    folder.write('x.playbook.yaml', ALONE);
    assert.equal(folder.run('diff', 'HEAD').code, 20);
    folder.write('x.playbook.yaml', ALONE.replace('example.policy.yaml', 'other.policy.yaml'));
    assert.equal(folder.run('diff', 'HEAD').code, 20);
  });

  it('count for a playbook that is new', () => {
    git('rm', '--quiet', '--force', 'x.playbook.yaml');
    commit('none');
    folder.write('x.playbook.yaml', ALONE);
    acknowledge({ change: fingerprint() });
    git('add', 'example.policy.yaml');
    git('commit', '--quiet', '--message', 'agreed before it is there');
    assert.equal(folder.run('diff', 'HEAD').code, 0);
  });

  it('cannot agree to what the policy does not allow', () => {
    folder.write('x.playbook.yaml', HOLE);
    const { code, out } = agreed(HOLE, { change: fingerprint() });
    assert.equal(code, 21);
    assert.doesNotMatch(out, /as acknowledged/);
  });

  it('are done with once the change deletes them', () => {
    const change = fingerprint();
    agreed(ALONE, { change });
    commit('widened');
    assert.match(folder.run('diff', 'HEAD').out, /! unused/);
    folder.write('example.policy.yaml', policy);
    const { code, out } = folder.run('diff', 'HEAD');
    assert.equal(code, 0);
    assert.doesNotMatch(out, /unused|cause: policy/);
  });
});

describe('Boundary records in a comparison', () => {
  const GATED = `${HEAD}${GATE}${ACT}`;
  let folder: Folder;
  const git = (...args: readonly string[]): void => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stderr } = spawnSync('git', ['-C', folder.path, ...who, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  beforeEach(() => {
    folder = new Folder({ 'x.playbook.yaml': GATED });
    assert.equal(folder.run('boundary', '--write').code, 0);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
  });
  afterEach(() => folder.remove());

  it('end with 22 where one is stale and nothing worse is found', () => {
    folder.write('x.playbook.yaml', GATED.replace('timeout: 5m', 'timeout: 5m, expires: 1h'));
    const { code, out } = folder.run('diff', 'HEAD');
    assert.equal(code, 22, out);
    assert.match(
      out,
      /Boundary records\n {2}✗ Run "countersign boundary --write" and commit what it changes\. Stale: x\.boundary\.md\.\n/,
    );
    assert.deepEqual(json(), [{ file: 'x.boundary.md', why: 'stale' }]);
    assert.match(
      folder.run('diff', 'HEAD', '--format', 'markdown').out,
      /- Run "countersign boundary --write" .*x\.boundary\.md/,
    );
    folder.run('boundary', '--write');
    assert.equal(folder.run('diff', 'HEAD').code, 0);
    assert.deepEqual(json(), []);
    folder.write('x.boundary.md', '');
    folder.write('x.playbook.yaml', HOLE);
    assert.equal(folder.run('diff', 'HEAD').code, 21);
  });

  it('find one that was edited by hand or deleted, though no playbook was touched', () => {
    folder.write('x.boundary.md', folder.read('x.boundary.md').replace('analyst', 'soc-manager'));
    assert.equal(folder.run('diff', 'HEAD').code, 22);
    git('rm', '--quiet', '--force', 'x.boundary.md');
    assert.equal(folder.run('diff', 'HEAD').code, 22);
    assert.deepEqual(json(), [{ file: 'x.boundary.md', why: 'missing' }]);
  });

  it('find one that a deleted playbook leaves', () => {
    git('rm', '--quiet', 'x.playbook.yaml');
    assert.equal(folder.run('diff', 'HEAD').code, 22);
    assert.deepEqual(json(), [{ file: 'x.boundary.md', why: 'left over' }]);
  });

  it('are not asked of playbooks that have none, and a widening comes first', () => {
    folder.write('y.playbook.yaml', GATED.replace('playbook: example', 'playbook: other'));
    const { code } = folder.run('diff', 'HEAD');
    assert.equal(code, 20);
    assert.deepEqual(json(), []);
  });

  function json(): unknown {
    return JSON.parse(folder.run('diff', 'HEAD', '--format', 'json').out).records;
  }
});
