import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

const out = join(import.meta.dirname, '../../out')

/** A built file and everything that it imports before it runs; what comes later by `import()` is left out. */
async function staticGraph(path: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  if (seen.has(path)) return seen
  const text = await readFile(path, 'utf8')
  seen.set(path, text)
  for (const [, name = ''] of text.matchAll(/^import\s[^;]*?from\s*["'](\.[^"']+)["']/gm)) {
    await staticGraph(join(dirname(path), name), seen)
  }
  return seen
}

describe('the built main process', () => {
  it('has little to read before the first paint', async () => {
    const texts = [...(await staticGraph(join(out, 'main/index.js'))).values()].join('\n')
    expect(texts.length).toBeLessThan(60_000)
    expect(texts).not.toMatch(/ZodError|undici/)
    const packages = [...texts.matchAll(/^import\s[^;]*?from\s*["']([^."'][^"']*)["']/gm)].map(([, name]) => name)
    expect(new Set(packages.filter((name) => !name?.startsWith('node:')))).toEqual(new Set(['electron']))
  })
})

describe('the built preload', () => {
  const path = join(out, 'preload/index.cjs')

  it('is small, and needs nothing but Electron', async () => {
    const text = await readFile(path, 'utf8')
    expect((await stat(path)).size).toBeLessThan(4000)
    expect([...text.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map(([, name]) => name)).toEqual(['electron'])
  })

  it('gives the page two functions that ask on the two channels, one that names dropped files, and hands the port on with its nonce', async () => {
    const log: unknown[] = []
    const exposed = new Map<string, { request(...input: unknown[]): unknown; requestFeed(nonce: string): void }>()
    const listeners = new Map<string, (event: { ports: unknown[] }, nonce: string) => void>()
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, api: never) => exposed.set(name, api) },
      ipcRenderer: {
        invoke: (...parts: unknown[]) => log.push(['invoke', ...parts]),
        send: (...parts: unknown[]) => log.push(['send', ...parts]),
        on: (channel: string, listener: never) => listeners.set(channel, listener),
      },
    }
    runInNewContext(await readFile(path, 'utf8'), {
      require: () => electron,
      exports: {},
      module: { exports: {} },
      window: { postMessage: (...parts: unknown[]) => log.push(['post', ...parts]) },
    })
    const claw = exposed.get('claw')
    claw?.request('session.stop', { sessionId: 'abcdefghij' }, 'more')
    claw?.requestFeed('n1')
    listeners.get('claw:feed')?.({ ports: ['port'] }, 'n1')
    expect([[...exposed.keys()], Object.keys(claw ?? {}), [...listeners.keys()]]).toEqual([
      ['claw'],
      ['request', 'filePath', 'requestFeed'],
      ['claw:feed'],
    ])
    expect(log).toEqual([
      ['invoke', 'claw:request', 'session.stop', { sessionId: 'abcdefghij' }],
      ['send', 'claw:feed', 'n1'],
      ['post', { type: 'claw-feed-port', nonce: 'n1' }, '*', ['port']],
    ])
  })
})
