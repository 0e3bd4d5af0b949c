import { describe, expect, it } from 'vitest'
import { FailureError, failure } from '#shared/failure.ts'
import { FEED_CHANNEL, REQUEST_CHANNEL, type RequestName, requests } from '#shared/feed/requests.ts'
import { feedChannel, requestChannel } from './channels.ts'
import { type IpcMain, listen } from './listen.ts'
import { isWithinSize } from './message-size.ts'
import { type Handlers, requestRouter } from './router.ts'
import { isTrustedSender, type SenderEvent } from './trusted-sender.ts'

/** Handlers that note what they were asked; `session.stop` fails as expected, `session.rename` by a defect. */
function record() {
  const asked: unknown[] = []
  const note =
    (name: RequestName) =>
    (input: unknown): never => {
      asked.push([name, input])
      if (name === 'session.stop') throw new FailureError(failure('busy', 'It is open elsewhere.'))
      if (name === 'session.rename') throw new TypeError('secret text')
      // Every handler's output, as far as the types go; the router hands it on as it is.
      return null as never
    }
  const names = Object.keys(requests) as RequestName[]
  const handlers: Handlers = Object.fromEntries(names.map((name) => [name, note(name)])) as Record<
    RequestName,
    (input: unknown) => never
  >
  const defects: unknown[] = []
  const ask = requestRouter(requests, handlers, (error) => defects.push(error))
  return { asked, defects, ask, handlers }
}

const sessionId = 'abcdefghij'
const refused = (message: RegExp) => ({
  ok: false,
  failure: { code: 'invalid-input', message: expect.stringMatching(message), retryable: false },
})

describe('a request of the page', () => {
  it('is answered by its handler, with what the schema let through', async () => {
    const { asked, ask } = record()
    const reply = await ask('session.send', { sessionId, text: 'hello', extra: 1 })
    expect([reply, asked]).toEqual([{ ok: true, value: null }, [['session.send', { sessionId, text: 'hello' }]]])
  })

  it.each([
    ['a name that is not in the table', 'session.steal', {}, /does not know/],
    ['a name of every object', 'constructor', {}, /does not know/],
    ['the prototype', '__proto__', {}, /does not know/],
    ['a name that is no text', ['session.send'], {}, /does not know/],
    ['no input', 'session.send', undefined, /does not fit/],
    ['an id that is a path', 'session.send', { sessionId: '../../etc', text: 'x' }, /does not fit/],
    ['an empty message', 'session.send', { sessionId, text: '' }, /does not fit/],
    [
      'a message past the limit of its schema',
      'session.send',
      { sessionId, text: 'x'.repeat(1_000_001) },
      /does not fit/,
    ],
    ['more than any schema allows', 'session.send', { sessionId, text: 'x'.repeat(6_000_001) }, /too much/],
    [
      'a setting that belongs to a request of its own',
      'settings.update',
      { patch: { profiles: 1, theme: 'blue' } },
      /does not fit/,
    ],
  ])('with %s is refused before any handler sees it', async (_what, name, input, message) => {
    const { asked, defects, ask } = record()
    expect([await ask(name, input), asked, defects]).toEqual([refused(message), [], []])
  })

  it('gets what a person wrote and did not send back as it was', async () => {
    const memory = {
      drafts: { [sessionId]: 'a\u200bb' },
      newChat: { folder: '/a\u200fb', profileId: null, permissions: null },
      open: null,
      unseen: [],
    }
    const { handlers } = record()
    const recalls: Handlers = { ...handlers, 'window.recall': async () => memory }
    expect(await requestRouter(requests, recalls, () => undefined)('window.recall', {})).toEqual({
      ok: true,
      value: memory,
    })
  })

  it('that fails as expected gets that failure', async () => {
    const { defects, ask } = record()
    expect([await ask('session.stop', { sessionId, turnId: 'turn000001' }), defects]).toEqual([
      { ok: false, failure: { code: 'busy', message: 'It is open elsewhere.', retryable: false } },
      [],
    ])
  })

  it('that meets a defect gets no details of it, and the defect is reported', async () => {
    const { defects, ask } = record()
    const reply = await ask('session.rename', { sessionId, title: 'x' })
    expect([reply, defects]).toEqual([
      {
        ok: false,
        failure: {
          code: 'internal',
          message: 'That did not work because of a defect in the app. Try again.',
          retryable: false,
        },
      },
      [new TypeError('secret text')],
    ])
  })
})

describe('the ways into main', () => {
  const origin = 'app://claw'
  const window = { webContents: {} }
  const page: SenderEvent = { sender: window.webContents, senderFrame: { origin, parent: null } }

  function open() {
    const channels = new Map<string, (event: SenderEvent, ...rest: unknown[]) => unknown>()
    const log: unknown[] = []
    const ipc: IpcMain<SenderEvent> = {
      handle: (channel, listener) => void channels.set(channel, (event, name, input) => listener(event, name, input)),
      on: (channel, listener) => void channels.set(channel, (event, nonce) => listener(event, nonce)),
    }
    listen(ipc, {
      isTrusted: (event) => isTrustedSender(event, window, origin),
      answer: async (name) => {
        log.push(name)
        return { ok: true, value: null }
      },
      openFeed: async (_event, nonce) => void log.push(nonce),
      onDefect: (error) => log.push(error),
    })
    return { channels, log }
  }

  it('are the two of the contract', () => {
    expect([...open().channels.keys()]).toEqual([REQUEST_CHANNEL, FEED_CHANNEL])
    expect([requestChannel, feedChannel]).toEqual([REQUEST_CHANNEL, FEED_CHANNEL])
  })

  it('are open to the page', async () => {
    const { channels, log } = open()
    await channels.get(REQUEST_CHANNEL)?.(page, 'session.stop', {})
    channels.get(FEED_CHANNEL)?.(page, 'nonce')
    expect(log).toEqual(['session.stop', 'nonce'])
  })

  it.each<[string, SenderEvent]>([
    ['a frame inside the page', { ...page, senderFrame: { origin, parent: {} } }],
    ['a page from elsewhere', { ...page, senderFrame: { origin: 'https://evil.example', parent: null } }],
    [
      'a page whose origin starts the same',
      { ...page, senderFrame: { origin: `${origin}.evil.example`, parent: null } },
    ],
    ['another window', { ...page, sender: {} }],
    ['a frame that is gone', { ...page, senderFrame: null }],
  ])('are closed to %s', async (_who, event) => {
    const { channels, log } = open()
    const reply = await channels.get(REQUEST_CHANNEL)?.(event, 'session.stop', {})
    channels.get(FEED_CHANNEL)?.(event, 'nonce')
    expect([reply, log]).toEqual([refused(/Only the window/), []])
  })

  it('are closed while there is no window', () => {
    expect(isTrustedSender(page, null, origin)).toBe(false)
  })

  it.each([[undefined], [7], ['x'.repeat(101)]])('give no port for the nonce %o', (nonce) => {
    const { channels, log } = open()
    channels.get(FEED_CHANNEL)?.(page, nonce)
    expect(log).toEqual([])
  })
})

describe('the size of a message', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  it.each<[string, unknown, boolean]>([
    ['text under the limit', 'x'.repeat(900), true],
    ['text over it', 'x'.repeat(1000), false],
    ['much text in small parts', Array.from({ length: 100 }, () => 'x'.repeat(10)), false],
    ['many numbers', Array.from({ length: 1000 }, () => 0), false],
    ['long names', { ['x'.repeat(1000)]: 1 }, false],
    ['bytes', new Uint8Array(1000), false],
    ['a circle', circle, false],
    ['nothing', undefined, true],
  ])('counts %s', (_what, value, expected) => {
    expect(isWithinSize(value, 1000)).toBe(expected)
  })
})
