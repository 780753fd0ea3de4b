import assert from 'node:assert/strict';
import { uuidOf } from '../../language/foreign/cacao/ids.js';
import { EXAMPLE_HEAD } from '../../language/index.js';
import { Folder } from '../command.test.js';
import { sha1 } from './ids.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
const PLAYBOOK = `${HEAD}  - id: ask # who is on call decides
    gate:
      ask: Suspend it?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
  - id: suspend
    title: Suspend the account
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

describe('countersign export --cacao, countersign import', () => {
  let folder: Folder;
  before(() => {
    folder = new Folder({
      'suspend.playbook.yaml': PLAYBOOK,
      'broken.playbook.yaml': PLAYBOOK.replace('Suspend it?', '[]'),
    });
  });
  after(() => folder.remove());

  it('writes a playbook as CACAO, and gives it back with its comments', () => {
    const out = folder.run(
      'export',
      'suspend.playbook.yaml',
      '--cacao',
      '--out',
      'suspend.json',
      '--date',
      '2026-01-31',
    );
    assert.equal(out.code, 0, out.err);
    const again = folder.run('export', 'suspend.playbook.yaml', '--cacao', '--date', '2026-01-31T00:00:00Z');
    assert.equal(again.out, folder.read('suspend.json'), 'the same at another time');
    const boundary = folder.run('boundary', 'suspend.json', '--format', 'json');
    assert.match(boundary.out, /"autonomy": "approve"/, boundary.err);

    const back = folder.run('import', 'suspend.json', '--to', 'given/back');
    assert.equal(back.code, 0, back.err);
    assert.equal(folder.read('given/back/suspend.playbook.yaml'), PLAYBOOK);
    const over = folder.run('import', 'suspend.json', '--to', 'given/back');
    assert.equal(over.code, 2);
    assert.match(over.err, /there is a file already/);
  });

  it('imports nothing that was changed', () => {
    folder.run('export', 'suspend.playbook.yaml', '--cacao', '--out', 'whole.json');
    const changed = folder
      .read('whole.json')
      .replace("'approved'", "'rejected'")
      .replace('"timeout": 900000', '"timeout": 1');
    folder.write('changed.json', changed);
    const back = folder.run('import', 'changed.json', '--to', 'changed');
    assert.equal(back.code, 1);
    assert.match(back.err, /is not what the file says at \/workflow\/.* ask whoever sent it/);
    folder.write('other.json', '{ "type": "playbook", "spec_version": "cacao-2.0", "name": "Other", "workflow": {} }');
    const other = folder.run('import', 'other.json', '--to', 'changed');
    assert.equal(other.code, 0, 'what is no export of ours is a playbook of another product');
    assert.match(folder.read('changed/other.playbook.yaml'), /Imported by "countersign import" from CACAO 2\.0/);
  });

  it('does not import a call of another playbook than the one that was meant', () => {
    const caller = `${HEAD.replace(/^playbook: .*$/m, 'playbook: caller')}  - id: suspend
    call: suspend.playbook.yaml
`;
    folder.write('caller.playbook.yaml', caller);
    const out = folder.run('export', 'caller.playbook.yaml', '--cacao', '--out', 'caller.json');
    assert.equal(out.code, 0, out.err);
    folder.write('elsewhere/suspend.playbook.yaml', PLAYBOOK.replace(/^playbook: .*$/m, 'playbook: another'));
    const back = folder.run('import', 'caller.json', '--to', 'elsewhere');
    assert.equal(back.code, 1);
    assert.match(back.err, /there is another playbook of that name/);
    assert.equal(folder.run('import', 'caller.json', '--to', 'apart').code, 0);
  });

  it('does not export a playbook with errors', () => {
    const out = folder.run('export', 'broken.playbook.yaml', '--cacao');
    assert.deepEqual([out.code, out.out], [1, '']);
    assert.match(out.err, /has .*errors?, .*in line \d+/);
  });

  it('says what it does not understand', () => {
    const code = (...args: string[]): number | null => folder.run(...args).code;
    assert.equal(code('export', '--cacao'), 2);
    assert.equal(code('export', 'suspend.playbook.yaml', '--format', 'otel'), 2);
    assert.equal(code('export', 'suspend.playbook.yaml', '--cacao', '--format', 'otel'), 2);
    assert.equal(code('export', 'suspend.playbook.yaml', '--cacao', '--date', 'today'), 2);
    assert.equal(code('export', 'example.tools.yaml', '--cacao'), 2);
    assert.equal(code('export', 'none.playbook.yaml', '--cacao'), 3);
    assert.equal(code('import', 'suspend.json'), 2);
    assert.equal(code('import', 'none.json', '--to', 'x'), 3);
  });

  // RFC 9562, appendix A.4.
  it('makes UUIDs of names as the standard does', () => {
    assert.equal(
      uuidOf('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com', sha1),
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });
});
