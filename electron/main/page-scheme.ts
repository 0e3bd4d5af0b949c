import { protocol } from 'electron'
import { PAGE_ORIGIN, servePage } from './page.ts'

const scheme = new URL(PAGE_ORIGIN).protocol.slice(0, -1)

/** Before the app is ready: makes `app:` an origin like `https:` is one. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, codeCache: true } }])
}

/** After it is ready. */
export function servePageFrom(folder: string): void {
  protocol.handle(scheme, (request) => servePage(folder, request))
}
