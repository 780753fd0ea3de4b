import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './repository.js';

describe('The test reporter', function () {
  this.timeout(20_000); // each test starts a process, on a machine that may be busy
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-reporter-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs mocha over one test file; gives what was printed and the report, if one was written. */
  function mocha(source: string) {
    const test = path.join(folder, 'sample.test.cjs');
    const report = path.join(folder, 'report.json');
    rmSync(report, { force: true });
    writeFileSync(test, source);
    const words = [path.join(repository, 'node_modules/mocha/bin/mocha.js'), '--no-config', '--reporter'];
    const result = spawnSync(process.execPath, [...words, path.join(repository, 'test/reporter.cjs'), test], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, COUNTERSIGN_TEST_REPORT: report },
    });
    return {
      printed: result.stdout,
      report: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined,
    };
  }

  it('counts what passed, failed and was skipped, and keeps each failure', () => {
    const { printed, report } = mocha(
      `describe('gate', () => { it('opens', () => {}); it('closes', () => { throw new Error('stuck'); }); it.skip('waits', () => {}); });`,
    );
    assert.deepEqual([report.passed, report.failed, report.skipped], [1, 1, 1]);
    assert.equal(report.failures[0].title, 'gate closes');
    assert.match(report.failures[0].message, /stuck/);
    assert.match(printed, /✗ gate {2}1\/2/);
  });

  it('counts a failing hook as a failure', () => {
    const { report } = mocha(
      `describe('gate', () => { before(() => { throw new Error('no gate'); }); it('opens', () => {}); });`,
    );
    assert.equal(report.failed, 1);
  });

  it('writes no report when the process ends before the tests do, even with exit code 0', () => {
    const { report } = mocha(`describe('gate', () => { it('leaves', () => { process.exit(0); }); });`);
    assert.equal(report, undefined);
  });
});
