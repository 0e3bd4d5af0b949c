import { extname } from 'node:path'
import {
  app,
  type BrowserWindow,
  clipboard,
  dialog,
  type FileFilter,
  type OpenDialogOptions,
  type SaveDialogOptions,
  shell,
} from 'electron'
import type { Desktop } from './ipc/app-handlers.ts'
import type { LinkGate } from './link-gate.ts'

/** What handlers may do to the desktop, by Electron. */
export function electronDesktop(window: () => BrowserWindow | null, links: LinkGate): Desktop {
  return {
    async chooseFolder(startingAt) {
      const options: OpenDialogOptions = {
        title: 'Choose a folder to work in',
        properties: ['openDirectory', 'createDirectory'],
        ...(startingAt !== null && { defaultPath: startingAt }),
      }
      const parent = window()
      const { filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
      return filePaths[0] ?? null
    },
    async chooseFile(title) {
      const options: OpenDialogOptions = { title, properties: ['openFile'], filters: jsonFiles }
      const parent = window()
      const { filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
      return filePaths[0] ?? null
    },
    async chooseTarget(title, fileName) {
      const options: SaveDialogOptions = { title, defaultPath: fileName, filters: [ofType(extname(fileName).slice(1))] }
      const parent = window()
      const { filePath } = await (parent ? dialog.showSaveDialog(parent, options) : dialog.showSaveDialog(options))
      return filePath || null
    },
    async openLink(url) {
      if (!links.mayOpen(app.accessibilitySupportEnabled)) {
        throw await refusal('invalid-input', 'Links are opened one at a time, by a click. Click it again.')
      }
      try {
        await shell.openExternal(url)
      } catch (cause) {
        const message = `No program on this computer opens ${url}. Copy the address, or choose a browser in its settings.`
        throw await refusal('not-found', message, cause)
      }
    },
    writeClipboard: (text) => clipboard.writeText(text),
  }
}

/** Loaded when something failed: with its schemas it would more than triple what is read before the first paint. */
async function refusal(code: 'invalid-input' | 'not-found', message: string, cause?: unknown): Promise<Error> {
  const { FailureError, failure } = await import('#shared/failure.ts')
  return new FailureError(failure(code, message), { cause })
}

const jsonFiles = [ofType('json')]

/** A dialog offers, and some systems append, the ending of what is saved. */
function ofType(extension: string): FileFilter {
  return { name: extension.toUpperCase(), extensions: [extension] }
}
