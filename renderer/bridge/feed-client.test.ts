import { expect, test } from 'vitest'
import type { FeedMessage, FeedRequest } from '#shared/feed/feed.ts'
import { SessionId } from '#shared/ids.ts'
import { FeedClient, type FeedPort, type HandOverEvent } from './feed-client.ts'

const sessionId = SessionId.parse('aaaaaaaaaa')

type PortListener = (event: MessageEvent<FeedMessage>) => void

/** A port that remembers what was posted, and on which the other end can speak and hang up. */
class FakePort implements FeedPort {
  readonly posted: FeedRequest[] = []
  readonly #listeners: { type: 'message' | 'close'; listener: PortListener }[] = []
  start(): void {}
  addEventListener(type: 'message' | 'close', listener: PortListener): void {
    this.#listeners.push({ type, listener })
  }
  postMessage(message: FeedRequest): void {
    this.posted.push(message)
  }
  say(message: FeedMessage): void {
    this.#fire('message', message)
  }
  hangUp(): void {
    this.#fire('close')
  }
  #fire(type: 'message' | 'close', data?: FeedMessage): void {
    for (const one of this.#listeners) if (one.type === type) one.listener(new MessageEvent(type, { data }))
  }
}

function connect() {
  const page = {}
  const nonces: string[] = []
  const messages: FeedMessage[] = []
  let deliver: (event: HandOverEvent) => void = () => {}
  const client = new FeedClient(
    {
      requestFeed: (nonce) => nonces.push(nonce),
      addEventListener: (_type, listener) => {
        deliver = listener
      },
    },
    page,
    (message) => messages.push(message),
  )
  client.start()
  const handOver = (nonce: string | undefined, source: unknown = page) => {
    const port = new FakePort()
    const event = { data: { type: 'claw-feed-port', nonce }, source, ports: [port] }
    deliver(event)
    return port
  }
  return { client, nonces, messages, handOver }
}

test('the page takes the port that it asked for, and no other', () => {
  const { nonces, handOver } = connect()
  const ports = [handOver('guessed'), handOver(nonces[0], {}), handOver(nonces[0]), handOver(nonces[0])]
  expect(ports.map(({ posted }) => posted)).toEqual([[], [], [{ type: 'subscribe-app' }], []])
})

test('what was wanted before the port came is asked for when it comes', () => {
  const { client, nonces, handOver } = connect()
  client.subscribe(sessionId)
  client.subscribe(sessionId)
  expect(handOver(nonces[0]).posted).toEqual([{ type: 'subscribe-app' }, { type: 'subscribe', sessionId }])
})

test('a lost port is asked for again, with all that was subscribed', () => {
  const { client, nonces, messages, handOver } = connect()
  const first = handOver(nonces[0])
  client.subscribe(sessionId)
  first.hangUp()
  const second = handOver(nonces[1])
  second.say({ type: 'closed', sessionId, message: 'gone' })
  second.hangUp()
  const third = handOver(nonces[2])
  expect({ distinct: new Set(nonces).size, second: second.posted, third: third.posted, messages }).toEqual({
    distinct: 3,
    second: [{ type: 'subscribe-app' }, { type: 'subscribe', sessionId }],
    third: [{ type: 'subscribe-app' }],
    messages: [{ type: 'closed', sessionId, message: 'gone' }],
  })
})
