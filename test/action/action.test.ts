import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { moduleAddress, repository } from '../platform/repository.js';
import { FakeGitHub } from './fake-github.js';
import { PullRequest } from './pull-request.js';

const TOKEN = 'token-of-the-test';
const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
`;
const GATED = `${HEAD}${GATE}${ACT}`;
const HOLE = `${HEAD}${GATE}    on-reject: continue\n${ACT}`;
const ALONE = `${HEAD}${ACT}    autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.user in alert.entities.users\n`;
const X = 'soc/x.playbook.yaml';
const below = (text: string): string =>
  text.replaceAll('example.tools', '../example.tools').replaceAll('example.policy', '../example.policy');

/** What ships: the folder that a release tag holds, and the program its action.yml names. */
describe('The GitHub Action', function () {
  this.timeout(60_000); // each is a process or several, on a machine that may be busy
  let release: string;
  let pull: PullRequest;
  let github: FakeGitHub;
  let api: string;
  before(async () => {
    assert.ok(existsSync(path.join(repository, 'dist/action.cjs')), 'dist/ is built: npm run build');
    release = mkdtempSync(path.join(tmpdir(), 'countersign-release-'));
    const { layOut } = await import(moduleAddress('scripts/release.mjs'));
    layOut(release);
  });
  after(() => rmSync(release, { recursive: true, force: true }));
  beforeEach(async () => {
    pull = new PullRequest(release, { [X]: below(GATED) });
    github = new FakeGitHub(TOKEN);
    api = await github.start();
  });
  afterEach(async () => {
    await github.stop();
    pull.remove();
  });
  const push = (text: string): void => {
    pull.push({ [X]: below(text) });
    github.head = pull.sha('change');
  };
  const run = (how: Parameters<PullRequest['run']>[2] = {}) => pull.run(api, TOKEN, how);
  const own = (): readonly string[] =>
    github.comments.filter(({ user }) => user.login === github.login).map(({ body }) => body);

  it('says what a pull request lets the AI do, at its line, in one comment, in the summary and in outputs', async () => {
    push(HOLE);
    const { code, log, commands, summary, outputs } = await run();
    assert.equal(code, 1);
    const line = HOLE.split('\n').findIndex((one) => one.includes('action: identity.suspend')) + 1;
    assert.match(
      log,
      new RegExp(
        `^::error file=soc/x.playbook.yaml,line=${line},endLine=${line},title=identity.suspend may run against the policy::identity.suspend at "suspend"`,
      ),
    );
    assert.deepEqual(commands, ['error', 'error']);
    assert.match(log, /The check fails: violated\./);
    const [body = '', ...more] = own();
    assert.equal(more.length, 0);
    assert.match(
      body,
      /^<!-- countersign-boundary [0-9a-f]{16} -->\n### Authorization boundary: 1 act may do more without a person, 1 against the policy\n/,
    );
    assert.ok(body.includes(`Head: \`${pull.sha('change')}\`. Base: \`${pull.sha('main')}\``));
    assert.ok(
      body.includes(`](https://github.example/example/soc/blob/${pull.sha('change')}/soc/x.playbook.yaml#L${line})`),
    );
    assert.match(summary, /^### Authorization boundary/);
    assert.match(summary, /The check fails: violated\./);
    const { sarif = '', ...counts } = outputs;
    assert.deepEqual(counts, {
      result: 'violated',
      widened: '1',
      incomparable: '0',
      violated: '1',
      acknowledged: '0',
      narrowed: '0',
      unchanged: '0',
      stale: '0',
    });
    assert.equal(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results.length, 1);
  });

  it('keeps that comment up to date, and says in it when nothing is left of the change', async () => {
    push(HOLE);
    await run();
    push(ALONE);
    assert.equal((await run()).outputs.result, 'widened');
    assert.match(own().join(), /1 act may do more without a person\n/);
    push(GATED);
    assert.equal((await run()).code, 0);
    assert.equal(own().length, 1);
    assert.match(own().join(), /Authorization boundary: no change\n[\s\S]*nothing more than before/);
    assert.ok(own().join().includes(pull.sha('change')));
    const before = github.asked.length;
    await run();
    assert.ok(github.asked.slice(before).every((asked) => !/^(PATCH|DELETE|POST \/repos)/.test(asked)));
  });

  it('writes no comment where there is nothing to say, or none is wanted', async () => {
    pull.push({ 'README.md': 'Hello.\n' });
    github.head = pull.sha('change');
    const quiet = await run();
    assert.deepEqual([quiet.code, quiet.commands, own()], [0, [], []]);
    push(HOLE);
    const before = github.asked.length;
    assert.equal((await run({ inputs: { comment: 'false' } })).code, 1);
    assert.deepEqual(github.asked.slice(before), []);
  });

  it('does not fail for a token that only reads, and says where the comment is', async () => {
    push(GATED.replace('timeout: 5m', 'timeout: 5m, expires: 1h'));
    push(
      `${GATED}  - id: other\n    action: identity.suspend\n    with: { user: a@b.example }\n    autonomy: manual\n`,
    );
    push(ALONE);
    github.readOnly = true;
    const fork = pull.payload() as { pull_request: { head: object; base: object; number: number } };
    const payload = {
      pull_request: { ...fork.pull_request, head: { ...fork.pull_request.head, repo: { full_name: 'ana/soc' } } },
    };
    const { code, summary, commands, outputs } = await run({ payload, inputs: { 'fail-on': 'violated' } });
    assert.deepEqual([code, outputs.result], [0, 'ok']);
    assert.match(
      summary,
      /No comment was written: on a pull request from another repository the token can only read &#40;403/,
    );
    assert.match(summary, /The check passes although something is widened/);
    assert.deepEqual(commands, ['warning', 'notice']);
    assert.deepEqual(own(), []);
    const same = await run();
    assert.equal(same.code, 1);
    assert.match(
      same.log,
      /Give the job "permissions%3A|Give the job "permissions: \{ contents: read, pull-requests: write \}"/,
    );
  });

  it('does not let an earlier head have the last word', async () => {
    push(HOLE);
    github.head = '0123456789abcdef0123456789abcdef01234567';
    const { summary } = await run();
    assert.deepEqual(own(), []);
    assert.match(summary, /The pull request has moved on to 0123456789ab meanwhile/);
  });

  it('compares what merging would do, by the policy as it is on the branch by then', async () => {
    push(ALONE);
    const first = await run();
    assert.deepEqual([first.outputs.result, first.outputs.incomparable], ['widened', '1']);
    const [, change] = /: `([0-9a-f]{40})`\n/.exec(own().join()) ?? [];
    const policy = pull.git('show', 'main:example.policy.yaml');
    const entry = `acknowledged:\n  - { change: ${change}, playbook: example, step: suspend, tool: identity.suspend, owner: soc-manager, reason: Night shift., expires: 2099-12-31 }\n`;
    pull.push({ 'example.policy.yaml': `${policy}\n${entry}` }, 'main');
    const { code, outputs, commands } = await run();
    assert.deepEqual([code, outputs.result, outputs.acknowledged, outputs.incomparable], [0, 'ok', '1', '0']);
    assert.deepEqual(commands, ['notice']);
    assert.match(own().join(), /Acknowledged by soc-manager until 2099-12-31/);
  });

  it('compares the head with where it left the branch where the merge is not there', async () => {
    push(HOLE);
    pull.push({ [X]: below(GATED), 'y.playbook.yaml': HOLE.replace('playbook: example', 'playbook: y') }, 'main');
    const { outputs } = await run({ ref: 'refs/heads/change', sha: '0123456789abcdef0123456789abcdef01234567' });
    assert.deepEqual([outputs.result, outputs.widened], ['violated', '1']);
  });

  it('names the setting of the checkout where the history is missing', async () => {
    push(HOLE);
    for (const ref of ['refs/pull/7/merge', 'refs/heads/change']) {
      const { code, log, outputs } = await run({ depth: 1, ref });
      assert.equal(code, 1);
      assert.match(log, /^::error title=Countersign::This clone .*"fetch-depth: 0"\.\n$/);
      assert.deepEqual(outputs, {});
    }
    assert.equal((await run({ depth: 2 })).outputs.result, 'violated');
    assert.equal(own().length, 1);
  });

  it('compares the two commits of a merge queue, and asks no API', async () => {
    push(HOLE);
    const payload = { merge_group: { base_sha: pull.sha('main'), head_sha: pull.sha('change') } };
    assert.equal((await run({ event: 'merge_group', payload })).outputs.result, 'violated');
    assert.deepEqual(github.asked, []);
  });

  it('does not run where whoever opens a pull request gets a token that can write', async () => {
    push(HOLE);
    const { code, log } = await run({ event: 'pull_request_target' });
    assert.equal(code, 1);
    assert.match(log, /does not run on pull_request_target/);
    assert.deepEqual(github.asked, []);
  });

  it('says what is wrong with an input, and looks below the folder it is told', async () => {
    push(HOLE);
    const { code, log } = await run({ inputs: { path: 'docs' } });
    assert.equal(code, 1);
    assert.match(log, /There is no playbook on either side below "docs"/);
    assert.equal((await run({ inputs: { path: './soc/' } })).outputs.widened, '1');
  });

  it('lets nothing a playbook says become a command, an output, markup or a mention', async () => {
    const name =
      'x\n::set-output name=result::ok\n##[add-mask]y\n::stop-commands::z\r::error::<img src=x> @ana [a](https://evil.example) %0A::warning::';
    push(HOLE.replace('playbook: example', `playbook: ${JSON.stringify(name)}`).replaceAll('id: suspend', 'id: sus'));
    const { commands, log, outputs, summary } = await run();
    assert.deepEqual(commands, ['error', 'error']);
    assert.equal(log.trim().split('\n').length, 3, log);
    assert.equal(outputs.result, 'violated');
    assert.equal(Object.keys(outputs).length, 9);
    for (const text of [summary, own().join()]) assert.doesNotMatch(text, /<img|@ana|\]\(https:\/\/evil|^::/m);
  });

  it('stays within the limits for annotations and comments', async () => {
    const acts = Array.from({ length: 400 }, (_, at) =>
      ALONE.slice(HEAD.length).replace('id: suspend', `id: suspend_${at}_${'x'.repeat(40)}`),
    ).join('');
    push(`${HEAD}${acts}`);
    const { commands, log, outputs } = await run();
    assert.deepEqual(commands.filter((name) => name === 'warning').length, 10);
    assert.match(log, /::warning title=Authorization boundary::39\d more like these\. The job summary has them all\./);
    assert.ok(Number(outputs.widened) >= 399, outputs.widened);
    const [body = ''] = own();
    assert.ok(body.length <= 65_536 && body.length > 40_000, String(body.length));
    assert.match(body, /…and \d+ more changes/);
  });

  it('fails for a boundary record that is not right, and can be told not to', async () => {
    const record = '<!-- `countersign boundary --write` writes this file -->\n';
    pull.push({ [X]: below(GATED), 'soc/x.boundary.md': record }, 'main');
    push(GATED.replace('title: An', 'title: Another\ndescription: An'));
    const { code, outputs, log } = await run();
    assert.deepEqual([code, outputs.result, outputs.stale], [1, 'stale', '1'], log);
    assert.match(
      log,
      /::warning file=soc\/x\.boundary\.md,line=1,title=Boundary record%3A stale::Run "countersign boundary --write"/,
    );
    assert.equal((await run({ inputs: { 'fail-on': 'violated, widened' } })).code, 0);
  });
});

describe('A release', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-release-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the action, a command line without dependencies, and the hooks, in a commit of its own', async () => {
    const { layOut, commitTo } = await import(moduleAddress('scripts/release.mjs'));
    const [tree, target] = [path.join(folder, 'tree'), path.join(folder, 'repository')];
    const git = (...words: readonly string[]): string =>
      spawnSync('git', ['-C', target, ...words], { encoding: 'utf8' }).stdout.trim();
    spawnSync('git', ['init', '--quiet', '--initial-branch=main', target]);
    for (const [key, value] of Object.entries({ 'user.name': 'Ana', 'user.email': 'ana@soc.example' }))
      git('config', key, value);
    git('commit', '--quiet', '--allow-empty', '--message', 'sources');
    layOut(tree);
    const commit = commitTo(target, tree, 'v0.1.0', 'Release v0.1.0, built');
    assert.deepEqual(
      [git('rev-parse', 'v0.1.0'), git('rev-parse', 'v0.1.0^'), git('status', '--porcelain')],
      [commit, git('rev-parse', 'main'), ''],
    );
    const files = git('ls-tree', '-r', '--name-only', 'v0.1.0').split('\n');
    for (const file of [
      'action.yml',
      '.pre-commit-hooks.yaml',
      'LICENSE',
      'package.json',
      'dist/action.cjs',
      'dist/core.cjs',
      'dist/cli.cjs',
      'dist/THIRD-PARTY-LICENSES.txt',
    ])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) => /extension|viewer|\.map$/.test(file)),
      [],
    );
    const manifest = JSON.parse(readFileSync(path.join(tree, 'package.json'), 'utf8'));
    assert.deepEqual(
      [manifest.bin, manifest.dependencies, manifest.scripts],
      [{ countersign: 'dist/cli.cjs' }, undefined, undefined],
    );
    const { stdout } = spawnSync(process.execPath, [path.join(tree, manifest.bin.countersign), '--version'], {
      encoding: 'utf8',
    });
    assert.equal(stdout, `${manifest.version}\n`);
    for (const file of readdirSync(path.join(tree, 'dist')))
      assert.ok(!readFileSync(path.join(tree, 'dist', file)).includes(repository), file);
  });

  it('has hooks that the command line understands', async () => {
    const hooks: readonly { readonly entry: string; readonly files: string }[] = parse(
      readFileSync(path.join(repository, '.pre-commit-hooks.yaml'), 'utf8'),
    );
    for (const { entry, files } of hooks) {
      const [program, ...words] = entry.split(' ');
      assert.equal(program, 'countersign');
      const { status } = spawnSync(process.execPath, [path.join(repository, 'dist/cli.cjs'), ...words, '--help'], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, entry);
      assert.match('playbooks/contain-host.playbook.yaml', new RegExp(files));
    }
  });
});
