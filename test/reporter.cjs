// Mocha's reporter for every part of `npm test`: a line per suite while it runs, each failure in full, and at the end a
// file that says so (COUNTERSIGN_TEST_REPORT). Without that file the run did not end, whatever exit code somebody saw.
// CommonJS, because inside VS Code's extension host that is what a reporter given by path is loaded as.
const { writeFileSync } = require('node:fs');

/** @typedef {{passed: number, failed: number, skipped: number, failures: {title: string, message: string}[]}} TestReport */

module.exports = class TallyReporter {
  constructor(runner) {
    /** @type {TestReport} */
    const report = { passed: 0, failed: 0, skipped: 0, failures: [] };
    let before = { ...report };
    const isTopSuite = (suite) => suite.parent?.root === true;
    runner.on('suite', (suite) => {
      if (isTopSuite(suite)) before = { ...report };
    });
    runner.on('suite end', (suite) => {
      if (!isTopSuite(suite)) return;
      const passed = report.passed - before.passed;
      const failed = report.failed - before.failed;
      if (passed + failed > 0) console.log(`  ${failed ? '✗' : '✓'} ${suite.title}  ${passed}/${passed + failed}`);
    });
    runner.on('pass', () => report.passed++);
    runner.on('pending', () => report.skipped++);
    runner.on('fail', (test, error) => {
      report.failed++;
      const message = error?.stack || error?.message || String(error);
      report.failures.push({ title: test.fullTitle(), message });
      console.log(`  ✗ ${test.fullTitle()}\n${message.replace(/^/gm, '      ')}`);
    });
    runner.on('end', () => {
      const file = process.env.COUNTERSIGN_TEST_REPORT;
      if (file) writeFileSync(file, JSON.stringify(report));
      else console.log(`${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`);
    });
  }
};
