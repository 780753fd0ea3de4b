import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { boundaryOf, EXAMPLE_FILES, EXAMPLE_HEAD, loadPlaybook } from '../../language/index.js';
import { Folder } from '../command.test.js';
import { recordText } from './record-text.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, expires: 1h }
`;
const GATED = `${HEAD}${GATE}${ACT}`;

/** The record of a playbook with this text. */
function recorded(text: string, file = 'x.playbook.yaml'): string {
  const read = (uri: string): string | undefined => EXAMPLE_FILES[uri.replace(/^.*\//, '')];
  return recordText(boundaryOf(loadPlaybook(`file:///w/${file}`, text, { read })), file);
}

describe('Boundary records', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({ 'x.playbook.yaml': GATED });
  });
  afterEach(() => folder.remove());

  it('are written beside their playbooks, and then they are right', () => {
    assert.equal(folder.run('boundary', '--write').code, 0);
    assert.match(
      folder.read('x.boundary.md'),
      /\n## After approval\n\n- `suspend`: `identity\.suspend` \(contain\) on `alert\.entities\.users\[0\]`; approve; 1 person of `analyst` at `ask`, valid for `1h`; .*; proven\n/,
    );
    assert.equal(folder.run('boundary', '--check').code, 0);
    const { out } = folder.run('boundary', '--write', 'x.playbook.yaml');
    assert.match(out, /is right {2}x\.boundary\.md/);
  });

  it('are missing, stale or left over with exit code 22, and checking changes nothing', () => {
    const missing = folder.run('boundary', '--check');
    assert.deepEqual([missing.code, missing.out], [22, '✗ missing    x.boundary.md\n']);
    folder.run('boundary', '--write');
    const before = folder.read('x.boundary.md');
    folder.write('x.playbook.yaml', GATED.replace('expires: 1h', 'expires: 2h'));
    const stale = folder.run('boundary', '--check', 'x.playbook.yaml');
    assert.deepEqual([stale.code, stale.out], [22, '✗ stale      x.boundary.md\n']);
    assert.equal(folder.read('x.boundary.md'), before);
    folder.run('boundary', '--write');
    folder.write('y.playbook.yaml', GATED);
    folder.run('boundary', '--write');
    rmSync(folder.file('y.playbook.yaml'));
    const left = folder.run('boundary', '--check');
    assert.deepEqual([left.code, left.out], [22, '✗ left over  y.boundary.md\n']);
    assert.equal(folder.run('boundary', '--write').code, 22);
  });

  it('are stale when what the playbook rests on changed', () => {
    folder.run('boundary', '--write');
    folder.write('example.tools.yaml', folder.read('example.tools.yaml').replaceAll('undo: identity.restore', ''));
    assert.equal(folder.run('boundary', '--check').code, 22);
  });

  it('stay right with the line ends of another system', () => {
    folder.run('boundary', '--write');
    folder.write('x.boundary.md', folder.read('x.boundary.md').replaceAll('\n', '\r\n'));
    assert.equal(folder.run('boundary', '--check').code, 0);
  });

  it('replace nothing that is no record', () => {
    folder.write('x.boundary.md', '# Our notes\n');
    const { code, err } = folder.run('boundary', '--write');
    assert.equal(code, 1);
    assert.match(err, /this is no boundary record/);
    assert.equal(folder.read('x.boundary.md'), '# Our notes\n');
  });

  it('do not depend on where steps stand, on the folder or on comments', () => {
    const other = `  - id: delete
    action: identity.delete_user
    with: { user: "\${{ alert.entities.users[0] }}" }
    autonomy: manual
`;
    assert.equal(recorded(`${HEAD}${GATE}${ACT}${other}`), recorded(`# Why\n\n${HEAD}${other}${GATE}${ACT}`));
    assert.equal(recorded(GATED, 'a/b/x.playbook.yaml'), recorded(GATED));
  });

  it('change by one line where one act changes', () => {
    const [was, is] = [GATED, GATED.replace('expires: 1h', 'expires: 2h')].map((text) => recorded(text).split('\n'));
    assert.equal(was?.filter((line, index) => line !== is?.[index]).length, 1);
  });

  it('have no markup of a playbook’s own, whatever it says', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('`', '``', '\n', '|', '<', '#', '- ', '\u202e', '\u0007', 'a', ' '),
    });
    fc.assert(
      fc.property(hostile, (said) => {
        const text = GATED.replace('playbook: example', `playbook: ${JSON.stringify(said)}`)
          .replace('id: suspend', `id: ${JSON.stringify(`s${said}`)}`)
          .replace('grants: [suspend]', `grants: [${JSON.stringify(`s${said}`)}]`)
          .replace('alert.entities.users[0] }}"', `alert.entities.users[0] }}" , reason: ${JSON.stringify(said)}`);
        const record = recorded(text);
        const lines = record.split('\n');
        const titles = lines.filter((line) => line.startsWith('#')).map((line) => line.replace(/`.*/, ''));
        assert.deepEqual(
          titles,
          ['# Boundary of ', '## Without a person', '## Told afterwards', '## After approval', '## By a person'].map(
            (title, index) => (index === 0 && /^# Boundary of \(/.test(lines[0] ?? '') ? lines[0] : title),
          ),
        );
        for (const hidden of ['\u202e', '\u0007', '\r']) assert.ok(!record.includes(hidden));
        for (const line of lines) {
          // As Markdown reads code: up to a run of as many backticks. What is left is ours.
          const outside = line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '');
          assert.doesNotMatch(outside, /[`|<\u202e]/);
        }
      }),
    );
  });

  it('are not written, checked and shown at once', () => {
    assert.equal(folder.run('boundary', '--write', '--check').code, 2);
    assert.equal(folder.run('boundary', '--write', '--format', 'json').code, 2);
  });
});
