import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageId } from '#shared/ids.ts'
import { visibleText } from '#shared/lib/visible-text.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { FakeSession, sessionId } from '../../../test-support/fake-sessions.ts'
import { ShownMessages } from './shown-messages.ts'

const id = sessionId(0)

/** What a page holds that subscribed after so many pieces. */
function seen(pieces: readonly string[], subscribedAfter: number): SessionView {
  const session = new FakeSession(id)
  const messages = new ShownMessages()
  session.startTurn()
  const emit = (text: string) => session.emit({ type: 'text-delta', text })
  pieces.slice(0, subscribedAfter).forEach(emit)
  const first = messages.of({ type: 'snapshot', sessionId: id, view: session.view() })
  if (first.type !== 'snapshot') throw new Error('It is a snapshot.')
  const events: SessionEvent[] = []
  session.subscribe((event) => events.push(event))
  pieces.slice(subscribedAfter).forEach(emit)
  return events.reduce((view, event) => {
    const message = messages.of({ type: 'events', sessionId: id, events: [event] })
    return message.type === 'events' ? message.events.reduce(applyEvent, view) : view
  }, first.view)
}

const textOf = (view: SessionView) =>
  view.turns.flatMap(({ items }) => items.map((item) => (item.kind === 'text' ? item.text : ''))).join('')

test('a text that comes in pieces is the whole text made visible, whenever somebody began to look', () => {
  const piece = fc.constantFrom(
    '👩',
    '\u200d',
    '💻',
    '\u202e',
    'a',
    'می',
    '\u200c',
    '❤',
    '\ufe0f',
    '\u{1f3f4}',
    '\u{e0067}',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), fc.nat(), (pieces, at) => {
      expect(textOf(seen(pieces, at % (pieces.length + 1)))).toBe(visibleText(pieces.join('')))
    }),
  )
})

test('questions, output and failures are made visible on their way', () => {
  const messages = new ShownMessages()
  const stamp = { seq: 1, at: 1 }
  const request = {
    callId: 'c',
    tool: 'bash',
    purpose: 'to run',
    subject: { kind: 'command' as const, command: 'rm \u202etxt' },
    facts: [],
    sessionRule: 'shell:rm',
    recovered: false,
  }
  const events: SessionEvent[] = [
    { type: 'approval-request', request, ...stamp },
    { type: 'tool-output', callId: 'c', text: '\x1b[31m\u202e', ...stamp },
  ]
  expect([
    messages.of({ type: 'events', sessionId: id, events }),
    messages.of({ type: 'closed', sessionId: id, message: 'no \u200b' }),
  ]).toEqual([
    {
      type: 'events',
      sessionId: id,
      events: [
        { ...events[0], request: { ...request, subject: { kind: 'command', command: 'rm <U+202E>txt' } } },
        { ...events[1], text: '\x1b[31m<U+202E>' },
      ],
    },
    { type: 'closed', sessionId: id, message: 'no <U+200B>' },
  ])
})

test('a piece with nothing to show is handed on as it is', () => {
  const messages = new ShownMessages()
  const event: SessionEvent = { type: 'text-delta', text: ' word and more', seq: 1, at: 1 }
  const message = messages.of({ type: 'events', sessionId: id, events: [event] })
  expect(message.type === 'events' && message.events[0]).toBe(event)
})

test('what a person wrote and can take back to change it keeps its bytes', () => {
  const session = new FakeSession(id)
  const messages = new ShownMessages()
  session.startTurn()
  const events: SessionEvent[] = []
  session.subscribe((event) => events.push(event))
  session.emit({ type: 'message-queued', messageId: MessageId.parse('a'.repeat(10)), text: 'a\u200bb' })
  expect(messages.of({ type: 'events', sessionId: id, events })).toMatchObject({ events })
  expect(messages.of({ type: 'snapshot', sessionId: id, view: session.view() })).toMatchObject({
    view: { queued: [{ text: 'a\u200bb' }] },
  })
})
