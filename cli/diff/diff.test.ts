import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../language/index.js';
import { Folder } from '../command.test.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
`;
const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATED = `${HEAD}${GATE}${ACT}`;
const HOLE = `${HEAD}${GATE}    on-reject: continue\n${ACT}`;
const ALONE = `${HEAD}${ACT}    autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.user in alert.entities.users\n`;

function git(folder: Folder, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder.path, ...who, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

describe('countersign diff', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({ 'x.playbook.yaml': GATED });
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'first');
  });
  afterEach(() => folder.remove());

  it('says that nothing changed', () => {
    const { code, out, err } = folder.run('diff');
    assert.equal(code, 0, err);
    assert.match(out, /✓ 1 playbook, none touched/);
  });

  it('shows what may run without a person now, why, and the path to it', () => {
    folder.write('x.playbook.yaml', HOLE);
    const { code, out } = folder.run('diff');
    assert.equal(code, 21);
    assert.match(out, /May do more without a person\n {2}▲ widened {2}suspend {2}identity\.suspend \(contain\)/);
    assert.match(out, /why: A path leads to it without approval/);
    assert.match(out, /cause: playbook/);
    assert.match(out, /path: ask \(rejected\) → suspend/);
  });

  it('tells what is wider from what violates', () => {
    folder.write('x.playbook.yaml', ALONE);
    assert.equal(folder.run('diff', 'HEAD').code, 20);
    assert.equal(folder.run('diff', 'HEAD', 'HEAD').code, 0);
  });

  it('fails for what it is told to, and for all of it by default', () => {
    folder.write('x.playbook.yaml', ALONE);
    const code = (failOn: string): number | null => folder.run('diff', 'HEAD', '--fail-on', failOn).code;
    assert.deepEqual(['violated', 'stale,violated', 'none', 'widened, stale'].map(code), [0, 0, 0, 20]);
    folder.write('x.playbook.yaml', HOLE);
    assert.deepEqual(['violated', 'widened', 'stale', 'none'].map(code), [21, 20, 0, 0]);
    for (const wrong of ['widen', ',', 'none,stale']) assert.equal(code(wrong), 2, wrong);
    assert.match(
      folder.run('diff', '--fail-on', 'widen').err,
      /"widen" is nothing to fail for.* Did you mean "widened"/s,
    );
  });

  it('gives each form that its help names', () => {
    folder.write('x.playbook.yaml', HOLE);
    const begins = {
      text: /^Boundary of/,
      markdown: /^### /,
      html: /^<!DOCTYPE html>/,
      json: /^\{/,
      sarif: /^\{/,
      gitlab: /^\[/,
    };
    for (const [format, start] of Object.entries(begins)) {
      const { code, out } = folder.run('diff', '--format', format);
      assert.equal(code, 21, format);
      assert.match(out, start);
    }
  });

  it('compares with where the branch left, and two revisions', () => {
    git(folder, 'switch', '--quiet', '--create', 'change');
    folder.write('x.playbook.yaml', ALONE);
    git(folder, 'commit', '--quiet', '--all', '--message', 'second');
    git(folder, 'switch', '--quiet', 'main');
    folder.write('x.playbook.yaml', HOLE);
    git(folder, 'commit', '--quiet', '--all', '--message', 'main goes on');
    git(folder, 'switch', '--quiet', 'change');
    const { code, out } = folder.run('diff');
    assert.equal(code, 20, out);
    assert.match(out, /Boundary of work tree against where HEAD left main \([0-9a-f]{12}\)/);
    const back = folder.run('diff', 'main', 'main~1');
    assert.equal(back.code, 0);
    assert.match(back.out, /May do less\n {2}▼ narrowed/);
  });

  it('compares two folders and two files', () => {
    for (const [name, text] of [
      ['a', GATED],
      ['b', HOLE],
    ] as const) {
      folder.write(`${name}/x.playbook.yaml`, text);
      for (const [file, said] of Object.entries(EXAMPLE_FILES)) folder.write(`${name}/${file}`, said);
    }
    assert.equal(folder.run('diff', 'a', 'b').code, 21);
    assert.equal(folder.run('diff', 'b', 'a').code, 0);
    assert.equal(folder.run('diff', 'a/x.playbook.yaml', 'b/x.playbook.yaml').code, 21);
    assert.equal(folder.run('diff', 'a', 'a').code, 0);
  });

  it('gives JSON with the shape the docs promise', () => {
    folder.write('x.playbook.yaml', HOLE);
    const { version, base, head, summary, changes } = JSON.parse(folder.run('diff', '--format', 'json').out);
    assert.deepEqual([version, base, head], [1, git(folder, 'rev-parse', 'HEAD'), 'work tree']);
    assert.deepEqual(summary, { widened: 1, narrowed: 0, unchanged: 0, incomparable: 0, acknowledged: 0 });
    const [{ playbook, step, tool, class: is, before, after, cause, witness }] = changes;
    assert.deepEqual(
      [playbook, step, tool, is, cause],
      ['example', 'suspend', 'identity.suspend', 'widened', 'playbook'],
    );
    assert.deepEqual([before.verdict, after.verdict], ['proven', 'violated']);
    assert.deepEqual(
      witness.map(({ step, edge, file }: { step: string; edge?: string; file: string }) => [step, edge, file]),
      [
        ['ask', 'rejected', 'x.playbook.yaml'],
        ['suspend', undefined, 'x.playbook.yaml'],
      ],
    );
    const line = HOLE.split('\n')[witness[0].range.start.line] ?? '';
    assert.equal(line.slice(witness[0].range.start.character, witness[0].range.end.character), 'ask');
  });

  it('gives one comment that leads with what needs no person and names the head', () => {
    folder.write('x.playbook.yaml', HOLE);
    git(folder, 'commit', '--quiet', '--all', '--message', 'second');
    const { out } = folder.run('diff', 'HEAD~1', 'HEAD', '--format', 'markdown');
    assert.match(out, /^### Authorization boundary: 1 act may do more without a person, 1 against the policy\n/);
    assert.ok(out.includes(`Head: \`${git(folder, 'rev-parse', 'HEAD')}\``));
    assert.match(out, /Path: ask &#40;rejected&#41; → suspend/);
    assert.match(
      folder.run('diff', 'HEAD', 'HEAD', '--format', 'markdown').out,
      /\*\*Without a person:\*\* nothing more than before/,
    );
  });

  it('no name of a playbook becomes markup', () => {
    folder.write('x.playbook.yaml', HOLE.replace('playbook: example', 'playbook: "<img src=x> [a](b) @ana |"'));
    const { out } = folder.run('diff', '--format', 'markdown');
    assert.match(out, /&#60;img src=x&#62; &#91;a&#93;&#40;b&#41; @<!-- -->ana &#124;/);
  });

  it('gives SARIF with the path as a flow', () => {
    folder.write('x.playbook.yaml', HOLE);
    const { runs } = JSON.parse(folder.run('diff', '--format', 'sarif').out);
    const [{ results, tool }] = runs;
    const [{ ruleId, ruleIndex, level, codeFlows, locations, partialFingerprints }] = results;
    assert.deepEqual(
      [ruleId, level, tool.driver.rules[ruleIndex].id],
      ['boundary-violated', 'error', 'boundary-violated'],
    );
    const flow = codeFlows[0].threadFlows[0].locations.map(
      ({
        location,
      }: {
        location: { message: { text: string }; physicalLocation: { region: { startLine: number } } };
      }) => [location.message.text, location.physicalLocation.region.startLine],
    );
    const lineOf = (text: string): number => HOLE.split('\n').findIndex((line) => line.includes(text)) + 1;
    assert.deepEqual(flow, [
      ['ask: rejected', lineOf('- id: ask')],
      ['identity.suspend runs at suspend.', lineOf('action: identity.suspend')],
    ]);
    assert.equal(locations[0].physicalLocation.artifactLocation.uri, 'x.playbook.yaml');
    folder.write('x.playbook.yaml', HOLE.replace('title: An', 'title: Another\ndescription: An'));
    const [again] = JSON.parse(folder.run('diff', '--format', 'sarif').out).runs[0].results;
    assert.deepEqual(again.partialFingerprints, partialFingerprints);
  });

  it('looks below the folder it is started in, and at what is called from there', () => {
    folder.write(
      'sub/y.playbook.yaml',
      `${HEAD.replaceAll('example.', '../example.')}  - id: contain\n    call: ../x.playbook.yaml\n`,
    );
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'second');
    folder.write('x.playbook.yaml', HOLE);
    const { code, out } = folder.runIn('sub', 'diff', 'HEAD');
    assert.equal(code, 21, out);
    assert.match(out, /contain\/suspend/);
    assert.match(out, /cause: called playbook/);
    assert.match(out, /1 playbook, 1 touched/);
  });

  it('says what is missing', () => {
    assert.equal(folder.run('diff', 'a', 'b', 'c').code, 2);
    assert.equal(folder.run('diff', 'x.playbook.yaml').code, 2);
    assert.equal(folder.run('diff', 'example.policy.yaml', 'example.policy.yaml').code, 2);
    assert.equal(folder.run('diff', 'x.playbook.yaml', 'none.playbook.yaml').code, 3);
    const none = folder.run('diff', 'no-such-branch');
    assert.equal(none.code, 3);
    assert.match(none.err, /"no-such-branch" is no file, folder or revision/);
    assert.equal(folder.run('diff', 'HEAD', '--', '--output=x').code, 3);
    rmSync(folder.file('.git'), { recursive: true });
    const { code, err } = folder.run('diff');
    assert.equal(code, 3);
    assert.match(err, /in no git work tree/);
  });
});
