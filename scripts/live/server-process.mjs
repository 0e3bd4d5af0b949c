// @ts-check
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../lib/paths.mjs'
import { Problem } from '../lib/problem.mjs'
import { run } from '../lib/run.mjs'

const scripts = join(root, 'scripts/servers')
export const resultsFolder = join(root, 'test-results/live')
/** vLLM needs a minute on a quiet machine. */
const readyMs = 20 * 60_000
const endMs = 15_000

/**
 * @typedef {object} StartOptions
 * @property {NodeJS.ProcessEnv} [env] for the server
 * @property {string[]} [flags] of the server
 * @property {string} [key] what it asks for; without one it asks for none
 * @property {string} [model] that it lists when it is ready
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL')
})

/**
 * Installs a server if it is missing.
 *
 * @param {string} name
 * @returns {Promise<string>} its version
 */
export async function installServer(name) {
  const { code, output } = await run(join(scripts, 'install'), [name])
  const version = /\d+\.\d+\.\d+/.exec(output.trim().split('\n').at(-1) ?? '')?.[0]
  if (code === 0 && version) return version
  throw new Problem(`${name} could not be installed: ${output.trim().split('\n').slice(-3).join(' ')}`)
}

/** A real server in a process group of its own, on a free port of loopback. */
export class ServerProcess {
  /** @param {string} name @param {number} port @param {string | null} key @param {import('node:child_process').ChildProcess} child */
  constructor(name, port, key, child) {
    this.name = name
    this.key = key
    this.address = `http://127.0.0.1:${port}`
    this.#child = child
  }
  #child

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** @param {string} path @param {RequestInit} [init] */
  fetch(path, init = {}) {
    const headers = { 'content-type': 'application/json', ...(this.key && { authorization: `Bearer ${this.key}` }) }
    return fetch(`${this.address}${path}`, { ...init, headers })
  }

  /** Ends it with all that it started. */
  async stop() {
    if (!this.isRunning) return
    const ended = once(this.#child, 'exit')
    signal(this.#child, 'SIGTERM')
    const timer = setTimeout(() => signal(this.#child, 'SIGKILL'), endMs)
    await ended
    clearTimeout(timer)
    signal(this.#child, 'SIGKILL')
    running.delete(this.#child)
  }

  /** As if its machine had gone. */
  async kill() {
    if (!this.isRunning) return
    const ended = once(this.#child, 'exit')
    signal(this.#child, 'SIGKILL')
    await ended
    running.delete(this.#child)
  }
}

/**
 * Starts a server and waits until it lists its model. `Problem` when it ends before or takes too long.
 *
 * @param {string} name
 * @param {StartOptions} [options]
 */
export async function startServer(name, { env = {}, flags = [], key, model = 'small' } = {}) {
  const port = await freePort()
  mkdirSync(resultsFolder, { recursive: true })
  const log = createWriteStream(join(resultsFolder, `${name}-${port}.log`))
  const child = spawn(join(scripts, 'start'), [name, String(port), ...flags], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, KEY: key ?? '' },
  })
  running.add(child)
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  const server = new ServerProcess(name, port, key ?? null, child)
  const began = performance.now()
  while (server.isRunning && performance.now() - began < readyMs) {
    if (await listsModel(server, model)) return server
    await delay(200)
  }
  await server.stop()
  throw new Problem(`${name} did not start: see ${log.path}.`)
}

/** @param {ServerProcess} server @param {string} model */
async function listsModel(server, model) {
  try {
    const response = await server.fetch('/v1/models', { signal: AbortSignal.timeout(5000) })
    return response.ok && (await response.text()).includes(model)
  } catch {
    // Not listening yet.
    return false
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} name */
function signal(child, name) {
  try {
    if (child.pid) process.kill(-child.pid, name)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
