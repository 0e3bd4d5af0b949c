import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackendKind } from '#shared/profile/profile.ts'

/** What scripts/live/fixtures.mjs writes beside a recorded body. */
interface About {
  check: string
  kind: BackendKind
  asked: { path: string; model: string; stream: boolean; maxTokens?: number; format?: string }
  status: number
  contentType: string
  headers?: Record<string, string>
}

/** One answer of a real server, as it came over the wire. */
export interface Recording extends About {
  /** Such as `llama-server-0.7.0/chat`. */
  name: string
  body: Buffer
  /** The file of what the client has to make of it. */
  expected: string
}

const folder = join(import.meta.dirname, '../fixtures')

export async function recordings(): Promise<Recording[]> {
  const found: Recording[] = []
  for (const server of (await readdir(folder)).sort()) {
    const files = (await readdir(join(folder, server))).sort()
    for (const file of files.filter((name) => /\.(sse|txt)$/.test(name))) {
      const base = join(folder, server, file.replace(/\.\w+$/, ''))
      const about = JSON.parse(await readFile(`${base}.json`, 'utf8')) as About
      const body = await readFile(join(folder, server, file))
      found.push({ ...about, name: `${server}/${file}`, body, expected: `${base}.expected` })
    }
  }
  return found
}
