import { app, type BrowserWindow, clipboard, Menu, type MenuItemConstructorOptions } from 'electron'
import { isOpenable } from './ipc/links.ts'

/** Before the app is ready: Electron builds a menu of its own otherwise, which costs time before the first paint. */
export function skipDefaultMenu(): void {
  Menu.setApplicationMenu(null)
}

/** What a desktop expects of every app; the app's own keys belong to the page. `quit` asks where something goes on. */
export function setMenu(platform: string, development: boolean, quit: () => void): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    // The key that carries the plus, without Shift, as in every browser.
    { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false, acceleratorWorksWhenHidden: true },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  const forDevelopers: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(platform === 'darwin' ? [{ label: app.name, submenu: appMenu(quit) }] : []),
      { role: 'editMenu' },
      { label: 'View', submenu: development ? [...view, ...forDevelopers] : view },
      { role: 'windowMenu' },
    ]),
  )
}

/** Of macOS: that of Electron, but for the end, which would not ask. */
function appMenu(quit: () => void): MenuItemConstructorOptions[] {
  return [
    { role: 'about' },
    { type: 'separator' },
    { role: 'services' },
    { type: 'separator' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    { type: 'separator' },
    { label: `Quit ${app.name}`, accelerator: 'Command+Q', click: quit },
  ]
}

/** Electron has none of its own: what a right click on text offers everywhere else. */
export function offerContextMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, { isEditable, selectionText, editFlags, linkURL }) => {
    const link: MenuItemConstructorOptions[] = isOpenable(linkURL)
      ? [{ label: 'Copy address', click: () => clipboard.writeText(linkURL) }]
      : []
    const copy: MenuItemConstructorOptions = { role: 'copy', enabled: editFlags.canCopy }
    const edit: MenuItemConstructorOptions[] = [
      { role: 'cut', enabled: editFlags.canCut },
      copy,
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ]
    if (isEditable) Menu.buildFromTemplate(edit).popup({ window })
    else if (selectionText.trim()) Menu.buildFromTemplate([copy, ...link]).popup({ window })
    else if (link.length > 0) Menu.buildFromTemplate(link).popup({ window })
  })
}
