import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { EventBatch } from './event-batch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const text = (words: string): UnstampedEvent => ({ type: 'text-delta', text: words })
const output = (words: string, callId = 'c1'): UnstampedEvent => ({ type: 'tool-output', callId, text: words })
const title: UnstampedEvent = { type: 'title', title: 'Mine' }

function batch() {
  const out: UnstampedEvent[] = []
  return { out, batch: new EventBatch((event) => out.push(event)) }
}

it('lets the first words out at once, and the rest of a frame as one event', () => {
  const { out, batch: events } = batch()
  for (const words of ['a', 'b', 'c']) events.add(text(words))
  const atOnce = [...out]
  vi.advanceTimersByTime(16)
  vi.advanceTimersByTime(16)
  events.add(text('d'))
  expect([atOnce, out]).toEqual([[text('a')], [text('a'), text('bc'), text('d')]])
})

it('keeps the order: what is of another kind, or of another call, pushes out what waits', () => {
  const { out, batch: events } = batch()
  for (const event of [text('a'), text('b'), title, output('c'), output('d', 'c2'), output('e', 'c2')])
    events.add(event)
  events.flush()
  expect(out).toEqual([text('a'), text('b'), title, output('c'), output('de', 'c2')])
})

it('holds of the output of a command that floods no more than is shown of it', () => {
  const { out, batch: events } = batch()
  events.add(output('first'))
  for (let line = 0; line < 100; line++) events.add(output(String(line % 10).repeat(1_000)))
  vi.advanceTimersByTime(16)
  const shown = Array.from({ length: 64 }, (_, index) => String((index + 36) % 10).repeat(1_000)).join('')
  expect(out).toEqual([output('first'), output(shown)])
})
