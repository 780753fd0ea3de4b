import assert from 'node:assert/strict';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { Folder, NOISY, TOO_FEW } from './command.test.js';

const NAME = 'few.playbook.yaml';

describe('countersign check --fix', () => {
  let folder: Folder;

  beforeEach(() => {
    folder = new Folder({ [NAME]: TOO_FEW });
  });

  afterEach(() => folder.remove());

  it('applies safe fixes, says which on the error stream, and judges what is left', () => {
    assert.equal(folder.run('check').code, 1);
    const { code, out, err } = folder.run('check', '--fix');
    assert.equal(code, 0);
    assert.equal(out, '✓ 3 files checked, no problems\n');
    assert.equal(err, `${NAME}: 1 problem fixed\n  Change to 2  quorum-too-small\n`);
    assert.equal(folder.read(NAME), TOO_FEW.replace('quorum: 1', 'quorum: 2'));
    const again = folder.run('check', '--fix', '--format', 'json');
    assert.equal(again.err, '');
    assert.doesNotThrow(() => JSON.parse(again.out));
  });

  it('keeps mode, byte order mark and line ends, writes where a link leads, and leaves nothing behind', () => {
    const text = `\ufeff${TOO_FEW.replaceAll('\n', '\r\n')}`;
    folder.write('real/few.playbook.yaml', text.replace(/example\.(\w+)\.yaml/g, '../example.$1.yaml'), 0o640);
    symlinkSync('real/few.playbook.yaml', folder.file('link.playbook.yaml'));
    folder.write('example.tools.yaml', folder.read('example.tools.yaml'));
    const before = readdirSync(folder.file('real'));
    assert.equal(folder.run('check', '--fix', 'real').code, 0);
    const after = readFileSync(folder.file('real/few.playbook.yaml'), 'utf8');
    assert.ok(after.startsWith('\ufeffplaybook') && after.includes('quorum: 2 }\r\n'));
    assert.equal(statSync(folder.file('real/few.playbook.yaml')).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(folder.file('real')), before);
    folder.write('real/few.playbook.yaml', TOO_FEW);
    folder.run('check', '--fix', 'link.playbook.yaml');
    assert.ok(lstatSync(folder.file('link.playbook.yaml')).isSymbolicLink());
    assert.match(folder.read('real/few.playbook.yaml'), /quorum: 2/);
  });

  it('never touches a file with syntax errors, nor what only a person can tell', () => {
    for (const text of [TOO_FEW.replace('owner: ', 'owner:'), `${TOO_FEW}\t- x\n`, NOISY]) {
      folder.write(NAME, text);
      const { err } = folder.run('check', '--fix');
      assert.equal(err, '');
      assert.equal(folder.read(NAME), text);
    }
  });

  it('fixes what is reported: nothing that is suppressed', () => {
    folder.write(
      'countersign.config.yaml',
      `suppressions: [{ rule: quorum-too-small, file: ${NAME}, reason: A drill with one commander. }]\n`,
    );
    assert.equal(folder.run('check', '--fix').code, 0);
    assert.equal(folder.read(NAME), TOO_FEW);
    folder.run('check', '--fix', '--no-suppressions');
    assert.match(folder.read(NAME), /quorum: 2/);
  });

  it('says which file it may not write, and fails', function () {
    chmodSync(folder.file(NAME), 0o444);
    // Whoever may write everything is not refused.
    if (process.getuid?.() === 0) this.skip();
    const { code, err } = folder.run('check', '--fix');
    assert.equal(code, 1);
    assert.match(err, /few\.playbook\.yaml was not fixed: there is no permission to write it/);
  });
});
