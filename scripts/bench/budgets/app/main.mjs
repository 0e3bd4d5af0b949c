// @ts-check
// Opens the page Budgets of the built window with a large report, and lets a run stream into it.
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { app, contentTracing } from 'electron'
import { appState } from '../../window/app/fixtures.mjs'
import { allowPageScheme, openPage, servePages } from '../../window/app/page-host.mjs'
import { largeReport, spendingState } from './large-report.mjs'

/** @typedef {{ shown: number, longest: number }} Opening: milliseconds; the second in time of the page's thread. */

const job = /** @type {{ renderer: string, preload: string }} */ (JSON.parse(process.env.CLAW_BENCH_JOB ?? '{}'))
const WARM = 5
const STREAM_MS = 6000
/** A run on a fast server ends a call about this often. */
const CALL_MS = 150

app.disableHardwareAcceleration()
allowPageScheme()
app.whenReady().then(async () => {
  try {
    console.log(`RESULT ${JSON.stringify(await measure())}`)
    app.exit(0)
  } catch (error) {
    console.error(error)
    app.exit(1)
  }
})

async function measure() {
  let revision = 1
  let reports = 0
  /** @type {(message: any) => void} */
  let post = () => {}
  servePages(job.renderer)
  const window = await openPage({
    preload: job.preload,
    width: 1440,
    height: 900,
    answer(name, input) {
      if (name !== 'budget.report') return null
      reports++
      return largeReport(input, revision)
    },
    onFeed(message, reply) {
      post = reply
      if (message.type !== 'subscribe-app') return
      reply({ type: 'app', change: { ...appState(), spending: spendingState(revision) } })
    },
  })
  await wait(1500)
  const page = window.webContents.getOSProcessId()
  /** @returns {Promise<Opening>} */
  const open = () => longestTask(page, () => run(window, openBudgets))
  const cold = await open()
  const warm = []
  for (let round = 0; round < WARM; round++) {
    await run(window, leave)
    warm.push(await open())
  }
  reports = 0
  const streaming = await longestTask(page, async () => {
    for (const end = Date.now() + STREAM_MS; Date.now() < end; await wait(CALL_MS)) {
      post({ type: 'app', change: { spending: spendingState(++revision) } })
    }
    return 0
  })
  return { cold, warm, streaming: { ...streaming, reports } }
}

/**
 * The longest task of the page while something goes on. In time of its thread, not of the clock: other programs that
 * run meanwhile do not count.
 *
 * @param {number} page its process @param {() => Promise<any>} work what it gives is `shown`
 * @returns {Promise<Opening>}
 */
async function longestTask(page, work) {
  await contentTracing.startRecording({ included_categories: ['toplevel'], excluded_categories: ['*'] })
  const shown = await work()
  await wait(400)
  const file = await contentTracing.stopRecording()
  const { traceEvents } = JSON.parse(await readFile(file, 'utf8'))
  await rm(file)
  const main = traceEvents.find(
    (/** @type {any} */ event) =>
      event.name === 'thread_name' && event.pid === page && event.args.name === 'CrRendererMain',
  )
  if (!main) throw new Error('The trace does not tell which thread is the page.')
  const tasks = traceEvents.filter(
    (/** @type {any} */ event) => event.pid === page && event.tid === main.tid && event.tdur,
  )
  if (tasks.length === 0) throw new Error('The trace has no times of threads.')
  return { shown, longest: Math.max(...tasks.map((/** @type {any} */ event) => event.tdur)) / 1000 }
}

/** @param {Electron.BrowserWindow} window @param {(...args: any[]) => unknown} code */
function run(window, code) {
  return window.webContents.executeJavaScript(`(${code})()`)
}

// Runs inside the page from here on; each function is sent there as text.

/** From the click to the second frame after numbers are there. */
function openBudgets() {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const changes = new MutationObserver(() => {
      if (!document.querySelector('.sessions-card tbody tr')) return
      changes.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - startedAt)))
    })
    changes.observe(document.body, { childList: true, subtree: true })
    const link = document.querySelector('a[href="#budgets"]')
    if (link instanceof HTMLElement) link.click()
  })
}

function leave() {
  const link = document.querySelector('a[href="#chat"]')
  if (link instanceof HTMLElement) link.click()
  return new Promise((resolve) => setTimeout(resolve, 200))
}
