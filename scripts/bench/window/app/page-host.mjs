// @ts-check
// A main process that is only the other end of the page: serves files, answers requests, posts what it is told.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { BrowserWindow, ipcMain, MessageChannelMain, protocol } from 'electron'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** As in the app (electron/main/page.ts); the floor page lives by the same rules. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'"

/** Before `app` is ready. */
export function allowPageScheme() {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
}

/** @param {string} folder */
export function servePages(folder) {
  protocol.handle('app', async ({ url }) => {
    const { pathname } = new URL(url)
    const name = pathname === '/' ? '/index.html' : pathname
    try {
      return new Response(await readFile(join(folder, name)), {
        headers: {
          'content-type': types[/** @type {keyof typeof types} */ (extname(name))] ?? 'application/octet-stream',
          'content-security-policy': policy,
        },
      })
    } catch {
      // The page asks for files of its own build only; a missing one shows as an error in the page.
      return new Response('Not found', { status: 404 })
    }
  })
}

/**
 * @param {{ preload: string, width: number, height: number, answer: (name: string, input: any) => unknown,
 *   onFeed: (message: any, post: (message: any) => void) => void }} options
 */
export async function openPage({ preload, width, height, answer, onFeed }) {
  ipcMain.handle('claw:request', (_event, name, input) => ({ ok: true, value: answer(name, input) ?? null }))
  ipcMain.on('claw:feed', (event, nonce) => {
    const { port1, port2 } = new MessageChannelMain()
    port1.on('message', ({ data }) => onFeed(data, (message) => port1.postMessage(message)))
    port1.start()
    event.sender.postMessage('claw:feed', nonce, [port2])
  })
  const window = new BrowserWindow({
    width,
    height,
    useContentSize: true,
    webPreferences: { preload, sandbox: true, contextIsolation: true, backgroundThrottling: false },
  })
  await window.loadURL('app://claw/')
  return window
}
