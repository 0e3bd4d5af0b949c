// @ts-check
// From spawn to first paint, and memory at rest: the app beside the same page under a main process without imports.
// Paint times come from the page's own clock; memory is the proportional share (PSS) of all its processes (Linux).
import { execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { openScreen } from '../lib/screen.mjs'
import { median, report } from './lib/table.mjs'

const ROUNDS = 7
const REST_MS = 3000
const root = join(import.meta.dirname, '../..')
const electron = execFileSync(process.execPath, ['scripts/electron.mjs', '--print'], {
  cwd: root,
  encoding: 'utf8',
}).trim()
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })

// The page is served by a scheme of its own, as in the app: from a file its module scripts would not run.
const bareMain = `
const { app, BrowserWindow, net, protocol } = require('electron')
protocol.registerSchemesAsPrivileged([{ scheme: 'bare', privileges: { standard: true, secure: true } }])
app.whenReady().then(() => {
  const folder = ${JSON.stringify(pathToFileURL(join(root, 'out/renderer/')).href)}
  protocol.handle('bare', (request) => net.fetch(new URL('.' + new URL(request.url).pathname, folder).href))
  const window = new BrowserWindow({ width: 1280, height: 860, webPreferences: { sandbox: true, contextIsolation: true } })
  window.loadURL('bare://page/index.html')
})
`

/** @typedef {{ firstPaint: number, memory: number }} Measure */

const screen = await openScreen()
const folder = await mkdtemp(join(tmpdir(), 'claw-bench-start-'))
try {
  const bare = join(folder, 'bare')
  await mkdir(bare)
  await writeFile(join(bare, 'package.json'), '{"name":"bare","version":"1.0.0","main":"main.cjs"}')
  await writeFile(join(bare, 'main.cjs'), bareMain)
  /** @type {Record<'floor' | 'ours', Measure[]>} */
  const measures = { floor: [], ours: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of /** @type {const} */ (['floor', 'ours'])) {
      const measure = await start(name === 'floor' ? bare : root, join(folder, `data-${name}-${round}`))
      // The first round only warms the disk cache.
      if (round > 0) measures[name].push(measure)
    }
  }
  report([
    row('spawn to first paint', 'ms', measures, 'firstPaint', 1.35),
    row('memory at rest, PSS', 'MB', measures, 'memory', 1.3),
  ])
} finally {
  screen.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

/**
 * @param {string} name @param {string} unit @param {Record<'floor' | 'ours', Measure[]>} measures
 * @param {keyof Measure} key @param {number} target
 */
function row(name, unit, measures, key, target) {
  const of = (/** @type {Measure[]} */ list) => median(list.map((measure) => measure[key]))
  return { name, unit, floor: of(measures.floor), ours: of(measures.ours), target }
}

/** @param {string} app @param {string} dataFolder @returns {Promise<Measure>} */
async function start(app, dataFolder) {
  await mkdir(dataFolder)
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const spawnedAt = Date.now()
  const child = spawn(
    electron,
    [...asRoot, '--remote-debugging-port=0', `--user-data-dir=${join(dataFolder, 'electron')}`, app],
    {
      env: { ...process.env, ...screen.env, CLAW_HOME: dataFolder, CLAW_CWD: dataFolder, CLAW_LOCAL_PORTS: 'none' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const exited = new Promise((resolve) => child.once('exit', resolve))
  try {
    const endpoint = await devtoolsEndpoint(child)
    // Nobody looks before the page had time to paint: a debugger that attaches early slows what it measures.
    await wait(REST_MS)
    const browser = await chromium.connectOverCDP(endpoint)
    const page = browser.contexts()[0]?.pages()[0]
    if (!page) throw new Error('The app opened no page.')
    const paintedAt = await page.evaluate(() => {
      const paint =
        performance.getEntriesByName('first-contentful-paint')[0] ?? performance.getEntriesByName('first-paint')[0]
      return paint ? performance.timeOrigin + paint.startTime : Number.NaN
    })
    await browser.close()
    return { firstPaint: paintedAt - spawnedAt, memory: await proportionalMemory(child.pid ?? 0) }
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

/** @param {import('node:child_process').ChildProcessByStdio<null, null, import('node:stream').Readable>} child @returns {Promise<string>} */
function devtoolsEndpoint(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
      const match = /DevTools listening on (ws:\S+)/.exec(text)
      if (match?.[1]) resolve(match[1])
    })
    child.once('exit', (code) => reject(new Error(`The app ended early (exit code ${code}): ${text.slice(-500)}`)))
  })
}

/** Megabytes of a process and all its descendants. @param {number} pid */
async function proportionalMemory(pid) {
  const parents = new Map()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  /** @param {number} child @returns {boolean} */
  const belongs = (child) => child === pid || (child > 1 && belongs(parents.get(child) ?? 0))
  let kilobytes = 0
  for (const child of parents.keys()) {
    if (!belongs(child)) continue
    const rollup = await readFile(`/proc/${child}/smaps_rollup`, 'utf8').catch(() => '')
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return kilobytes / 1024
}
