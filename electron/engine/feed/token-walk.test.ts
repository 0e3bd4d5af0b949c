import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeSessions, MemoryChannel, sessionId } from '../../../test-support/fake-sessions.ts'
import { EventBatch } from '../journal/event-batch.ts'
import { Viewer } from './viewer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A model that writes a token each millisecond: how long each waits on its way to the viewer, and what it costs. */
async function walk(tokens: number) {
  const session = new FakeSessions(1).existing.get(sessionId(0))
  if (!session) throw new Error('It was made above.')
  let published = 0
  session.subscribe(() => published++)
  const channel = new MemoryChannel()
  const arrived: number[] = []
  const post = (message: Parameters<typeof channel.post>[0]) => {
    channel.post(message)
    if (message.type !== 'events') return
    for (const event of message.events)
      if (event.type === 'text-delta') arrived.push(...Array.from(event.text, () => Date.now()))
  }
  const onDefect = (error: unknown) => {
    throw error
  }
  new Viewer(channel, { post, onDefect }).follow(session)
  const batch = new EventBatch((event) => session.emit(event))
  const written: number[] = []
  let timers = 0
  for (let token = 0; token < tokens; token++) {
    written.push(Date.now())
    batch.add({ type: 'text-delta', text: 'x' })
    timers = Math.max(timers, vi.getTimerCount())
    await vi.advanceTimersByTimeAsync(1)
  }
  await vi.advanceTimersByTimeAsync(16)
  const waits = written.map((at, index) => (arrived[index] ?? Number.POSITIVE_INFINITY) - at)
  return { published, posts: channel.received.length - 1, timers, longest: Math.max(...waits) }
}

it('a token waits for one frame at the most, and a frame costs one event, one post and one timer', async () => {
  expect(await walk(1_000)).toEqual({ published: 64, posts: 64, timers: 1, longest: 16 })
})
