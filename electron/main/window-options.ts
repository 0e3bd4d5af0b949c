import type { BrowserWindowConstructorOptions } from 'electron'
import type { Bounds } from './window-state.ts'

/** The colour before the page has any, and at the edges while it is resized: `--color-canvas` of the page's styles. */
export function canvasColour(isDark: boolean): string {
  return isDark ? '#11191c' : '#f7f6f3'
}

/** The page is treated as hostile: it shows what models write. */
export function windowOptions(
  preload: string,
  isDark: boolean,
  bounds: Bounds | null,
): BrowserWindowConstructorOptions & { webPreferences: object } {
  return {
    title: 'Claw Code Agent',
    show: false,
    width: 1280,
    height: 820,
    ...bounds,
    minWidth: 480,
    minHeight: 400,
    backgroundColor: canvasColour(isDark),
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
    },
  }
}
