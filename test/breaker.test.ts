import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TraceLine } from '../runner/protocol/trace.js';
import { repository } from './platform/repository.js';

const PROGRAM = path.join(repository, 'out/cli/main.js');
/** As docs/evaluation.md says: so many without an error for the 10 % of the sample policy. */
const ENOUGH = 35;

/**
 * The breaker of the sample policy `mdr`, as a provider meets it. The library has one harmless application and so shows an open breaker;
 * here a measure of many closes it, and opens it again.
 */
describe('The breaker of the sample policy, from the command line', function () {
  this.timeout(60_000);
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-measured-'));
    cpSync(path.join(repository, 'playbooks'), at('playbooks'), { recursive: true });
    mkdirSync(at('playbooks/cases/measured'));
    for (let number = 1; number <= ENOUGH; number++) another(number, (text) => text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The library's case of a harmless application, over an alert of its own: an alert that comes again counts once. */
  function another(number: number, change: (text: string) => string): void {
    const alert = JSON.parse(readFileSync(at('playbooks/alerts/oauth-consent/calendar-tool.alert.json'), 'utf8'));
    const text = readFileSync(at('playbooks/cases/oauth-consent/calendar-tool.case.yaml'), 'utf8')
      .replace(/^case: .*$/m, `case: measured-${number}`)
      .replace(/^alert: .*$/m, `alert: ${number}.alert.json`);
    const file = at(`playbooks/cases/measured/${number}`);
    writeFileSync(`${file}.case.yaml`, change(text));
    writeFileSync(
      `${file}.alert.json`,
      JSON.stringify({ ...alert, finding_info: { ...alert.finding_info, uid: `MEASURED-${number}` } }),
    );
  }

  function countersign(...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    return { code: status, out: stdout, err: stderr };
  }

  const measure = () =>
    countersign(
      ...['evaluate', 'playbooks/oauth-consent.playbook.yaml', '--cases', 'playbooks/cases/measured'],
      ...['--measure', 'playbooks/policies/mdr.measure.json'],
    );

  /** Runs the library's own case, and says how its closing was decided. */
  function closing(name: string) {
    const ran = countersign(
      ...['run', 'playbooks/oauth-consent.playbook.yaml', '--trace', `${name}.trace.jsonl`],
      ...['--case', 'playbooks/cases/oauth-consent/calendar-tool.case.yaml'],
    );
    assert.equal(ran.code, 0, ran.err);
    const lines = readFileSync(at(`${name}.trace.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
    const [opened] = lines;
    assert.ok(opened?.event === 'run.opened');
    return {
      out: ran.out,
      measure: opened.data.measure?.digest,
      asked: lines.filter(({ event }) => event === 'gate.opened').length,
      decided: lines.flatMap((line) =>
        line.event === 'authorized' && line.data.tool === 'case.close' ? [line.data] : [],
      ),
    };
  }

  /** The measure as it is, by digest. */
  const kept = () =>
    `sha256:${createHash('sha256')
      .update(readFileSync(at('playbooks/policies/mdr.measure.json')))
      .digest('hex')}`;

  it('has an analyst asked while one alert is all that was measured', () => {
    const { asked, decided, measure, out } = closing('one');
    assert.equal(asked, 1);
    assert.equal(measure, kept());
    assert.deepEqual(
      decided.map(({ rule }) => rule),
      ['approval-required', 'approved'],
    );
    assert.match(decided[0]?.reason ?? '', /0 of 1 wrong over 1 alert, so up to 79\.3 % may be, and at most 10 % may/);
    assert.match(out, /✓ case\.close .*approved by ari@mdr\.example/);
  });

  it(`lets the case be closed by nobody once ${ENOUGH} alerts went well, and the trace names the measure`, () => {
    const { code, out, err } = measure();
    assert.equal(code, 0, out + err);
    assert.match(out, /case\.close +35 +0 % \(0 of 35, 35 alerts; 95 %: 0 % to 9\.9 %\)/);
    const ran = closing('enough');
    assert.deepEqual([ran.asked, ran.decided.map(({ rule }) => rule)], [0, ['notify']]);
    assert.equal(ran.measure, kept());
    assert.match(
      ran.decided[0]?.reason ?? '',
      /which its measure lets it be \(0 of 35 wrong over 35 alerts, so up to 9\.9 % may be, and 10 % may\)/,
    );
    assert.match(ran.out, /✓ case\.close {2}without a person \(notify\)/);
  });

  it('has an analyst asked again once one of them turns out to have been an attack', () => {
    // The agent still calls it benign.
    another(ENOUGH + 1, (text) =>
      text
        .replace(/^truth: .*$/m, 'truth: malicious')
        .replace(/^expect:[\s\S]*$/m, 'expect: { verdict: malicious, acts: { must-not: [case.close] } }\n'),
    );
    const { code, out } = measure();
    assert.equal(code, 8, 'a run was not as its case says');
    assert.match(out, /case\.close +36 +2\.8 % \(1 of 36, 36 alerts; 95 %: \d\.\d % to 1\d\.\d %\)/);
    const { asked, decided, measure: named } = closing('wrong');
    assert.equal(asked, 1);
    assert.equal(named, kept());
    assert.match(decided[0]?.reason ?? '', /1 of 36 wrong over 36 alerts, so up to 14\.2 % may be/);
  });
});
