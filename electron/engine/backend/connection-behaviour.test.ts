import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { chunk, DONE } from '../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { createBackend } from './client.ts'
import type { StreamEvent } from './contract/backend.ts'
import { BackendError } from './contract/backend-error.ts'

/** What servers and what stands before them do beside the answer itself; written byte by byte on a bare socket. */

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

type Answer = (socket: Socket, request: string) => void

/** One answer a request, in order; `connections` counts how often somebody connected. */
async function serve(...answers: Answer[]) {
  const seen = { requests: [] as string[], connections: 0 }
  const server = createServer((socket) => {
    seen.connections++
    let text = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (part) => {
      text += part
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      const head = text.indexOf('\r\n\r\n')
      if (head < 0 || Buffer.byteLength(text.slice(head + 4)) < length) return
      const request = text
      text = ''
      seen.requests.push(request)
      answers.shift()?.(socket, request)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return { seen, origin: `http://127.0.0.1:${port}` }
}

const body = (content: string) => `${chunk({ content })}${chunk({}, 'stop')}${DONE}`
const head = (length: number, more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${length}\r\n${more}\r\n`
const whole = (content: string, more?: string) => head(Buffer.byteLength(body(content)), more) + body(content)

const busy = 'HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n'
const closing: Answer = (socket) => socket.destroy()

async function ask(origin: string, turns = 1): Promise<string[]> {
  const client = createBackend({
    profile: testProfile(`${origin}/v1`),
    key: 'sk-secret',
    retry: { attempts: 2, sleep: () => Promise.resolve() },
  })
  const lines: string[] = []
  try {
    for (let turn = 0; turn < turns; turn++)
      lines.push(...(await said(client.chat(asked, new AbortController().signal))))
    return lines
  } finally {
    await client.close()
  }
}

const asked = { messages: [{ role: 'user', content: 'Hi' }], tools: [] } as const

async function said(events: AsyncIterable<StreamEvent>): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const event of events) {
      if (event.type === 'content_delta') lines.push(event.text)
      if (event.type === 'warning') lines.push(event.code)
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    lines.push(`error ${error.code}: ${error.message}`)
  }
  return lines
}

describe('before the answer', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
  it.each<[string, (socket: Socket) => void]>([
    ['in a piece of its own', (socket) => socket.write(interim, () => setImmediate(() => socket.write(whole('A'))))],
    ['with the answer in one piece', (socket) => socket.write(interim + whole('A'))],
    [
      'twice, with a header',
      (socket) => socket.write(interim + interim.replace('\r\n\r\n', '\r\nserver: x\r\n\r\n') + whole('A')),
    ],
    [
      'byte by byte',
      async (socket) => {
        for (const byte of interim + whole('A')) await new Promise((resolve) => socket.write(byte, resolve))
      },
    ],
  ])('a server that says 100 Continue unasked is heard: %s', async (_name, answer) => {
    const { origin, seen } = await serve(answer, answer)
    expect([await ask(origin, 2), seen.connections]).toEqual([['A', 'A'], 1])
  })

  it('other interim answers pass as well', async () => {
    const { origin } = await serve((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${whole('A')}`),
    )
    expect(await ask(origin)).toEqual(['A'])
  })
})

describe('compression', () => {
  it('identity is asked for, and a gzip that comes all the same is read in any pieces', async () => {
    const packed = gzipSync(body('A'))
    const { origin, seen } = await serve(async (socket) => {
      socket.write(head(packed.length, 'content-encoding: gzip\r\n'))
      for (const byte of packed) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve))
    })
    const lines = await ask(origin)
    expect([lines, /accept-encoding: (\S+)/i.exec(seen.requests[0] ?? '')?.[1]]).toEqual([['A'], 'identity'])
  })
})

describe('a kept connection', () => {
  it('that the server closed between two turns is replaced without a word', async () => {
    const closed: Promise<void>[] = []
    const answer: Answer = (socket) => {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())))
      socket.end(whole('A'))
    }
    const { origin, seen } = await serve(answer, answer)
    const client = createBackend({ profile: testProfile(`${origin}/v1`), key: null, retry: { attempts: 1 } })
    const lines = await said(client.chat(asked, new AbortController().signal))
    await closed[0]
    lines.push(...(await said(client.chat(asked, new AbortController().signal))))
    await client.close()
    expect([lines, seen.connections]).toEqual([['A', 'A'], 2])
  })

  it.each<[string, Answer]>([
    ['closed', (socket) => socket.destroy()],
    ['closed properly', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ])(
    'that the server had %s is not spoken of: the request goes out on another at once, and no attempt counts',
    async (_how, close) => {
      const { origin, seen } = await serve(
        (socket) => socket.write(whole('A')),
        close,
        (socket) => socket.write(busy),
        (socket) => socket.write(whole('B')),
      )
      expect([await ask(origin, 2), seen.connections]).toEqual([['A', 'retry', 'B'], 3])
    },
  )

  it('that is new and breaks before an answer is said to have been closed, in words', async () => {
    const { origin } = await serve(
      (socket) => socket.destroy(),
      (socket) => socket.write(whole('B')),
    )
    const client = createBackend({
      profile: testProfile(`${origin}/v1`),
      key: null,
      retry: { sleep: () => Promise.resolve(), random: () => 0 },
    })
    const messages = []
    for await (const event of client.chat(asked, new AbortController().signal))
      if (event.type === 'warning') messages.push(event.message)
    await client.close()
    expect(messages).toEqual(['Test closed the connection. Asked again after less than a second, nothing was lost.'])
  })

  it('that stays closed ends in a sentence, however many of earlier were closed as well', async () => {
    const { origin } = await serve((socket) => socket.write(whole('A')), ...Array.from({ length: 9 }, () => closing))
    expect(await ask(origin, 2)).toEqual([
      'A',
      'retry',
      'error transport: Test closed the connection before it answered. Try again.',
    ])
  })
})

describe('redirects', () => {
  const to = (status: number, location: string): Answer => {
    return (socket) => socket.write(`HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`)
  }

  it('within the same server are followed with body and key', async () => {
    const { origin, seen } = await serve(to(307, '/api/v1/chat/completions'), to(308, '/final'), (socket) =>
      socket.write(whole('A')),
    )
    expect(await ask(origin)).toEqual(['A'])
    expect(
      seen.requests.map((text) => [text.split(' ')[1], /bearer sk-secret/i.test(text), text.includes('"Hi"')]),
    ).toEqual([
      ['/v1/chat/completions', true, true],
      ['/api/v1/chat/completions', true, true],
      ['/final', true, true],
    ])
  })

  it('to another server are not followed: nothing of the request is shown to it, the key least of all', async () => {
    const other = await serve((socket) => socket.write(whole('stolen')))
    const { origin } = await serve(to(307, `${other.origin}/v1/chat/completions`))
    expect([await ask(origin), other.seen.connections]).toEqual([
      [
        `error protocol: Test sends us on to ${other.origin} instead of answering. If that is the right server, put its address into the profile.`,
      ],
      0,
    ])
  })

  it('in a circle end', async () => {
    const { origin } = await serve(...Array.from({ length: 9 }, () => to(307, '/again')))
    expect((await ask(origin))[0]).toMatch(/^error protocol: Test sends us on/)
  })

  it('that would turn the request into another one are not followed', async () => {
    const { origin, seen } = await serve(to(302, '/login'))
    expect([(await ask(origin))[0]?.slice(0, 14), seen.requests.length]).toEqual(['error protocol', 1])
  })
})
