import { app, type BrowserWindow, dialog } from 'electron'

/** A page that dies twice within this time would go on dying. Milliseconds. */
const AGAIN_MS = 60_000

/** The reason is one of a few words of Electron's and may stand in the log. */
class PageGone extends Error {
  readonly code: string
  constructor(reason: string) {
    super('The page is gone.')
    this.name = 'PageGone'
    this.code = reason
  }
}

/**
 * Loads the page again when its process died; when it dies again soon, asks. `onRestart` tells what happened, `note`
 * writes it down.
 */
export function surviveCrashes(
  window: BrowserWindow,
  onRestart: () => void,
  note: (error: unknown) => Promise<void>,
): void {
  let last = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    void note(new PageGone(reason))
    const again = Date.now() - last < AGAIN_MS
    last = Date.now()
    if (!again) {
      window.webContents.reload()
      onRestart()
      return
    }
    askAgain(window).catch(note)
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
