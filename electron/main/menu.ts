import { Menu, type MenuItemConstructorOptions } from 'electron'

/** Before the app is ready: Electron builds a menu of its own otherwise, which costs time before the first paint. */
export function skipDefaultMenu(): void {
  Menu.setApplicationMenu(null)
}

/** What a desktop expects of every app; the app's own keys belong to the page. */
export function setMenu(platform: string, development: boolean): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
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
      ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
      { role: 'editMenu' },
      { label: 'View', submenu: development ? [...view, ...forDevelopers] : view },
      { role: 'windowMenu' },
    ]),
  )
}
