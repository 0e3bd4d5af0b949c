import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LimitSource } from '#shared/limits/budget.ts'
import { memoryLedger, testBudget } from '../../../test-support/budgets.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import type { Budget } from './budget.ts'
import { CountsByProfile } from './counts.ts'

const profile = testProfile('http://127.0.0.1:1/v1')
const DAY = '1970-01-01'
const until = (ms: number) => ({ kind: 'until', ms })

/** Runs of one day that may work so many milliseconds together, by a clock that the test sets. */
function day(allowed: number) {
  const clock = { at: 0 }
  const now = () => clock.at
  const ledger = memoryLedger(now)
  const sources: LimitSource[] = [
    { scope: 'day', setBy: { kind: 'settings', profileId: null }, limits: { wallTime: allowed } },
  ]
  const run = (id: string) => testBudget({}, { now, ledger, sources, run: { id, session: 's', cwd: '/' } })
  const used = async () => (await ledger.current()).used('wallTime', DAY, null)
  return { clock, run, used, ledger }
}

async function spend(budget: Budget): Promise<void> {
  const call = await budget.startCall({ label: 'answer', profile, inputTokens: 1, stream: true })
  if (call.kind === 'stopped') return
  await call.value.settle({
    inputTokens: 1,
    outputTokens: 1,
    cachedInputTokens: null,
    reasoningTokens: null,
    costMicroUsd: null,
    source: 'reported',
  })
}

describe('the time of a day', () => {
  test('is reserved in steps, and what was not used goes to the next', async () => {
    const { clock, run, used } = day(12_000)
    const [one, two, three] = [run('run0000001'), run('run0000002'), run('run0000003')]
    // Ten seconds for the first, the rest for the second, nothing for the third.
    expect([await one.reserveTime(), await two.reserveTime(), await three.reserveTime()]).toMatchObject([
      until(9500),
      until(1500),
      { kind: 'stopped', stop: { limit: 'wallTime', allowed: 12_000, used: 12_000, scope: 'day' } },
    ])
    clock.at = 1000
    await spend(one)
    await one.close()
    expect([await used(), await run('run0000004').reserveTime()]).toEqual([1000, until(8500)])
  })

  test('is asked for again shortly before it is used up, and cut when there is no more', async () => {
    const { clock, run } = day(12_000)
    const budget = run('run0000001')
    const seen = []
    for (const at of [0, 9500, 11_500, 12_000]) {
      clock.at = at
      seen.push(await budget.reserveTime())
    }
    expect(seen).toMatchObject([
      until(9500),
      until(2000),
      until(500),
      { kind: 'stopped', stop: { limit: 'wallTime', allowed: 12_000, used: 12_000 } },
    ])
  })

  test('goes on where a person gives more, and the time that the question took counts', async () => {
    const { clock, run, used } = day(5000)
    const budget = run('run0000001')
    await budget.reserveTime()
    clock.at = 5000
    const time = await budget.reserveTime()
    if (time.kind !== 'stopped') throw new Error('It went on.')
    clock.at = 8000
    budget.raise(time.stop, 9000)
    expect(await budget.reserveTime()).toEqual(until(500))
    clock.at = 9000
    expect(await budget.reserveTime()).toMatchObject({ kind: 'stopped', stop: { limit: 'wallTime', allowed: 9000 } })
    await spend(budget)
    await budget.close()
    expect(await used()).toBe(9000)
  })

  test('is never passed by all runs together, and no more than a step of it is left lying', async () => {
    const step = fc.record({ who: fc.nat(3), ms: fc.integer({ min: 1, max: 4000 }), spends: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (steps, allowed) => {
          const { clock, run, used, ledger } = day(allowed)
          const runs = [0, 1, 2, 3].map((at) => ({ budget: run(`run000000${at}`), until: 0, over: false }))
          /** As its timer would: at the moment that it was told, and not later. */
          const tick = async () => {
            for (const one of runs) {
              if (one.over || one.until > clock.at) continue
              const time = await one.budget.reserveTime()
              if (time.kind === 'until') one.until = clock.at + time.ms
              else {
                one.over = true
                await spend(one.budget)
                await one.budget.close()
              }
            }
          }
          await tick()
          for (const { who, ms, spends } of steps) {
            const end = clock.at + ms
            while (clock.at < end) {
              const next = runs.filter(({ over }) => !over).map(({ until }) => until)
              clock.at = Math.min(end, ...next)
              await tick()
            }
            const one = runs[who]
            if (one && !one.over && spends) await spend(one.budget)
          }
          for (const one of runs) {
            if (one.over) continue
            await spend(one.budget)
            await one.budget.close()
          }
          const total = await used()
          expect([total <= allowed, ledger.fold().holds()]).toEqual([true, []])
          if (runs.every(({ over }) => over)) expect(total).toBe(allowed)
        },
      ),
    )
  })
})

test('a run that moved has no more to spend than one that stayed', async () => {
  const counts = new CountsByProfile()
  counts.add(profile.id, { toolCalls: 2, outputTokens: 40 })
  const stop = { limit: 'toolCalls' as const, allowed: 2, used: 2, scope: 'run' as const, origin: 'a test' }
  const begun = { startedAt: 0, counts, calls: [], raises: [{ stop, to: 4 }] }
  const budget = testBudget({ toolCalls: 2, outputTokens: 100, wallTime: 10_000 }, { begun, now: () => 9000 })
  const call = await budget.startCall({ label: 'answer', profile, inputTokens: 1, stream: true })
  expect([
    await budget.reserveTime(),
    call.kind === 'allowed' && call.value.maxOutputTokens,
    await budget.startTool('bash'),
    await budget.startTool('bash'),
    await budget.startTool('bash'),
  ]).toMatchObject([until(1000), 60, null, null, { limit: 'toolCalls', allowed: 4, used: 4 }])
})

test.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])('setting the clock %s by an hour neither ends a run nor gives it more time', async (_way, step) => {
  const clock = { at: 10 * 3_600_000, elapsed: 0 }
  const now = () => clock.at
  const ledger = memoryLedger(now)
  const scopes = ['run', 'session', 'day'] as const
  const budgets = scopes.map((scope) =>
    testBudget(
      {},
      {
        ...{ now, ledger, elapsed: () => clock.elapsed },
        sources: [{ scope, setBy: { kind: 'run', option: scope }, limits: { wallTime: 60_000 } }],
        run: { id: `${scope}00000001`.slice(0, 10), session: 's', cwd: '/' },
      },
    ),
  )
  for (const budget of budgets) {
    await budget.open()
    await budget.reserveTime()
  }
  clock.at += step + 5000
  clock.elapsed += 5000
  const afterFive = []
  for (const budget of budgets) afterFive.push(await budget.reserveTime(), await budget.startTool('bash'))
  clock.at += 55_000
  clock.elapsed += 55_000
  const afterSixty = []
  for (const budget of budgets) {
    await spend(budget)
    afterSixty.push(await budget.startTool('bash'))
  }
  expect([afterFive, afterSixty]).toMatchObject([
    [until(55_000), null, until(55_000), null, until(4500), null],
    scopes.map((scope) => ({ limit: 'wallTime', used: 60_000, scope })),
  ])
})
