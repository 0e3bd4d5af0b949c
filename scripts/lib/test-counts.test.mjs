import { expect, test } from 'vitest'
import { countPlaywright, countVitest, judge, lastLine, noTests, oneFailed, sum } from './test-counts.mjs'

test('vitest tests are counted by status, and a file that did not load is one failed', () => {
  const tests = ['passed', 'passed', 'failed', 'skipped', 'todo'].map((status, at) => ({ status, fullName: `t${at}` }))
  const report = {
    testResults: [
      { name: 'a.test.ts', status: 'failed', assertionResults: tests },
      { name: 'b.test.ts', status: 'failed', assertionResults: [] },
      { name: 'c.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'c' }] },
    ],
  }
  expect(countVitest(report)).toEqual({ passed: 3, failed: 2, skipped: 2, skippedNames: ['t3', 't4'] })
})

test('Playwright tests are counted through nested suites, with the reason of a skip', () => {
  /** @type {import('./test-counts.mjs').PlaywrightSuite & { errors: unknown[] }} */
  const report = {
    errors: [{ message: 'a file does not load' }],
    suites: [
      {
        specs: [{ title: 'one', tests: [{ status: 'expected' }] }],
        suites: [
          {
            specs: [
              { title: 'two', tests: [{ status: 'unexpected' }] },
              {
                title: 'three',
                tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'no tray' }] }],
              },
              { title: 'four', tests: [{ status: 'flaky' }] },
            ],
          },
        ],
      },
    ],
  }
  expect(countPlaywright(report)).toEqual({ passed: 2, failed: 2, skipped: 1, skippedNames: ['three (no tray)'] })
})

test('a runner is not believed on its exit code or its report alone', () => {
  const good = { ...noTests(), passed: 2 }
  const bad = { ...noTests(), passed: 1, failed: 1 }
  const onlySkipped = { ...noTests(), skipped: 3 }
  expect([
    judge(good, 0).failed,
    judge(bad, 1).failed,
    judge(good, 1).failed,
    judge(good, null).failed,
    judge(noTests(), 0).failed,
    judge(onlySkipped, 0).failed,
    judge(null, 0).failed,
  ]).toEqual([0, 1, 1, 1, 1, 1, 1])
})

test('the last line sums up all runners', () => {
  const total = sum([
    { passed: 4, failed: 0, skipped: 1, skippedNames: ['x'] },
    oneFailed(),
    { ...noTests(), passed: 3 },
  ])
  expect(lastLine(total)).toBe('7 passed, 1 failed, 1 skipped')
  expect(total.skippedNames).toEqual(['x'])
})
