import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** The page has an origin of its own, not `file:`, and that origin is the only one that may ask main for anything. */
export const PAGE_ORIGIN = 'app://claw'

/** What the page may do: its own scripts, styles, fonts and pictures. It cannot reach any network. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Answers `app://claw/…` with a file of the built page, and with 404 for everything else. */
export async function servePage(folder: string, request: Pick<Request, 'method' | 'url'>): Promise<Response> {
  const path = request.method === 'GET' ? pathInside(folder, request.url) : null
  const type = path === null ? undefined : types[extname(path)]
  if (path === null || type === undefined) return notFound()
  try {
    return new Response(new Uint8Array(await readFile(path)), {
      headers: {
        'content-type': type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
    })
  } catch {
    // No such file: the page that was built asks for none, so there is nothing to tell.
    return notFound()
  }
}

/** The file that a URL of the page means, or null where it would lead out of the folder. */
function pathInside(folder: string, text: string): string | null {
  if (!URL.canParse(text)) return null
  const { protocol, host, pathname } = new URL(text)
  if (`${protocol}//${host}` !== PAGE_ORIGIN) return null
  const name = decoded(pathname)
  if (name === null || name.includes('\0') || name.includes('\\')) return null
  const path = join(folder, name === '/' ? 'index.html' : name)
  return path.startsWith(folder + sep) ? path : null
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // Not an encoding at all.
    return null
  }
}

function notFound(): Response {
  return new Response('Not found', { status: 404 })
}
