import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * Defines `__ENGINE_BUILD__`, which names the code of the engine that a build holds: the same name = the same sources. A
 * program and a worker that say the same name to each other need not examine what the other one says.
 */
export function engineBuild(): Record<string, string> {
  const hash = createHash('sha256').update(read('package-lock.json'))
  for (const folder of ['shared', 'electron/engine']) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((one) => one.endsWith('.ts') && !one.endsWith('.test.ts')).sort()) {
      hash
        .update(`${name}\0`)
        .update(read(join(folder, name)))
        .update('\0')
    }
  }
  return { __ENGINE_BUILD__: JSON.stringify(hash.digest('hex').slice(0, 16)) }
}

const root = import.meta.dirname
const read = (name: string) => readFileSync(join(root, name))

/**
 * Leaves out what undici knows of HTTP/2: it loads Node's own part of it at its start, a fifth of a start of Node, and our
 * connections do not offer that protocol to a server (`allowH2` of undici is off unless it is asked for).
 */
export const withoutHttp2: Plugin = {
  name: 'without-http2',
  enforce: 'pre',
  load: (id) =>
    /undici\/lib\/dispatcher\/client-h2\.js$/.test(id.replaceAll('\\', '/'))
      ? "module.exports = () => { throw new Error('HTTP/2 was not offered.') }"
      : null,
}
