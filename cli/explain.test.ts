import assert from 'node:assert/strict';
import { RULES } from '../language/index.js';
import { Folder } from './command.test.js';

describe('countersign explain', () => {
  const folder = new Folder({});
  after(() => folder.remove());

  it('says what a rule reports, why, and how to mend it, with both examples', () => {
    const { code, out } = folder.run('explain', 'gate-grants-nothing');
    assert.equal(code, 0);
    assert.match(out, /^gate-grants-nothing {2}structure, error\n/);
    for (const part of [
      'Why it matters',
      'How to fix it',
      'Reported (between « and »)',
      'Not reported',
      '«reputation»',
    ])
      assert.ok(out.includes(part), part);
  });

  it('gives the page of the rule as Markdown', () => {
    const { code, out } = folder.run('explain', 'missing-budget', '--format', 'markdown');
    assert.equal(code, 0);
    assert.match(out, /^# missing-budget\n\nAn agent has no budget.*\n\nGroup: bounds\. Severity: warning\.\n/);
  });

  it('is a list for programs, of one rule or of all', () => {
    const one = JSON.parse(folder.run('explain', 'missing-budget', '--format', 'json').out);
    assert.equal(one.version, 1);
    assert.deepEqual(Object.keys(one.rules[0]), [
      'name',
      'group',
      'severity',
      'what',
      'why',
      'fix',
      'failing',
      'passing',
      'docs',
    ]);
    const all = JSON.parse(folder.run('explain', '--format', 'json').out);
    assert.equal(all.rules.length, RULES.length);
  });

  it('lists every rule by group', () => {
    for (const format of ['text', 'markdown']) {
      const { code, out } = folder.run('explain', '--format', format);
      assert.equal(code, 0);
      for (const { name } of RULES) assert.ok(out.includes(` ${name} `), name);
      assert.match(out, /^(## )?hygiene$/m);
    }
  });

  it('names what was meant by a rule that does not exist', () => {
    const { code, out, err } = folder.run('explain', 'missing-budgt');
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.equal(err, 'There is no rule "missing-budgt". Did you mean "missing-budget"?\n');
    assert.equal(folder.run('explain', 'toString').code, 2);
    assert.equal(folder.run('explain', 'a', 'b').code, 2);
    assert.equal(folder.run('explain', '--format', 'sarif').code, 2);
    assert.equal(folder.run('explain', '--help').code, 0);
  });
});
