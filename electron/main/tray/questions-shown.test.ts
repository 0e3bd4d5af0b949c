import { expect, test } from 'vitest'
import { SessionId } from '#shared/ids.ts'
import { QuestionsShown } from './questions-shown.ts'

const [a, b] = ['call-1', 'call-2'].map((callId) => ({ sessionId: SessionId.parse('session001'), callId }))
if (!a || !b) throw new Error('There are two.')

test('a question takes an answer when it has been there for a moment, however often others come and go', () => {
  const shown = new QuestionsShown()
  shown.show([a], 1_000)
  shown.show([a, b], 1_300)
  expect([1_399, 1_400, 1_699, 1_700].map((now) => [shown.hasSettled(a, now), shown.hasSettled(b, now)])).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, true],
  ])
})

test('one that was away begins anew, and one that is not shown takes nothing', () => {
  const shown = new QuestionsShown()
  shown.show([a], 1_000)
  shown.show([], 1_100)
  expect(shown.hasSettled(a, 9_000)).toBe(false)
  shown.show([a], 9_000)
  expect([shown.hasSettled(a, 9_399), shown.hasSettled(a, 9_400)]).toEqual([false, true])
})
