import { extname } from 'node:path'
import {
  type BrowserWindow,
  clipboard,
  dialog,
  type FileFilter,
  type OpenDialogOptions,
  type SaveDialogOptions,
  shell,
} from 'electron'
import type { Desktop } from './ipc/app-handlers.ts'

/** What handlers may do to the desktop, by Electron. */
export function electronDesktop(window: () => BrowserWindow | null): Desktop {
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
    openLink: (url) => shell.openExternal(url),
    writeClipboard: (text) => clipboard.writeText(text),
  }
}

const jsonFiles = [ofType('json')]

/** A dialog offers, and some systems append, the ending of what is saved. */
function ofType(extension: string): FileFilter {
  return { name: extension.toUpperCase(), extensions: [extension] }
}
