// @ts-check
import './lib/node-version.mjs'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildStale } from './build.mjs'
import { describeCheck, runChecks } from './lib/checks.mjs'
import { sandboxObstacle } from './lib/chromium-sandbox.mjs'
import { endWithNpm } from './lib/npm-parent.mjs'
import { root } from './lib/paths.mjs'
import { Problem } from './lib/problem.mjs'
import { runTool } from './lib/run.mjs'
import { openScreen } from './lib/screen.mjs'
import { countPlaywright, countVitest, judge, lastLine, noTests, oneFailed, sum } from './lib/test-counts.mjs'
import { setup, setupWindow } from './setup.mjs'

/** @typedef {import('./lib/test-counts.mjs').Counts} Counts */

/** A runner that takes longer hangs. */
const longestRunMs = 20 * 60_000
const vitestReports = ['--reporter=default', '--reporter=json']

/** @type {Record<string, (args: string[]) => Promise<Counts>>} in the order of a whole run */
const parts = { check, unit, built, e2e }
const partsOfBuild = ['built', 'e2e']

endWithNpm()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130))
await main(process.argv.slice(2))

/** @param {string[]} argv */
async function main([part, ...args]) {
  const chosen = part === undefined ? Object.keys(parts) : [part]
  if (!chosen.every((name) => Object.hasOwn(parts, name))) {
    console.error(`There is no part "${part}": run npm test alone, or with -- check, unit, built or e2e.`)
    process.exitCode = 2
    return
  }
  report(await runParts(chosen, args))
}

/**
 * Runs every part that can run, whatever became of those before it.
 *
 * @param {string[]} chosen
 * @param {string[]} args
 */
async function runParts(chosen, args) {
  const ready = await orOneFailed(prepare(chosen))
  if (ready.failed > 0) return ready
  const counts = []
  for (const name of chosen.filter((name) => !partsOfBuild.includes(name))) {
    counts.push(await orOneFailed(parts[name]?.(args)))
  }
  const onBuild = chosen.filter((name) => partsOfBuild.includes(name))
  const isBuilt = onBuild.length > 0 ? await orOneFailed(build()) : noTests()
  counts.push(isBuilt)
  if (isBuilt.failed === 0) for (const name of onBuild) counts.push(await orOneFailed(parts[name]?.(args)))
  return sum(counts)
}

/**
 * The npm packages, without which there is nothing to run. What only the window tests need is left to them.
 *
 * @param {string[]} chosen
 */
async function prepare(chosen) {
  await setup({ sandbox: chosen.some((part) => part !== 'check') })
  return noTests()
}

async function build() {
  await buildStale(['window', 'terminal', 'worker'])
  return noTests()
}

async function check() {
  const results = await runChecks((result) => console.log(describeCheck(result)))
  for (const { name, output } of results.filter(({ ok }) => !ok)) console.log(`\n${name}:\n${output.trim()}\n`)
  return sum(results.map(({ ok }) => (ok ? { ...noTests(), passed: 1 } : oneFailed())))
}

/** @param {string[]} args */
function unit(args) {
  return runVitest('unit', args)
}

/** @param {string[]} args */
function built(args) {
  return runVitest('built', args)
}

/** @param {string[]} args */
async function e2e(args) {
  const electron = await setupWindow({ screen: true })
  const obstacle = sandboxObstacle(electron.path)
  if (obstacle) throw new Problem(obstacle)
  const report = freshReport('e2e')
  const screen = await openScreen()
  try {
    const { code } = await runTool('@playwright/test/cli.js', ['test', ...args], {
      stdio: 'inherit',
      timeout: longestRunMs,
      env: {
        ...process.env,
        ...screen.env,
        CLAW_ELECTRON_SOURCE: electron.source,
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      },
    })
    return judge(readReport(report, countPlaywright), code)
  } finally {
    screen.close()
  }
}

/**
 * @param {string} project
 * @param {string[]} args
 */
async function runVitest(project, args) {
  const report = freshReport(project)
  const { code } = await runTool(
    'vitest/vitest.mjs',
    ['run', '--project', project, ...vitestReports, `--outputFile.json=${report}`, ...args],
    { stdio: 'inherit', timeout: longestRunMs },
  )
  return judge(readReport(report, countVitest), code)
}

/** @param {string} name */
function freshReport(name) {
  const path = join(root, 'test-results', `${name}.json`)
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  return path
}

/**
 * @param {string} path
 * @param {(report: any) => Counts} count
 */
function readReport(path, count) {
  try {
    return count(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

/** @param {Promise<Counts> | undefined} step */
async function orOneFailed(step) {
  try {
    return (await step) ?? oneFailed()
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error)
    return oneFailed()
  }
}

/** @param {Counts} counts */
function report(counts) {
  if (counts.skipped > 0) console.log(`\nSkipped:\n${counts.skippedNames.map((name) => `  ${name}`).join('\n')}`)
  console.log(`\n${lastLine(counts)}`)
  if (counts.failed > 0) process.exitCode = 1
}
