import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import {
  COMPARE_REQUEST,
  type CompareReply,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type RevisionsReply,
} from './protocol/compare-requests.js';
import { Editor } from './testing.test.js';

const NAME = 'sub folder/x.playbook.yaml';
const HEAD = EXAMPLE_HEAD.replaceAll('example.tools', '../example.tools').replaceAll(
  'example.policy',
  '../example.policy',
);
const GATED = `${HEAD}  - id: ask # 🔐
    gate: { ask: "🔐?", grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
  - id: suspend
    action: identity.suspend
    with: { user: a@b.example }
`;

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
  const compare = (revision = 'HEAD', name = NAME): Promise<CompareReply> =>
    editor.request(COMPARE_REQUEST, { uri: editor.uri(name), revision });

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
});
