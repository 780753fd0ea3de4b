import assert from 'node:assert/strict';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { Folder } from '../command.test.js';

const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATE = `  - id: ask
    gate: { ask: "Suspend|it?", grants: [suspend], approvers: { roles: [analyst, incident-commander] }, expires: 1h }
`;
const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const HIDDEN = `${HEAD}${GATE}    on-reject: continue\n${ACT}`;

describe('countersign boundary', () => {
  let folder: Folder;
  before(() => {
    folder = new Folder({
      'gated.playbook.yaml': `${HEAD}${GATE}${ACT}`,
      'hidden.playbook.yaml': HIDDEN,
      'calls.playbook.yaml': `${HEAD}  - id: contain\n    call: hidden.playbook.yaml\n`,
    });
  });
  after(() => folder.remove());

  it('says who lets an act run, and that it is proven', () => {
    const { code, out } = folder.run('boundary', 'gated.playbook.yaml');
    assert.equal(code, 0, out);
    assert.match(
      out,
      /After approval\n +✓ proven +suspend +identity\.suspend \(contain\) on alert\.entities\.users\[0\]/,
    );
    assert.match(out, /1 person of analyst or incident-commander at "ask", valid for 1h/);
    assert.match(out, /✓ 1 proven/);
  });

  it('shows a path a person can follow, and exits with 1', () => {
    const { code, out } = folder.run('boundary', 'hidden.playbook.yaml');
    assert.equal(code, 1);
    assert.match(out, /✗ violated +suspend/);
    assert.match(out, /path: ask \(rejected\) → suspend/);
  });

  it('gives one object as JSON, with places, and a list for several', () => {
    const { out } = folder.run('boundary', 'hidden.playbook.yaml', '--format', 'json');
    const { version, playbook, cells } = JSON.parse(out);
    assert.deepEqual([version, playbook, cells.length], [1, 'example', 1]);
    const [{ step, tool, verdict, approval, witness, place }] = cells;
    assert.deepEqual([step, tool, verdict, approval.gate], ['suspend', 'identity.suspend', 'violated', 'ask']);
    assert.deepEqual(witness, [{ step: 'ask', edge: 'rejected' }]);
    const line = HIDDEN.split('\n')[place.range.start.line] ?? '';
    assert.equal(line.slice(place.range.start.character, place.range.end.character), 'identity.suspend');
    const several = JSON.parse(
      folder.run('boundary', 'gated.playbook.yaml', 'hidden.playbook.yaml', '--format=json').out,
    );
    assert.equal(several.length, 2);
  });

  it('counts what a called playbook may do as the caller’s', () => {
    const { code, out } = folder.run('boundary', 'calls.playbook.yaml', '--format', 'json');
    assert.equal(code, 1);
    const [cell] = JSON.parse(out).cells;
    assert.deepEqual(
      [cell.step, cell.verdict, cell.place.file],
      ['contain/suspend', 'violated', 'hidden.playbook.yaml'],
    );
  });

  it('gives a table for a pull request that no name can break out of', () => {
    const { out } = folder.run('boundary', 'hidden.playbook.yaml', '--format', 'markdown');
    assert.match(out, /\| violated \| suspend \| identity\.suspend &#40;contain&#41; \|/);
    assert.match(out, /- suspend, identity\.suspend: .*Path: ask &#40;rejected&#41; → suspend\./);
  });

  it('says what is missing', () => {
    assert.equal(folder.run('boundary').code, 2);
    assert.equal(folder.run('boundary', 'none.playbook.yaml').code, 3);
    assert.equal(folder.run('boundary', 'example.policy.yaml').code, 3);
  });
});
