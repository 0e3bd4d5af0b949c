import { app, type Session } from 'electron'

/** Whatever content there is, it stays where it was loaded, opens no window and reaches nobody by a call of its own. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    // Links are opened on request, where it can be judged whether a person asked for it.
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    // Calls between browsers go past the policy for connections: without a proxy for their packets there are none.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  })
}

/** The page needs no camera, no place, no notification, no file: nothing is granted, nobody is asked. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** Nothing listens there. */
const NOWHERE = 'socks5://127.0.0.1:9'

/** The page comes from this app and asks for nothing else: whatever it tried would end at a proxy that is not there. */
export async function refuseNetwork(session: Session): Promise<void> {
  await session.setProxy({ mode: 'fixed_servers', proxyRules: NOWHERE, proxyBypassRules: '<-loopback>' })
}
