// @ts-check
// One measurement in one Electron. The job comes in CLAW_BENCH_JOB, the result goes out as one line of JSON.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { app } from 'electron'
import { appState, mixedDocument, oneFence, oneList, session } from './fixtures.mjs'
import { allowPageScheme, openPage, servePages } from './page-host.mjs'
import { installMeter, readMeter } from './page-meter.mjs'

/** @typedef {{ page: 'ours' | 'floor', kind: 'stream' | 'open', document: 'none' | 'mixed' | 'fence' | 'list',
 *   renderer: string, preload: string, length: number, tokensPerSecond: number, seconds: number }} Job */

const job = /** @type {Job} */ (JSON.parse(process.env.CLAW_BENCH_JOB ?? '{}'))
const CHARACTERS_PER_TOKEN = 4
const BATCH_MS = 16
const KEY_MS = 118

// No machine that runs this has a screen of its own to draw on: all draw in software, and equally.
app.disableHardwareAcceleration()
allowPageScheme()
app.whenReady().then(async () => {
  try {
    const result = job.kind === 'open' ? await measureOpen() : await measureStream()
    console.log(`RESULT ${JSON.stringify(result)}`)
    app.exit(0)
  } catch (error) {
    console.error(error)
    app.exit(1)
  }
})

/** @type {(message: any) => void} */
let post = () => {}
const view = session(job.kind === 'stream')

async function open() {
  servePages(job.page === 'ours' ? job.renderer : join(import.meta.dirname, '../floor'))
  const window = await openPage({
    preload: job.preload,
    width: 1280,
    height: 860,
    answer: () => null,
    onFeed(message, reply) {
      post = reply
      if (message.type === 'subscribe-app') reply({ type: 'app', change: appState() })
      if (message.type === 'subscribe') reply({ type: 'snapshot', sessionId: view.sessionId, view })
    },
  })
  const { debugger: tools } = window.webContents
  tools.attach()
  // Time of the thread, not of the clock: other programs that run meanwhile do not count.
  await tools.sendCommand('Performance.enable', { timeDomain: 'threadTicks' })
  await wait(1200)
  await run(window, installMeter)
  return window
}

/** @param {Electron.BrowserWindow} window @param {(...args: any[]) => unknown} code @param {unknown[]} args */
function run(window, code, ...args) {
  return window.webContents.executeJavaScript(`(${code})(${args.map((one) => JSON.stringify(one)).join(',')})`)
}

/** Opens the session and tells how long it took. @param {Electron.BrowserWindow} window */
function openSession(window) {
  return run(window, () => {
    const meter = /** @type {any} */ (globalThis).meter
    return meter.open()
  })
}

/** @param {Electron.BrowserWindow} window */
function leaveSession(window) {
  return run(window, () => /** @type {any} */ (globalThis).meter.leave())
}

async function measureOpen() {
  const window = await open()
  const cold = await openSession(window)
  const warm = []
  for (let round = 0; round < 5; round++) {
    await leaveSession(window)
    await wait(300)
    warm.push(await openSession(window))
  }
  return { cold, warm }
}

async function measureStream() {
  const window = await open()
  // Compiled code and grammars, as in a window that was used before.
  for (let round = 0; round < 3; round++) {
    await openSession(window)
    await leaveSession(window)
  }
  await openSession(window)
  await wait(1500)
  window.webContents.focus()
  await run(window, () => document.querySelector('textarea')?.focus())
  const text =
    job.document === 'mixed'
      ? mixedDocument(job.length)
      : job.document === 'fence'
        ? oneFence(job.length)
        : oneList(job.length)

  const before = await taskSeconds(window)
  await run(window, () => /** @type {any} */ (globalThis).meter.start())
  const keys = setInterval(() => typeKey(window), KEY_MS)
  const lastSentAt = job.document === 'none' ? await idle() : await stream(text)
  await wait(500)
  const after = await taskSeconds(window)
  clearInterval(keys)
  await wait(job.document === 'none' ? 0 : 4000)
  const measured = await run(window, readMeter)
  return { ...measured, task: (after - before) * 1000, lag: measured.lastChange - lastSentAt }
}

async function idle() {
  await wait(job.seconds * 1000)
  return Date.now()
}

/** @param {string} text */
async function stream(text) {
  const startedAt = performance.now()
  let sent = 0
  let lastSentAt = 0
  while (sent < text.length) {
    const due = ((performance.now() - startedAt) / 1000) * job.tokensPerSecond * CHARACTERS_PER_TOKEN
    const end = Math.min(text.length, Math.floor(due / CHARACTERS_PER_TOKEN) * CHARACTERS_PER_TOKEN)
    if (end > sent) {
      const event = { type: 'text-delta', seq: ++view.seq, at: Date.now(), text: text.slice(sent, end) }
      post({ type: 'events', sessionId: view.sessionId, events: [event] })
      lastSentAt = Date.now()
      sent = end
    }
    await wait(BATCH_MS)
  }
  return lastSentAt
}

/** @param {Electron.BrowserWindow} window */
function typeKey(window) {
  window.webContents.sendInputEvent({ type: 'keyDown', keyCode: 'A' })
  window.webContents.sendInputEvent({ type: 'char', keyCode: 'a' })
  window.webContents.sendInputEvent({ type: 'keyUp', keyCode: 'A' })
}

/** @param {Electron.BrowserWindow} window */
async function taskSeconds(window) {
  const { metrics } = await window.webContents.debugger.sendCommand('Performance.getMetrics')
  return metrics.find((/** @type {{ name: string }} */ { name }) => name === 'TaskDuration').value
}
