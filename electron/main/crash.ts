import { app, type BrowserWindow, dialog } from 'electron'

/** A page that dies twice within this time would go on dying. Milliseconds. */
const AGAIN_MS = 60_000

/** Loads the page again when its process died; when it dies again soon, asks. `onRestart` tells what happened. */
export function surviveCrashes(window: BrowserWindow, onRestart: () => void, onDefect: (error: unknown) => void): void {
  let last = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    onDefect(new Error(`The page is gone: ${reason}`))
    const again = Date.now() - last < AGAIN_MS
    last = Date.now()
    if (!again) {
      window.webContents.reload()
      onRestart()
      return
    }
    askAgain(window).catch(onDefect)
  })
}

async function askAgain(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working twice.',
    detail: 'Sessions and everything written so far are safe.',
    buttons: ['Load it again', 'Quit'],
  })
  if (response === 0) window.webContents.reload()
  else app.quit()
}
