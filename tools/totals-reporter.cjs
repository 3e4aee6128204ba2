const { writeFileSync } = require('node:fs');

/** Leaves the totals of a Jest run in the file that tools/test.mjs names, for its closing line. */
class TotalsReporter {
  onRunComplete(_contexts, results) {
    // A spec file that could not even be loaded counts as one failure: none of its tests is in the totals.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync(process.env.PARLEY_TEST_TOTALS, JSON.stringify({ passed: results.numPassedTests, failed }));
  }
}

module.exports = TotalsReporter;
