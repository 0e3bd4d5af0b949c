import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import type { BudgetAnswer } from '#shared/limits/budget.ts'
import type { Item, TurnEnd } from '#shared/session/session-view.ts'
import { endNotice, sentences } from './turn-end.ts'

const ended = (end: Partial<TurnEnd> & Pick<TurnEnd, 'reason'>, items: readonly Item[] = []) =>
  endNotice({ end: { at: 0, failure: null, budget: null, ...end }, items })

test('a turn that simply ended says nothing, one that was stopped says so in a line', () => {
  expect(ended({ reason: 'completed' })).toBe(null)
  expect(ended({ reason: 'aborted' })).toEqual({
    tone: 'line',
    title: 'Stopped by you.',
    text: '',
    quote: '',
    actions: [],
  })
})

test('a refused key names what happened, quotes the server and opens the backends first', () => {
  const refused = failure('auth', 'OpenRouter refused the key. Set a new one, or answer with another profile.', {
    details: { serverMessage: 'No auth credentials found' },
  })
  expect(ended({ reason: 'failed', failure: refused })).toEqual({
    tone: 'danger',
    title: 'OpenRouter refused the key.',
    text: 'Set a new one, or answer with another profile.',
    quote: 'No auth credentials found',
    actions: ['key', 'resend'],
  })
})

test('a limit is told in its own unit, with who set it; one of the settings can be changed at once', () => {
  const stops = [
    { limit: 'totalTokens', allowed: 400_000, used: 400_112, scope: 'session', origin: 'Settings: a session' },
    { limit: 'costUsd', allowed: 2_000_000, used: 2_012_300, scope: 'run', origin: '--max-budget-usd' },
    { limit: 'wallTime', allowed: 60_000, used: 60_400 },
  ] as const
  const notices = stops.map((budget) => ended({ reason: 'budget', budget }))
  expect(notices.map((notice) => [notice?.title, notice?.text, notice?.actions])).toEqual([
    [
      'Limit reached: tokens of this session.',
      'Used: 400,112 of 400,000 tokens. Set on: Budgets: a session.',
      ['budgets', 'go-on'],
    ],
    ['Limit reached: cost of this run.', 'Used: $2.01 of $2.00. Set by: --max-budget-usd.', ['go-on']],
    ['Limit reached: wall time.', 'Used: 1 min of 1 min.', ['go-on']],
  ])
})

test('a limit is red only where nobody chose the end', () => {
  const budget = { limit: 'modelCalls', allowed: 1, used: 1, scope: 'run' } as const
  const answered = (...answers: BudgetAnswer[]) =>
    ended(
      { reason: 'budget', budget },
      answers.map((answer) => ({
        kind: 'notice',
        code: 'budget-answer',
        message: '',
        atLimit: { answer, stop: budget },
      })),
    )?.tone
  const [finish, stop, raise] = [{ choice: 'finish' }, { choice: 'stop' }, { choice: 'raise', to: 2 }] as const
  expect([answered(), answered(finish), answered(stop), answered(raise), answered(raise, stop)]).toEqual([
    'danger',
    'calm',
    'calm',
    'danger',
    'calm',
  ])
})

test('a full stop inside a name or a number does not end a sentence', () => {
  expect(sentences('token-bucket.ts has 4.5 tests. Run them.')).toEqual(['token-bucket.ts has 4.5 tests.', 'Run them.'])
  expect(sentences('One only')).toEqual(['One only', ''])
})
