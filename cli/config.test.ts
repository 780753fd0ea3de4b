import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isFixed } from '../language/config/fixed-rules.js';
import { RULES } from '../language/index.js';
import { Folder, NOISY, TOO_FEW } from './command.test.js';

const CONFIG = 'countersign.config.yaml';
const suppression = (file: string, more = ''): string =>
  `suppressions:\n  - rule: missing-budget\n    file: ${file}\n    reason: The gateway limits it.\n${more}`;

describe('countersign check with a configuration', () => {
  let folder: Folder;

  beforeEach(() => {
    folder = new Folder({ 'a/noisy.playbook.yaml': NOISY.replace(/(example\.\w+\.yaml)/g, '../$1') });
  });

  afterEach(() => folder.remove());

  it('reports rules as loudly as it says, and exits by that', () => {
    assert.equal(folder.run('check').code, 0);
    folder.write(CONFIG, 'rules: { missing-budget: error }\n');
    const louder = folder.run('check');
    assert.equal(louder.code, 1);
    assert.match(louder.out, /noisy\.playbook\.yaml:11:9 {2}error .*missing-budget/);
    folder.write(CONFIG, 'rules: { missing-budget: information }\n');
    const quiet = folder.run('check', '--fail-on', 'warning');
    assert.equal(quiet.code, 0);
    assert.match(quiet.out, /information .*missing-budget/);
    folder.write(CONFIG, 'rules: { missing-budget: off }\n');
    assert.doesNotMatch(folder.run('check').out, /missing-budget/);
  });

  it('leaves out what is suppressed, says how many, and shows it to a reviewer', () => {
    folder.write(CONFIG, suppression('a/noisy.playbook.yaml'));
    const { code, out } = folder.run('check', '--fail-on', 'warning');
    assert.equal(code, 0);
    assert.equal(out, '✓ 4 files checked, no problems (1 suppressed)\n');
    const review = folder.run('check', '--fail-on', 'warning', '--no-suppressions');
    assert.equal(review.code, 1);
    assert.match(review.out, /missing-budget/);
    folder.write(CONFIG, 'rules: { missing-budget: off }\n');
    assert.equal(folder.run('check', '--fail-on', 'warning', '--no-suppressions').code, 1);
  });

  it('is the same from whichever folder it is started, in a repository', () => {
    folder.write('.git/HEAD', 'ref: refs/heads/main\n');
    folder.write(CONFIG, suppression('a/'));
    for (const where of ['.', 'a']) {
      const { code, out } = folder.runIn(where, 'check', '--fail-on', 'warning');
      assert.equal(code, 0, out);
      assert.match(out, /1 suppressed/);
    }
  });

  it('is checked with the files it holds for, wherever it is', () => {
    folder.write('.git/HEAD', 'ref: refs/heads/main\n');
    folder.write(CONFIG, 'rules: { missing-bugdet: off }\n');
    const { code, out } = folder.runIn('a', 'check', 'noisy.playbook.yaml');
    assert.equal(code, 1);
    assert.match(out, /countersign\.config\.yaml:1:10 {2}error .*Did you mean "missing-budget"\? {2}unknown-rule/);
  });

  for (const [what, text, said] of [
    ['bad YAML', 'rules: {\n', /yaml-syntax/],
    ['an unknown rule in a suppression', suppression('a/').replace('missing-budget', 'x'), /unknown-rule/],
    ['a missing reason', suppression('a/').replace(/ +reason.*\n/, ''), /"reason" is missing .*missing-key/],
    ['an empty reason', suppression('a/').replace(/reason.*/, 'reason: ""'), /must not be empty/],
    ['what cannot be suppressed', suppression('a/').replace('missing-budget', 'unknown-key'), /cannot be suppressed/],
    ['what cannot be switched off', 'rules: { yaml-syntax: off }\n', /cannot be reported as anything but an error/],
    ['an unknown key', 'rulez: {}\n', /Did you mean "rules"\?/],
    ['a level that is none', 'rules: { missing-budget: loud }\n', /"loud" is not one of error, warning/],
  ] as const)
    it(`refuses ${what}, and then it does nothing`, () => {
      folder.write(CONFIG, text);
      const { code, out } = folder.run('check');
      assert.equal(code, 1);
      assert.match(out, said);
      assert.match(out, /warning .*missing-budget/);
    });

  it('cannot be hidden by bytes that are no text', () => {
    folder.write('a/countersign.config.yaml', new Uint8Array([0xff, 0xfe, 0x00]));
    folder.write(CONFIG, suppression('a/'));
    const { code, out } = folder.run('check', 'a/noisy.playbook.yaml');
    assert.equal(code, 1);
    assert.match(out, /a\/countersign\.config\.yaml:1:1 {2}error {2}This file cannot be read/);
    assert.match(out, /missing-budget/);
  });

  it('reports suppressions that cover nothing: of a file at once, of a folder when all of it was checked', () => {
    folder.write('a/quiet.tools.yaml', folder.read('example.tools.yaml'));
    folder.write(CONFIG, suppression('example.tools.yaml'));
    assert.match(folder.run('check').out, /countersign\.config\.yaml:2:11 {2}warning .*unused-suppression/);
    folder.write(CONFIG, suppression('a/').replace('missing-budget', 'missing-undo'));
    assert.match(folder.run('check').out, /unused-suppression/);
    assert.match(folder.run('check', 'a').out, /unused-suppression/);
    assert.doesNotMatch(folder.run('check', 'a/noisy.playbook.yaml').out, /unused-suppression/);
    folder.write(CONFIG, suppression('a/'));
    assert.doesNotMatch(folder.run('check').out, /unused-suppression/);
  });

  it('changes what is reported, never what runs', () => {
    folder.write('few.playbook.yaml', TOO_FEW);
    folder.write(CONFIG, 'rules: { quorum-too-small: off }\n');
    folder.write('few.case.yaml', 'case: few\nplaybook: example\nalert: few.alert.json\n');
    folder.write('few.alert.json', JSON.stringify(ALERT));
    assert.equal(folder.run('check', 'few.playbook.yaml').code, 0);
    const { code, err } = folder.run('run', 'few.playbook.yaml', '--case', 'few.case.yaml');
    assert.equal(code, 1, err);
    assert.match(err, /quorum/);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

  it('names every rule that cannot be silenced', () => {
    const [, section = ''] = /### What cannot be silenced\n([\s\S]*?)\n## /.exec(page) ?? [];
    for (const { name } of RULES) assert.equal(section.includes(`\`${name}\``), isFixed(name), name);
  });

  it('shows a configuration that is right', () => {
    const [, text = ''] = /```yaml\n(rules:[\s\S]*?)```/.exec(page) ?? [];
    const folder = new Folder({ 'countersign.config.yaml': text });
    const { out } = folder.run('check', 'countersign.config.yaml');
    folder.remove();
    assert.match(out, /1 file checked: 0 errors, 1 warning\n$/);
    assert.match(out, /there is no such file.*unused-suppression/);
  });
});

const ALERT = {
  class_uid: 2004,
  category_uid: 2,
  type_uid: 200401,
  activity_id: 1,
  severity_id: 4,
  time: 1_700_000_000_000,
  metadata: { version: '1.6.0', product: { vendor_name: 'Example' } },
  finding_info: { uid: 'f-1', title: 'An example' },
};
