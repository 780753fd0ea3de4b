import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import {
  COMPARE_REQUEST,
  type CompareReply,
  REVIEW_REQUEST,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type ReviewReply,
  type RevisionsReply,
} from './protocol/compare-requests.js';
import { Editor } from './testing.test.js';

const NAME = 'sub folder/x.playbook.yaml';
const HEAD = EXAMPLE_HEAD.replaceAll('example.tools', '../example.tools').replaceAll(
  'example.policy',
  '../example.policy',
);
const GATED = `${HEAD}  - id: ask # 🔐
    gate: { ask: "🔐?", grants: [suspend], approvers: { roles: [analyst] }, expires: 30m, timeout: 5m }
  - id: suspend
    action: identity.suspend
    with: { user: a@b.example }
`;

type Reviewed = Extract<ReviewReply, { readonly kind: 'review' }>;

/** The same playbook where nothing gates the act, and one whose approval lasts longer. */
const UNGATED = GATED.replace('timeout: 5m }', 'timeout: 5m }\n    on-reject: continue');
const LONGER = GATED.replace('30m', '2h');

describe('The comparison of a boundary over LSP', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = new Editor({ ...EXAMPLE_FILES, [NAME]: GATED });
    await editor.start();
  });
  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  function git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', ['-C', editor.folder, ...who, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  function committed(): string {
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    return git('rev-parse', 'HEAD');
  }

  const revisions = (name = NAME): Promise<RevisionsReply> =>
    editor.request(REVISIONS_REQUEST, { uri: editor.uri(name) });
  const compare = (revision: string | null = 'HEAD', name = NAME): Promise<CompareReply> =>
    editor.request(COMPARE_REQUEST, { uri: editor.uri(name), revision });
  const review = async (revision: string | null = null, name = ''): Promise<Reviewed> => {
    const reply: ReviewReply = await editor.request(REVIEW_REQUEST, { uri: editor.uri(name), revision });
    assert.ok(reply.kind === 'review', JSON.stringify(reply));
    return reply;
  };
  const told = ({ acts }: Reviewed): readonly string[] =>
    acts.map(({ file, step, class: is, withoutPerson }) => `${file} ${step} ${is}${withoutPerson ? ' alone' : ''}`);

  it('offers what to compare with', async () => {
    const first = committed();
    git('switch', '--quiet', '--create', 'change/one');
    assert.deepEqual(await revisions(), {
      kind: 'revisions',
      head: first,
      left: { branch: 'main', commit: first },
      branches: ['change/one', 'main'],
    });
  });

  it('is of the text as it is typed, with places on both sides', async () => {
    const commit = committed();
    await editor.openOnly(NAME, GATED);
    const same = await compare();
    assert.deepEqual([same.kind, same.kind === 'comparison' && same.acts], ['comparison', []]);
    await editor.editOnly(NAME, 'timeout: 5m }\n', 'timeout: 5m }\n    on-reject: continue\n');
    const reply = await compare();
    assert.equal(reply.kind, 'comparison');
    assert.deepEqual([reply.commit, reply.file, reply.moved], [commit, NAME, false]);
    const [act, ...more] = reply.acts;
    assert.ok(act && more.length === 0);
    assert.deepEqual([act.class, act.causes, act.violates, act.withoutPerson], ['widened', ['playbook'], true, true]);
    assert.deepEqual(
      act.path.map(({ words, place }) => [words, place.inRevision, editor.words(NAME, place.range)]),
      [
        ['ask (rejected)', false, 'ask'],
        ['suspend', false, 'identity.suspend'],
      ],
    );
    assert.deepEqual([act.before?.verdict, act.after?.verdict], ['proven', 'violated']);
    const line = GATED.split('\n').findIndex((text) => text.includes('action: identity.suspend'));
    assert.deepEqual([act.before?.place.range.start.line, act.after?.place.range.start.line], [line, line + 1]);
    const text = await editor.request(REVISION_TEXT_REQUEST, { uri: editor.uri(NAME), commit });
    assert.equal(text, GATED);
  });

  it('counts unsaved text of a policy', async () => {
    committed();
    const policy = EXAMPLE_FILES['example.policy.yaml'] ?? '';
    await editor.openOnly(
      'example.policy.yaml',
      policy.replace('[ana@soc.example, ', '[ana@soc.example, zoe@soc.example, '),
    );
    const reply = await compare();
    assert.ok(reply.kind === 'comparison');
    assert.deepEqual(
      reply.acts.map((act) => [act.class, act.causes]),
      [['widened', ['roles']]],
    );
  });

  it('knows a playbook that moved, and one that is new', async () => {
    committed();
    git('mv', NAME, 'sub folder/y.playbook.yaml');
    const moved = await compare('HEAD', 'sub folder/y.playbook.yaml');
    assert.ok(moved.kind === 'comparison');
    assert.deepEqual([moved.file, moved.moved, moved.acts], [NAME, true, []]);
    editor.write('sub folder/new.playbook.yaml', GATED.replace('playbook: example', 'playbook: new'));
    const fresh = await compare('HEAD', 'sub folder/new.playbook.yaml');
    assert.ok(fresh.kind === 'comparison');
    assert.deepEqual([fresh.file, fresh.acts.map((act) => [act.class, act.before])], [null, [['widened', null]]]);
  });

  it('says why there is none', async () => {
    const none = await compare();
    assert.ok(none.kind === 'none');
    assert.match(none.reason, /in no git work tree/);
    assert.equal((await revisions()).kind, 'none');
    git('init', '--quiet', '--initial-branch=main');
    assert.match(JSON.stringify(await revisions()), /no commit yet/);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    assert.match(JSON.stringify(await compare('no/such')), /cannot be read: git knows no such revision here/);
    assert.match(JSON.stringify(await compare('--output=x')), /no name of a revision/);
    assert.equal(await editor.request(REVISION_TEXT_REQUEST, { uri: editor.uri('gone.yaml'), commit: 'HEAD' }), null);
  });

  it('is of all playbooks with where the branch began, unsaved text, new files and those that are gone included', async () => {
    editor.write('b.playbook.yaml', GATED.replaceAll('../', '').replace('playbook: example', 'playbook: b'));
    editor.write('gone.playbook.yaml', GATED.replaceAll('../', '').replace('playbook: example', 'playbook: gone'));
    const first = committed();
    git('switch', '--quiet', '--create', 'change/one');
    const longer = LONGER.replaceAll('../', '').replace('playbook: example', 'playbook: b');
    editor.write('b.playbook.yaml', longer);
    git('commit', '--quiet', '--all', '--message', 'longer');
    git('rm', '--quiet', 'gone.playbook.yaml');
    editor.write('sub folder/new.playbook.yaml', GATED.replace('playbook: example', 'playbook: new'));
    await editor.openOnly(NAME, UNGATED);
    const reply = await review();
    assert.deepEqual(told(reply), [
      'sub folder/x.playbook.yaml suspend widened alone',
      'b.playbook.yaml suspend widened',
      'sub folder/new.playbook.yaml suspend widened',
      'gone.playbook.yaml suspend narrowed',
    ]);
    assert.deepEqual([reply.commit, reply.branch, reply.playbooks, reply.touched], [first, 'main', 7, 4]);
    assert.deepEqual(told(await review('HEAD')).length, 3);
    const { acts } = await review();
    assert.deepEqual(
      acts.map(({ before, after }) => [before === null, after === null]),
      [
        [false, false],
        [false, false],
        [true, false],
        [false, true],
      ],
    );
  });

  it('leaves out playbooks that lie in no folder of the workspace, and nothing where the repository is in one', async () => {
    committed();
    editor.write(NAME, UNGATED);
    editor.write('top.playbook.yaml', UNGATED.replaceAll('../', '').replace('playbook: example', 'playbook: top'));
    const change = (added: string, removed: string): Promise<void> =>
      editor.notify('workspace/didChangeWorkspaceFolders', {
        event: { added: [{ uri: editor.uri(added), name: 'a' }], removed: [{ uri: editor.uri(removed), name: 'b' }] },
      });
    assert.equal((await review('HEAD')).acts.length, 2);
    await change('sub folder', '');
    assert.deepEqual(told(await review('HEAD', NAME)), ['sub folder/x.playbook.yaml suspend widened alone']);
    await change('..', 'sub folder');
    assert.equal((await review('HEAD', NAME)).acts.length, 2);
  });

  it('tells what the policy of before acknowledges, and what only that of now does', async () => {
    committed();
    await editor.openOnly(NAME, LONGER);
    const [open] = (await review('HEAD')).acts;
    assert.match(open?.change ?? '', /^[0-9a-f]{40}$/);
    assert.deepEqual([open?.acknowledged, open?.proposed], [null, false]);
    const policy = `${EXAMPLE_FILES['example.policy.yaml']}acknowledged:
  - { change: ${open?.change}, playbook: example, step: suspend, tool: identity.suspend, owner: soc, reason: "One 🔐", expires: 2999-12-31 }
  - { change: ${'a'.repeat(40)}, playbook: example, step: ask, tool: a.b, owner: soc, reason: Before, expires: 2020-01-01 }
`;
    editor.write('example.policy.yaml', policy);
    assert.equal((await review('HEAD')).acts[0]?.proposed, true);
    git('commit', '--quiet', '--message', 'agreed', 'example.policy.yaml');
    const { acts, idle } = await review('HEAD');
    const agreed = { owner: 'soc', reason: 'One 🔐', expires: '2999-12-31' };
    assert.deepEqual(acts[0]?.acknowledged, agreed);
    assert.deepEqual(
      idle.map(({ why, step, place }) => [why, step, place.inRevision, place.range.start.line]),
      [['expired', 'ask', true, policy.split('\n').findIndex((line) => line.includes('Before'))]],
    );
    const one = await compare('HEAD');
    assert.ok(one.kind === 'comparison');
    assert.deepEqual([one.acts[0]?.acknowledged, one.acts[0]?.change], [agreed, open?.change]);
  });

  it('of all says why there is none', async () => {
    const none = async (revision: string | null): Promise<string> =>
      JSON.stringify(await editor.request(REVIEW_REQUEST, { uri: editor.uri(''), revision }));
    assert.match(await none(null), /in no git work tree/);
    git('init', '--quiet', '--initial-branch=elsewhere');
    assert.match(await none(null), /no commit yet/);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    assert.match(await none(null), /where the branch began cannot be told: there is no branch \\"main\\"/);
    assert.match(await none('no/such'), /cannot be read: git knows no such revision here/);
    assert.deepEqual((await review('HEAD')).acts, []);
  });
});
