import assert from 'node:assert/strict';
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Folder } from './command.test.js';

const PLAYBOOKS = fileURLToPath(new URL('../../playbooks', import.meta.url));
const RUN = ['run', 'playbooks/phishing-triage.playbook.yaml', '--case', 'playbooks/cases/credential-phish.case.yaml'];

describe('countersign keys', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({});
  });
  afterEach(() => folder.remove());

  it('makes a key that only its owner can read, never over another, and shows the public one', () => {
    const made = folder.run('keys', 'new', '--name', 'soc.example/ana');
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^soc\.example\/ana\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n$/);
    const file = folder.file('config/countersign/keys/default.key');
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^PRIVATE\+KEY\+soc\.example\/ana\+/);
    assert.doesNotMatch(`${made.out}${made.err}`, /PRIVATE\+KEY/);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(folder.run('keys', 'show').out, made.out);
    const again = folder.run('keys', 'new');
    assert.equal(again.code, 2);
    assert.match(again.err, /never written over/);
    assert.equal(readFileSync(file, 'utf8'), text);
    const other = folder.run('keys', 'new', '--out', 'other.key');
    assert.match(other.out, /^countersign-[0-9a-f]{8}\+/);
    assert.equal(folder.run('keys', 'show', 'other.key').out, other.out);
    assert.equal(folder.run('keys', 'list').out, `default.key  ${made.out}`);
  });

  it('refuses a key that others can read, a name that is none, and says when there is no key', function () {
    assert.deepEqual([folder.run('keys', 'show').code, folder.run('keys', 'list').code], [3, 0]);
    assert.match(folder.run('keys', 'show').err, /no such file\. Make one with "countersign keys new"/);
    assert.equal(folder.run('keys', 'new', '--name', 'two words').code, 2);
    assert.equal(folder.run('keys', 'make').code, 2);
    assert.equal(folder.run('keys').code, 2);
    assert.equal(folder.run('keys', 'show', '--name', 'x').code, 2);
    folder.write('junk.key', 'junk', 0o600);
    assert.match(folder.run('keys', 'show', 'junk.key').err, /has no private key/);
    if (process.platform === 'win32') this.skip();
    folder.run('keys', 'new', '--out', 'open.key');
    folder.write('open.key', folder.read('open.key'), 0o644);
    const shown = folder.run('keys', 'show', 'open.key');
    assert.equal(shown.code, 3);
    assert.match(shown.err, /others can read it\. .*chmod 600/);
  });

  it('signs runs with it, and verify finds with it what the file alone does not show', () => {
    cpSync(PLAYBOOKS, folder.file('playbooks'), { recursive: true });
    const key = folder.run('keys', 'new').out.trim();
    assert.equal(folder.run(...RUN, '--trace', 'signed.trace.jsonl').code, 0);
    const verified = folder.run('verify', 'signed.trace.jsonl', '--key', key, '--format', 'json');
    assert.equal(verified.code, 0, verified.out + verified.err);
    const { checkpoints, lines } = JSON.parse(verified.out);
    assert.deepEqual([checkpoints.key, checkpoints.keyGiven, checkpoints.upTo], [key, true, lines]);
    assert.ok(checkpoints.confirmed > 2);

    folder.write('key.txt', `${key}\n`);
    const kept = folder.run(
      'verify',
      'signed.trace.jsonl',
      '--key',
      'key.txt',
      '--checkpoint',
      'signed.trace.checkpoints',
    );
    assert.equal(kept.code, 0);
    assert.match(kept.out, /are those of the checkpoints that were kept elsewhere and given/);

    assert.equal(folder.run(...RUN, '--trace', 'plain.trace.jsonl', '--key', 'none').code, 0);
    const plain = folder.run('verify', 'plain.trace.jsonl', '--key', key);
    assert.equal(plain.code, 6);
    assert.match(plain.out, /The trace is broken: The trace has no checkpoints, so nothing of it is signed by/);
    assert.equal(folder.run('verify', 'plain.trace.jsonl').code, 0);

    writeFileSync(folder.file('signed.trace.checkpoints'), '');
    const taken = folder.run('verify', 'signed.trace.jsonl');
    assert.equal(taken.code, 6);
    assert.match(taken.out, /signs checkpoints of it; \d+ are, the first after line 1, missing/);

    assert.equal(folder.run('verify', 'plain.trace.jsonl', '--key', 'nonsense').code, 2);
    assert.equal(folder.run('verify', 'plain.trace.jsonl', '--checkpoint', 'none.txt').code, 3);
    assert.equal(folder.run(...RUN, '--trace', 'x.trace.jsonl', '--key', 'none.key').code, 2);
    folder.write(path.join('config', 'countersign', 'keys', 'default.key'), 'junk', 0o600);
    const broken = folder.run(...RUN, '--trace', 'y.trace.jsonl');
    assert.equal(broken.code, 2, 'a key that cannot be used is not passed over');
    assert.match(broken.err, /default\.key cannot be used/);
  });
});

describe('countersign personal', () => {
  it('erases what tokens stand for, and the trace stays valid', () => {
    const folder = new Folder({});
    try {
      cpSync(PLAYBOOKS, folder.file('playbooks'), { recursive: true });
      assert.equal(folder.run(...RUN, '--trace', 'x.trace.jsonl', '--personal', 'commit').code, 0);
      assert.doesNotMatch(folder.read('x.trace.jsonl'), /t\.alder/);
      const listed = folder.run('personal', 'list', 'x.trace.jsonl');
      assert.match(listed.out, /^user\tt\.alder\t\[user:[0-9a-f]{64}\]$/m);
      assert.equal(folder.run('personal', 'erase', 'x.trace.jsonl').code, 2);
      assert.equal(folder.run('personal', 'erase', 'x.trace.jsonl', 'nobody').code, 3);
      assert.equal(folder.run('personal', 'erase', 'x.trace.jsonl', 'T.Alder').code, 0);
      const after = folder.run('personal', 'list', 'x.trace.jsonl');
      assert.doesNotMatch(after.out, /\tt\.alder\t/);
      assert.match(after.err, /Some values were erased/);
      assert.equal(folder.run('verify', 'x.trace.jsonl').code, 0);
      assert.equal(folder.run('personal', 'erase', 'x.trace.jsonl', '--all').code, 0);
      assert.equal(folder.run('personal', 'list', 'x.trace.jsonl').out, '');
      assert.equal(folder.run('verify', 'x.trace.jsonl').code, 0);
      assert.equal(folder.run(...RUN, '--trace', 'y.trace.jsonl').code, 0);
      assert.equal(folder.run('personal', 'list', 'y.trace.jsonl').code, 3);
      assert.equal(folder.run('personal', 'list').code, 2);
    } finally {
      folder.remove();
    }
  });
});
