import { expect, it } from 'vitest'
import type { SessionEvent } from './session-event.ts'
import { TokenMeter } from './token-meter.ts'

const delta =
  (type: 'text-delta' | 'reasoning-delta') =>
  (at: number, characters: number): SessionEvent => ({ type, seq: 1, at, text: 'x'.repeat(characters) })
const text = delta('text-delta')
const thought = delta('reasoning-delta')
const begun: SessionEvent = { type: 'model-call-start', seq: 1, at: 0, model: 'm' }

it.each<[string, SessionEvent[], number | undefined, number | null]>([
  ['nothing', [], undefined, null],
  ['one piece of text', [text(0, 400)], undefined, null],
  ['less than half a second', [text(0, 4), text(400, 40)], undefined, null],
  ['ten tokens in a second, after the first piece', [text(0, 400), text(500, 20), thought(1_000, 20)], undefined, 10],
  ['the same a second later, with nothing new', [text(0, 400), text(1_000, 40)], 2_000, 5],
  ['a pause that is longer than what is looked at', [text(0, 400), text(9_000, 4), text(9_500, 40)], undefined, 20],
  ['a new call of the model', [text(0, 400), text(1_000, 40), begun, text(1_100, 40)], undefined, null],
])('measures of %s: %s', (_what, events, until, speed) => {
  const meter = new TokenMeter()
  for (const event of events) meter.apply(event)
  expect(meter.perSecond(until)).toBe(speed)
})

it('goes by the clock that it is given', () => {
  const meter = new TokenMeter()
  meter.apply(text(9, 4), 1_000)
  meter.apply(text(9, 40), 2_000)
  expect(meter.perSecond(3_000)).toBe(5)
})
