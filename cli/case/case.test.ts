import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Folder } from '../command.test.js';
import { called, inFolder } from '../in-process.test.js';
import { caseFile } from './case.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const PHISHING = 'playbooks/phishing-triage.playbook.yaml';
const ALERT = 'playbooks/alerts/newsletter.alert.json';

describe('countersign case new', function () {
  this.timeout(60_000); // some start processes, on a machine that may be busy
  const folder = new Folder({});
  before(() => cpSync(LIBRARY, folder.file('playbooks'), { recursive: true, filter: (file) => !/traces$/.test(file) }));
  after(() => folder.remove());
  inFolder(() => folder.path);

  it('writes a case beside the alert that checks, and runs by the words it says', () => {
    const { code, out, err } = folder.run('case', 'new', PHISHING, '--alert', ALERT);
    assert.equal(code, 0, err);
    assert.equal(out, '✓ Written: playbooks/alerts/newsletter.case.yaml\n');
    assert.match(err, /^Made up: \d+ answers?, \d+ approvals?, \d+ tasks?\. Change them/);
    assert.match(err, /^A dry run with it ends as (completed|escalated), with the verdict "[a-z]+"\.$/m);
    const said = /^Run it: countersign (.+)$/m.exec(err)?.[1] ?? '';
    assert.equal(said, `run ${PHISHING} --case playbooks/alerts/newsletter.case.yaml`);
    const ran = folder.run(...said.split(' '));
    assert.equal(ran.code, 0, ran.err);
    assert.doesNotMatch(ran.out + ran.err, /No recorded answer/);
    const checked = folder.run('check', 'playbooks/alerts/newsletter.case.yaml', '--fail-on', 'warning');
    assert.equal(checked.code, 0, checked.out);
    const again = folder.run('case', 'new', PHISHING, '--alert', ALERT);
    assert.equal(again.code, 2);
    assert.match(again.err, /is there already, and a case is never written over\. Name a new one with --out\./);
  });

  it('prints it with --out -, as it would be beside the alert, and writes nothing', async () => {
    const before = readdirSync('playbooks/alerts');
    const alert = 'playbooks/alerts/prompt-injection.alert.json';
    const printed = await called(caseFile, 'new', PHISHING, '--alert', alert, '--out', '-');
    assert.equal(printed.code, 0, printed.err);
    assert.match(printed.out, /^# Made by "countersign case new"/);
    assert.match(printed.out, /^alert: prompt-injection\.alert\.json$/m);
    assert.doesNotMatch(printed.err, /Run it/);
    assert.deepEqual(readdirSync('playbooks/alerts'), before);
  });

  it('names the alert from where the case is', async () => {
    const out = 'mine/first.case.yaml';
    assert.equal((await called(caseFile, 'new', PHISHING, '--alert', ALERT, '--out', out)).code, 0);
    assert.match(folder.read(out), /^alert: \.\.\/playbooks\/alerts\/newsletter\.alert\.json$/m);
  });

  it('ends as a run with the case does', async () => {
    const playbook = 'playbooks/insider-exfiltration.playbook.yaml';
    const alert = 'playbooks/alerts/insider-exfiltration/last-days.alert.json';
    const { code, err } = await called(caseFile, 'new', playbook, '--alert', alert);
    assert.deepEqual([code, /^A dry run with it ends as stopped, .*nobody looked\.$/m.test(err)], [4, true], err);
    assert.ok(existsSync('playbooks/alerts/insider-exfiltration/last-days.case.yaml'));
  });

  it('says what is wrong with what it is given', async () => {
    folder.write('broken.playbook.yaml', 'playbook: broken\n');
    folder.write('no.alert.json', '{}');
    const none = async (...words: readonly string[]) => {
      const { code, err } = await called(caseFile, ...words, '--out', 'none.case.yaml');
      assert.equal(existsSync('none.case.yaml'), false);
      return [code, err.split('\n')[0]];
    };
    assert.deepEqual(await none(), [2, 'What about a case? Say "case new PLAYBOOK --alert ALERT".']);
    assert.deepEqual(await none('old'), [2, 'There is no "case old". Say "case new PLAYBOOK --alert ALERT".']);
    assert.deepEqual(await none('new', '--alert', ALERT), [2, 'Which playbook? Give its path.']);
    assert.deepEqual(await none('new', PHISHING), [2, 'About which alert? Give it with --alert.']);
    assert.deepEqual(await none('new', PHISHING, '--alert', 'x.alert.json'), [3, 'There is no alert "x.alert.json".']);
    const [code, said] = await none('new', PHISHING, '--alert', 'no.alert.json');
    assert.equal(code, 1);
    assert.match(String(said), /^no\.alert\.json:1 invalid-alert: .* lacks /);
    assert.equal((await none('new', 'broken.playbook.yaml', '--alert', ALERT))[0], 1);
    const name = await called(caseFile, 'new', PHISHING, '--alert', ALERT, '--out', 'case.yaml');
    assert.deepEqual([name.code, existsSync('case.yaml')], [2, false]);
    assert.match(name.err, /it must end in \.case\.yaml/);
  });
});
