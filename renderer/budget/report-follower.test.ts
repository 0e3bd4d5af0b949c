import { expect, test } from 'vitest'
import { failure, type Reply } from '#shared/failure.ts'
import type { SpendingQuery, SpendingReport } from '#shared/spending/spending.ts'
import { emptyReport } from '../../test-support/spending-samples.ts'
import { ReportFollower } from './report-follower.ts'

const november: SpendingQuery = { from: '2026-11-01', to: '2026-11-30', profileId: null }
const october: SpendingQuery = { from: '2026-10-01', to: '2026-10-31', profileId: null }

/** A main process that answers when it is told to, and a clock that goes when it is told to. */
function world() {
  const asked: { query: SpendingQuery; answer(reply: Reply<SpendingReport>): void }[] = []
  const told: unknown[] = []
  const timers: { at: number; work: () => void }[] = []
  let time = 0
  const follower = new ReportFollower({
    ask: (query) => new Promise((answer) => asked.push({ query, answer })),
    tell: (reply) => told.push(reply.ok ? reply.value.query.from : reply.failure.message),
    later(work, milliseconds) {
      const timer = { at: time + milliseconds, work }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), 1)
    },
    now: () => time,
  })
  return {
    follower,
    told,
    timers,
    froms: () => asked.map(({ query }) => query.from),
    async answer(at: number, reply?: Reply<SpendingReport>) {
      const question = asked[at]
      question?.answer(reply ?? { ok: true, value: emptyReport(question.query.from, question.query.to) })
      await Promise.resolve()
      await Promise.resolve()
    },
    pass(milliseconds: number) {
      time += milliseconds
      for (const timer of timers.filter(({ at }) => at <= time)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.work()
      }
    },
  }
}

test('a range is asked for at once, and an answer to an older one is dropped', async () => {
  const { follower, told, froms, answer } = world()
  follower.want(november, 1)
  follower.want(october, 1)
  await answer(1)
  await answer(0)
  expect([froms(), told]).toEqual([['2026-11-01', '2026-10-01'], ['2026-10-01']])
})

test('many changes of the ledger are one question a second, the last one included', async () => {
  const { follower, told, froms, answer, pass } = world()
  follower.want(november, 1)
  for (const revision of [2, 3, 4]) follower.want(november, revision)
  expect(froms()).toHaveLength(1)
  await answer(0)
  pass(999)
  follower.want(november, 5)
  expect(froms()).toHaveLength(1)
  pass(1)
  expect(froms()).toHaveLength(2)
  await answer(1)
  pass(5000)
  expect([froms().length, told]).toEqual([2, ['2026-11-01', '2026-11-01']])
})

test('a slow answer is not overtaken by its own successors', async () => {
  const { follower, told, froms, answer, pass } = world()
  follower.want(november, 1)
  pass(3000)
  follower.want(november, 2)
  pass(3000)
  expect(froms()).toHaveLength(1)
  await answer(0)
  expect(told).toEqual(['2026-11-01'])
  pass(0)
  expect(froms()).toHaveLength(2)
})

test('a failure is told, and can be asked again', async () => {
  const { follower, told, answer } = world()
  follower.want(november, 1)
  await answer(0, { ok: false, failure: failure('storage', 'The ledger cannot be read.') })
  follower.again()
  await answer(1)
  expect(told).toEqual(['The ledger cannot be read.', '2026-11-01'])
})

test('nothing is told and nothing is asked after the page was left', async () => {
  const { follower, told, timers, answer, pass, froms } = world()
  follower.want(november, 1)
  await answer(0)
  follower.want(november, 2)
  follower.close()
  pass(5000)
  expect([told, timers, froms().length]).toEqual([['2026-11-01'], [], 1])
})
