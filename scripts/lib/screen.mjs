// @ts-check
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Problem } from './problem.mjs'

const startMs = 20_000

/**
 * Opens an invisible screen for programs that show windows. Only Linux has and needs one.
 *
 * @returns {Promise<{ env: NodeJS.ProcessEnv, close: () => void }>}
 */
export async function openScreen() {
  if (process.platform !== 'linux') return { env: {}, close: () => {} }
  // The server picks a free number itself and writes it to the given descriptor when it is ready.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const close = () => {
    server.kill()
  }
  process.once('exit', close)
  const number = /** @type {import('node:stream').Readable} */ (server.stdio[3])
  try {
    const [text] = await Promise.race([
      once(number, 'data', { signal: AbortSignal.timeout(startMs) }),
      once(server, 'exit').then(([code]) => Promise.reject(new Error(`exit code ${code}`))),
    ])
    return { env: { DISPLAY: `:${String(text).trim()}`, WAYLAND_DISPLAY: undefined }, close }
  } catch (error) {
    close()
    const { message } = /** @type {Error} */ (error)
    throw new Problem(`The screen for the window tests did not start (Xvfb: ${message}).`)
  }
}
