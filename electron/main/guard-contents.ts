import { app, type Session, shell } from 'electron'
import { isOpenable } from './links.ts'

/** Whatever content there is, it stays where it was loaded and opens nothing but links, in the person's browser. */
export function guardContents(onDefect: (error: unknown) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (isOpenable(url)) shell.openExternal(url).catch(onDefect)
      return { action: 'deny' }
    })
  })
}

/** The page needs no camera, no place, no notification: nothing is granted, nobody is asked. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}
