import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppState } from '#shared/feed/app-state.ts'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { FakeSessions, MemoryChannel, sessionId, TURN } from '../../../test-support/fake-sessions.ts'
import { EventBatch } from '../journal/event-batch.ts'
import { FeedServer } from './feed-server.ts'
import { SessionHolds } from './session-holds.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const appState: AppState = {
  settings: defaultSettings,
  backends: [],
  activeProfileId: null,
  discovery: { state: 'idle', servers: [] },
  doctor: {},
  spending: { day: '2026-11-26', today: noSpending(), month: noSpending(), limits: [], revision: 0 },
  sessions: [],
  runs: [],
  runsPaused: false,
  environment: {
    appVersion: '1',
    electronVersion: '1',
    nodeVersion: '1',
    platform: 'linux',
    electronSource: 'official',
    dataFolder: '/data',
    homeFolder: '/home',
    startFolder: null,
    keychain: true,
    tray: null,
    sandbox: null,
  },
  notices: [],
}

function serve(sessions: FakeSessions, behindBytes?: number) {
  const defects: unknown[] = []
  const onDefect = (error: unknown) => defects.push(error)
  const appListeners = new Set<(change: Partial<AppState>) => void>()
  const server = new FeedServer({
    sessions,
    holds: new SessionHolds(sessions, onDefect),
    app: {
      state: () => appState,
      onChange: (listener) => {
        appListeners.add(listener)
        return () => appListeners.delete(listener)
      },
    },
    onDefect,
  })
  const channel = new MemoryChannel()
  server.attach(channel, behindBytes)
  return { channel, defects, appListeners, server }
}

/** Lets everything that only waits for promises happen. */
const settle = () => vi.advanceTimersByTimeAsync(0)

const [A] = [sessionId(0)]
const text = (value: string): UnstampedEvent => ({ type: 'text-delta', text: value })
const kinds = (messages: readonly FeedMessage[]) =>
  messages.map((message) => (message.type === 'events' ? `events ${message.events.length}` : message.type))

describe('a viewer of a session', () => {
  it('gets a snapshot, and every event in the moment it happens', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    const session = sessions.opened(A)
    session?.startTurn()
    for (const word of ['a', 'b']) session?.emit(text(word))
    expect([kinds(channel.received), vi.getTimerCount()]).toEqual([['snapshot', 'events 1', 'events 1', 'events 1'], 0])
  })

  it('gets of an answer the first words at once, and the rest of a frame as one message', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    const session = sessions.opened(A)
    const batch = new EventBatch((unstamped) => session?.emit(unstamped))
    for (const word of ['a', 'b', 'c']) batch.add(text(word))
    const before = kinds(channel.received)
    await vi.advanceTimersByTimeAsync(16)
    const after = kinds(channel.received)
    await vi.advanceTimersByTimeAsync(16)
    batch.add(text('d'))
    expect([before, after, kinds(channel.received)]).toEqual([
      ['snapshot', 'events 1'],
      ['snapshot', 'events 1', 'events 1'],
      ['snapshot', 'events 1', 'events 1', 'events 1'],
    ])
  })

  it('that falls behind is told nothing until it has read, and then a snapshot instead of what it missed', async () => {
    const sessions = new FakeSessions(2)
    const { channel } = serve(sessions, 20_000)
    for (const id of [A, sessionId(1)]) channel.send({ type: 'subscribe', sessionId: id })
    await settle()
    const session = sessions.opened(A)
    session?.startTurn()
    for (let number = 0; number < 300; number++) session?.emit(text('x'.repeat(50)))
    const before = kinds(channel.received)
    channel.drain()
    session?.emit(text('y'))
    expect(before.length).toBeLessThan(200)
    // The other session missed nothing.
    expect(kinds(channel.received)).toEqual([...before, 'snapshot', 'events 1'])
    const [snapshot] = channel.received.slice(-2)
    expect(snapshot).toMatchObject({ type: 'snapshot', sessionId: A, view: { seq: (session?.view().seq ?? 0) - 1 } })
  })

  it('is told in words when the session cannot be opened', async () => {
    const { channel, defects } = serve(new FakeSessions(0))
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    expect([channel.received, defects]).toEqual([
      [{ type: 'closed', sessionId: A, message: `There is no session ${A}.` }],
      [],
    ])
  })

  it('is told when the session was removed', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    await sessions.remove(A)
    expect(kinds(channel.received)).toEqual(['snapshot', 'closed'])
  })

  it('that left before the session was open gets nothing', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    channel.send({ type: 'unsubscribe', sessionId: A })
    await settle()
    expect([channel.received, sessions.live.size]).toEqual([[], 0])
  })

  it.each([
    [null],
    ['subscribe'],
    [{ type: 'subscribe' }],
    [{ type: 'subscribe', sessionId: '../../etc' }],
    [{ type: 'x' }],
  ])('that sends %o is not answered', async (message) => {
    const { channel, defects } = serve(new FakeSessions(1))
    channel.send(message)
    await settle()
    expect([channel.received, defects]).toEqual([[], []])
  })
})

describe('a session that nobody looks at any more', () => {
  it('is given up when its last viewer leaves', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    channel.close()
    await settle()
    expect([sessions.log, sessions.existing.get(A)?.listeners.size]).toEqual([
      [`open ${A}`, `release ${A}`, `released ${A}`],
      0,
    ])
  })

  it('stays open until its turn has ended', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    const session = sessions.opened(A)
    session?.startTurn()
    channel.close()
    await settle()
    const whileRunning = sessions.live.size
    session?.endTurn()
    await settle()
    expect([whileRunning, sessions.live.size]).toEqual([1, 0])
  })

  it('is opened again only after it was given up', async () => {
    const sessions = new FakeSessions(1)
    const { channel } = serve(sessions)
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    channel.send({ type: 'unsubscribe', sessionId: A })
    channel.send({ type: 'subscribe', sessionId: A })
    await settle()
    expect(sessions.log).toEqual([`open ${A}`, `release ${A}`, `released ${A}`, `open ${A}`])
    expect(kinds(channel.received)).toEqual(['snapshot', 'snapshot'])
  })
})

describe('a place that is asked for outside of the window', () => {
  const place = { page: 'chat', sessionId: A } as const

  it('is shown at once by a page that is there', () => {
    const { channel, server } = serve(new FakeSessions(0))
    channel.send({ type: 'subscribe-app' })
    server.show(place)
    expect(channel.received).toEqual([
      { type: 'app', change: appState },
      { type: 'show', place },
    ])
  })

  it('waits for the page that is being opened, and is shown once', () => {
    const { channel, server } = serve(new FakeSessions(0))
    server.show({ page: 'chat', sessionId: null })
    server.show(place)
    channel.send({ type: 'subscribe-app' })
    channel.send({ type: 'subscribe-app' })
    expect(kinds(channel.received)).toEqual(['app', 'show', 'app'])
  })

  it('is known to be shown while a page follows it', () => {
    const { channel, server } = serve(new FakeSessions(1))
    const before = server.isShown(A)
    channel.send({ type: 'subscribe', sessionId: A })
    const followed = server.isShown(A)
    channel.send({ type: 'unsubscribe', sessionId: A })
    expect([before, followed, server.isShown(A)]).toEqual([false, true, false])
  })
})

describe('a viewer of the app', () => {
  it('gets everything, then changes, and nothing after it left', async () => {
    const { channel, appListeners } = serve(new FakeSessions(0))
    channel.send({ type: 'subscribe-app' })
    for (const listener of appListeners) listener({ activeProfileId: 'demo' })
    channel.close()
    expect([channel.received, appListeners.size]).toEqual([
      [
        { type: 'app', change: appState },
        { type: 'app', change: { activeProfileId: 'demo' } },
      ],
      0,
    ])
  })
})

type Step = { session: number } & (
  | { kind: 'emit'; event: UnstampedEvent }
  | { kind: 'subscribe' | 'unsubscribe' }
  | { kind: 'read' }
)

const event: fc.Arbitrary<UnstampedEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 300 }).map(text) },
  {
    weight: 3,
    arbitrary: fc.string({ maxLength: 300 }).map((value): UnstampedEvent => ({ type: 'reasoning-delta', text: value })),
  },
  {
    weight: 3,
    arbitrary: fc
      .string({ maxLength: 300 })
      .map((value): UnstampedEvent => ({ type: 'tool-output', callId: 'c', text: value })),
  },
  fc.constant<UnstampedEvent>({ type: 'turn-start', turnId: TURN, text: 'go', facts: '' }),
  fc.constant<UnstampedEvent>({ type: 'phase', phase: 'thinking' }),
  fc.constant<UnstampedEvent>({ type: 'title', title: 'A title' }),
  fc.constant<UnstampedEvent>({
    type: 'tool-start',
    callId: 'c',
    name: 'bash',
    arguments: '{}',
    recovered: false,
    verb: 'Run',
    target: 'ls',
  }),
  fc.constant<UnstampedEvent>({ type: 'turn-end', turnId: TURN, reason: 'completed', failure: null, budget: null }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('emit' as const), session: fc.nat(1), event }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), session: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('subscribe' as const, 'unsubscribe' as const), session: fc.nat(1) }),
  },
)

/** What a window does with the feed. */
function follow(messages: readonly FeedMessage[]): Map<SessionId, SessionView> {
  const views = new Map<SessionId, SessionView>()
  for (const message of messages) {
    if (message.type === 'snapshot') views.set(message.sessionId, message.view)
    if (message.type !== 'events') continue
    const view = views.get(message.sessionId)
    if (!view) throw new Error('Events came before the snapshot.')
    const seqs = [view.seq, ...message.events.map(({ seq }) => seq)]
    if (seqs.some((seq, index) => index > 0 && seq !== (seqs[index - 1] ?? 0) + 1)) {
      throw new Error(`Events were lost or repeated: ${seqs}`)
    }
    views.set(message.sessionId, message.events.reduce(applyEvent, view))
  }
  return views
}

it('a viewer that joins at any moment, and falls behind at any, sees what the session itself sees', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.constantFrom(200, 2000, 1_000_000), async (steps, limit) => {
      const sessions = new FakeSessions(2)
      const { channel, defects, server } = serve(sessions, limit)
      for (const current of steps) {
        const id = sessionId(current.session)
        if (current.kind === 'emit') sessions.existing.get(id)?.emit(current.event)
        else if (current.kind === 'read') channel.drain()
        else {
          channel.send({ type: current.kind, sessionId: id })
          await settle()
        }
      }
      for (const id of sessions.existing.keys())
        if (!server.isShown(id)) channel.send({ type: 'subscribe', sessionId: id })
      await settle()
      for (const session of sessions.existing.values()) session.emit(text('the end'))
      channel.drain()
      channel.close()
      await settle()
      const expected = new Map([...sessions.existing].map(([id, session]) => [id, session.view()]))
      expect([follow(channel.received), defects]).toEqual([expected, []])
    }),
    { numRuns: 300 },
  )
})
