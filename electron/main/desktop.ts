import { type BrowserWindow, clipboard, dialog, type OpenDialogOptions, shell } from 'electron'
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
    openLink: (url) => shell.openExternal(url),
    writeClipboard: (text) => clipboard.writeText(text),
  }
}
