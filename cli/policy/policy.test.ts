import assert from 'node:assert/strict';
import { Folder } from '../command.test.js';

const FILES = {
  'soc.policy.yaml': `policy: soc
roles: { analyst: [ana, bo], commander: [cy, di] }
ceilings:
  - { effect: evict, autonomy: approve, quorum: 2, roles: [commander] }
  - { effect: harden, autonomy: notify }
`,
  'good.policy.test.yaml': `policy-test: good
policy: soc.policy.yaml
tests:
  - title: No two analysts evict
    effect: evict
    approved-by-any: { role: analyst, count: 2 }
    expect: { outcome: denied }
  - title: Any two commanders do
    effect: evict
    approved-by-any: { role: commander, count: 2 }
    expect: { outcome: allowed }
`,
  'bad/bad.policy.test.yaml': `policy-test: bad
policy: ../soc.policy.yaml
tests:
  - title: One <analyst> & "friend" evict
    effect: evict
    approved-by: [ana]
    expect:
      outcome: allowed
`,
  'broken/broken.policy.test.yaml': `policy-test: broken
policy: ../soc.policy.yaml
tests:
  - title: Nobody knows
    tool: edr.gone
    expect: { outcome: denied }
`,
  'none/a.txt': '',
};

describe('countersign policy test', () => {
  const folder = new Folder(FILES);
  after(() => folder.remove());

  it('ends with 0 where all is as expected, and says what no test exercises', () => {
    const { code, out } = folder.run('policy', 'test', 'good.policy.test.yaml');
    assert.equal(code, 0, out);
    assert.match(out, /✓ No two analysts evict\n {2}✓ Any two commanders do\n/);
    assert.match(out, /^soc\.policy\.yaml: 2 of 3 parts exercised \(66%\)$/m);
    assert.match(out, /^ {2}soc\.policy\.yaml:5 {2}no test exercises the ceiling for harden$/m);
  });

  it('ends with 1 where less is exercised than is wanted', () => {
    assert.equal(folder.run('policy', 'test', 'good.policy.test.yaml', '--min-coverage', '66').code, 0);
    const { code, out } = folder.run('policy', 'test', 'good.policy.test.yaml', '--min-coverage', '67%');
    assert.equal(code, 1);
    assert.match(out, /\(66%\), of 67% that are wanted$/m);
  });

  it('shows what is not as expected: the place in the test, and the line of the policy that decided', () => {
    const { code, out } = folder.run('policy', 'test', 'bad');
    assert.equal(code, 1);
    assert.match(out, /^ {4}bad\/bad\.policy\.test\.yaml:8 {2}outcome is denied, expected allowed$/m);
    assert.match(out, /^ {6}because: ana may not approve /m);
    assert.match(out, /^ {6}soc\.policy\.yaml:4 {2}the policy’s ceiling for evict$/m);
    assert.match(out, /^✗ 1 test: 0 as expected, 1 not$/m);
  });

  it('is a report for programs', () => {
    const { code, out } = folder.run('policy', 'test', 'bad', 'good.policy.test.yaml', '--format', 'json');
    assert.equal(code, 1);
    const report = JSON.parse(out);
    assert.equal(report.version, 1);
    assert.deepEqual(report.summary, { files: 2, tests: 3, failed: 1, errors: 0 });
    const [{ tests }] = report.files;
    const [{ of, expected, actual, file, line, decidedBy }] = tests[0].failures;
    assert.deepEqual(
      [of, expected, actual, file, line],
      ['outcome', 'allowed', 'denied', 'bad/bad.policy.test.yaml', 8],
    );
    assert.deepEqual([decidedBy[0].file, decidedBy[0].line], ['soc.policy.yaml', 4]);
    assert.deepEqual(report.coverage.length, 1, 'one policy, whatever files test it');
    assert.deepEqual(report.coverage[0].missing, [{ kind: 'ceiling', name: 'harden', line: 5 }]);
  });

  it('is a report for CI, in which no title breaks out', () => {
    const { code, out } = folder.run('policy', 'test', 'bad', '--format', 'junit');
    assert.equal(code, 1);
    assert.match(
      out,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites>\n {2}<testsuite .* tests="1" failures="1" errors="0">/,
    );
    assert.match(out, /name="One &lt;analyst&gt; &amp; &quot;friend&quot; evict"/);
  });

  it('does not run tests with errors, and says what they are', () => {
    const { code, out } = folder.run('policy', 'test', 'broken');
    assert.equal(code, 1);
    assert.match(out, /^broken\/broken\.policy\.test\.yaml:5:11 {2}error .*edr\.gone.*unknown-tool$/m);
    assert.match(out, /not run/);
    assert.match(folder.run('policy', 'test', 'broken', '--format', 'junit').out, /errors="1"/);
  });

  it('tells what is not understood from what is not there', () => {
    for (const [words, code, said] of [
      [[], 2, /Say "policy test"/],
      [['tset'], 2, /no "policy tset"/],
      [['test', '--min-coverage', '101'], 2, /from 0 to 100/],
      [['test', '--min-coverage', 'much'], 2, /from 0 to 100/],
      [['test', '--min-coverag', '1'], 2, /Did you mean "--min-coverage"/],
      [['test', 'soc.policy.yaml'], 2, /must end in \.policy\.test\.yaml/],
      [['test', 'none/a.txt'], 2, /"none\/a\.txt"/],
      [['test', 'none'], 3, /nothing to test in "none": no \*\.policy\.test\.yaml/],
      [['test', 'gone.policy.test.yaml'], 3, /no file or folder "gone\.policy\.test\.yaml"/],
    ] as const) {
      const ended = folder.run('policy', ...words);
      assert.equal(ended.code, code, words.join(' '));
      assert.match(ended.err, said);
      assert.equal(ended.out, '');
    }
  });
});
