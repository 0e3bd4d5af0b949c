// @ts-check

/** @typedef {{ passed: number, failed: number, skipped: number, skippedNames: string[] }} Counts */

/** @returns {Counts} */
export const noTests = () => ({ passed: 0, failed: 0, skipped: 0, skippedNames: [] })
/** @returns {Counts} */
export const oneFailed = () => ({ ...noTests(), failed: 1 })

/**
 * @param {Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  return all.reduce(
    (total, part) => ({
      passed: total.passed + part.passed,
      failed: total.failed + part.failed,
      skipped: total.skipped + part.skipped,
      skippedNames: [...total.skippedNames, ...part.skippedNames],
    }),
    noTests(),
  )
}

/** @param {Counts} counts */
export const lastLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`

/**
 * What a runner's report and its exit code say together. A runner that failed without a failed test (it crashed, something
 * broke outside a test) and one that ran nothing are failures as well.
 *
 * @param {Counts | null} counted null when there is no report
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function judge(counted, exitCode) {
  if (counted === null) return oneFailed()
  const ranNothing = counted.passed + counted.failed === 0
  const brokeOutside = exitCode !== 0 && counted.failed === 0
  return ranNothing || brokeOutside ? { ...counted, failed: counted.failed + 1 } : counted
}

/**
 * @typedef {{ status: string, fullName: string }} VitestTest
 * @typedef {{ testResults: { name: string, status: string, assertionResults: VitestTest[] }[] }} VitestReport
 */

/**
 * @param {VitestReport} report
 * @returns {Counts}
 */
export function countVitest({ testResults }) {
  return sum(
    testResults.map(({ status, assertionResults: tests }) => {
      const failed = tests.filter((test) => test.status === 'failed').length
      const passed = tests.filter((test) => test.status === 'passed').length
      const skippedNames = tests
        .filter((test) => test.status !== 'failed' && test.status !== 'passed')
        .map((test) => test.fullName)
      // A file that cannot be loaded has no tests to fail.
      return { passed, failed: failed || Number(status === 'failed'), skipped: skippedNames.length, skippedNames }
    }),
  )
}

/**
 * @typedef {{ status: 'expected' | 'unexpected' | 'flaky' | 'skipped', annotations?: { type: string, description?: string }[] }} PlaywrightTest
 * @typedef {{ suites?: PlaywrightSuite[], specs?: { title: string, tests: PlaywrightTest[] }[] }} PlaywrightSuite
 */

/**
 * @param {PlaywrightSuite & { errors?: unknown[] }} report
 * @returns {Counts}
 */
export function countPlaywright(report) {
  const own = (report.specs ?? []).flatMap(({ title, tests }) => tests.map((test) => countOne(title, test)))
  const broken = (report.errors ?? []).map(oneFailed)
  return sum([...own, ...broken, ...(report.suites ?? []).map(countPlaywright)])
}

/**
 * @param {string} title
 * @param {PlaywrightTest} test
 * @returns {Counts}
 */
function countOne(title, { status, annotations = [] }) {
  if (status === 'unexpected') return oneFailed()
  if (status !== 'skipped') return { ...noTests(), passed: 1 }
  const reason = annotations.find(({ description }) => description)?.description
  return { ...noTests(), skipped: 1, skippedNames: [reason ? `${title} (${reason})` : title] }
}
