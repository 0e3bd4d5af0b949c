import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { LimitSource, Limits } from '#shared/limits/budget.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { memoryLedger, testBudget } from '../../../test-support/budgets.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import type { Budget, BudgetOptions } from './budget.ts'
import type { CallBudget } from './call-budget.ts'
import { noCounts } from './counts.ts'
import { Ledger } from './ledger.ts'

const profile = testProfile('http://127.0.0.1:1/v1', { kind: 'custom' })
const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'reported',
  ...more,
})
const settings = (profileId: ProfileId | null = null) => ({ kind: 'settings' as const, profileId })
const answer = { label: 'answer', profile, inputTokens: 100, stream: true } as const

async function begin(budget: Budget, planned: Parameters<Budget['startCall']>[0] = answer): Promise<CallBudget> {
  const call = await budget.startCall(planned)
  if (call.kind === 'stopped') throw new Error(`It was refused: ${JSON.stringify(call)}`)
  return call.value
}

/** Two runs of one day, in one ledger. */
function day(limits: Limits, more: Partial<BudgetOptions> = {}) {
  const ledger = memoryLedger()
  const sources: LimitSource[] = [{ scope: 'day', setBy: settings(), limits }]
  const run = (id: string) =>
    testBudget({}, { ...more, ledger, sources, run: { id, session: `session${id.slice(-3)}`, cwd: '/project' } })
  return { ledger, one: run('run0000001'), two: run('run0000002') }
}

describe('runs that spend at once', () => {
  test('are refused what others have reserved, and get it when it was not used', async () => {
    const { one, two } = day({ inputTokens: 150 })
    const call = await begin(one)
    expect(await two.startCall(answer)).toMatchObject({
      kind: 'stopped',
      stop: { limit: 'inputTokens', allowed: 150, used: 100, scope: 'day' },
    })
    await call.settle(usage(40, 5))
    expect(await two.startCall(answer)).toMatchObject({ kind: 'allowed' })
  })

  test('share what is left of the output in steps, each as far as it comes', async () => {
    const { one, two } = day({ outputTokens: 300 })
    const [a, b] = [await begin(one), await begin(two)]
    // 256 are reserved for the first, the rest of 44 for the second; more there is not.
    expect([a.maxOutputTokens, b.maxOutputTokens, await b.mustCut({ output: 44, reasoning: 0 })]).toEqual([
      300,
      44,
      false,
    ])
    expect(await b.mustCut({ output: 45, reasoning: 0 })).toBe(true)
    expect(await b.settle(usage(10, 45))).toMatchObject({ limit: 'outputTokens', scope: 'day' })
    expect(await a.mustCut({ output: 255, reasoning: 0 })).toBe(false)
  })

  test('are limited by profile where the limit is', async () => {
    const ledger = memoryLedger()
    const other = testProfile('http://127.0.0.1:1/v1', { id: ProfileId.parse('other') })
    const sources: LimitSource[] = [{ scope: 'day', setBy: settings(other.id), limits: { modelCalls: 1 } }]
    const budget = testBudget({}, { ledger, sources })
    for (const _ of [1, 2]) await (await begin(budget)).settle(usage(1, 1))
    await (await begin(budget, { ...answer, profile: other })).settle(usage(1, 1))
    expect(await budget.startCall({ ...answer, profile: other })).toMatchObject({
      kind: 'stopped',
      stop: { limit: 'modelCalls', used: 1 },
    })
    expect(await budget.startCall(answer)).toMatchObject({ kind: 'allowed' })
  })

  test('keep each other below a limit however they take turns', async () => {
    const step = fc.record({ who: fc.nat(3), tokens: fc.integer({ min: 1, max: 90 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 200, max: 1500 }),
        async (steps, allowed) => {
          const ledger = memoryLedger()
          const sources: LimitSource[] = [{ scope: 'day', setBy: settings(), limits: { totalTokens: allowed } }]
          const runs = [0, 1, 2, 3].map((at) => ({
            budget: testBudget({}, { ledger, sources, run: { id: `run000000${at}`, session: 's', cwd: '/' } }),
            call: null as CallBudget | null,
            output: 0,
            chunk: 0,
            over: false,
          }))
          for (const { who, tokens } of steps) {
            const run = runs[who]
            if (!run || run.over) continue
            if (!run.call) {
              const call = await run.budget.startCall({ ...answer, inputTokens: tokens })
              if (call.kind === 'stopped') continue
              Object.assign(run, { call: call.value, output: 0, chunk: tokens, prompt: tokens })
              continue
            }
            run.output += tokens
            if (!(await run.call.mustCut({ output: run.output, reasoning: 0 }))) continue
            // What was cut is over by the chunk that was cut at, and by no more.
            run.over = true
            run.chunk = tokens
            await run.call.settle(usage(run.call.planned.inputTokens, run.output))
          }
          const used = (await ledger.current()).used('totalTokens', '1970-01-01', null)
          const open = runs.filter(({ call, over }) => call && !over)
          const coming = open.reduce((sum, { call, output }) => sum + (call?.planned.inputTokens ?? 0) + output, 0)
          const chunks = runs.reduce((sum, { over, chunk }) => sum + (over ? chunk : 0), 0)
          expect(used + coming).toBeLessThanOrEqual(allowed + chunks)
        },
      ),
    )
  })
})

describe('children', () => {
  test('spend from the purse of the run that they belong to, and so do theirs', async () => {
    const ledger = memoryLedger()
    const parent = testBudget({ modelCalls: 3 }, { ledger })
    const child = testBudget(
      { modelCalls: 2 },
      { ledger, parent: parent.link(), run: { id: 'child00001', session: 's', cwd: '/' } },
    )
    const grandchild = testBudget(
      {},
      { ledger, parent: child.link(), run: { id: 'child00002', session: 's', cwd: '/' } },
    )
    await (await begin(grandchild)).settle(usage(1, 1))
    await (await begin(child)).settle(usage(1, 1))
    expect(await grandchild.startCall(answer)).toMatchObject({
      kind: 'stopped',
      stop: { limit: 'modelCalls', allowed: 2, used: 2 },
    })
    await (await begin(parent)).settle(usage(1, 1))
    expect(await parent.startCall(answer)).toMatchObject({
      kind: 'stopped',
      stop: { limit: 'modelCalls', allowed: 3, used: 3 },
    })
  })

  test('of a background run count for its own limit', async () => {
    const ledger = memoryLedger()
    const sources: LimitSource[] = [{ scope: 'background-run', setBy: settings(), limits: { toolCalls: 1 } }]
    const link = { path: 'backrun001', startedAt: 0, background: true, limits: [] }
    const turn = (id: string) => testBudget({}, { ledger, sources, parent: link, run: { id, session: 's', cwd: '/' } })
    const [one, two] = [turn('turn000001'), turn('turn000002')]
    await begin(one)
    await begin(two)
    expect([await one.startTool('bash'), await two.startTool('bash')]).toMatchObject([
      null,
      { limit: 'toolCalls', scope: 'background-run' },
    ])
    const foreground = testBudget({}, { ledger, sources })
    await begin(foreground)
    expect([await foreground.startTool('bash'), await foreground.startTool('bash')]).toEqual([null, null])
  })
})

describe('a session', () => {
  test('counts what it used before', async () => {
    const sources: LimitSource[] = [{ scope: 'session', setBy: settings(), limits: { totalTokens: 1000, turns: 5 } }]
    const spentBefore = () => ({ ...noCounts(), inputTokens: 700, outputTokens: 100, turns: 4 })
    const budget = testBudget({}, { sources, spentBefore })
    const call = await begin(budget)
    expect(call.maxOutputTokens).toBe(100)
    await call.settle(usage(100, 5))
    expect(await budget.startCall(answer)).toMatchObject({
      kind: 'stopped',
      stop: { limit: 'turns', allowed: 5, used: 5, scope: 'session' },
    })
  })
})

test('a limit of a session for one profile counts what that profile used, before and now', async () => {
  const other = testProfile('http://127.0.0.1:1/v1', { id: ProfileId.parse('other') })
  const sources: LimitSource[] = [{ scope: 'session', setBy: settings(other.id), limits: { modelCalls: 2 } }]
  const spentBefore = (id: ProfileId | null) => ({ ...noCounts(), modelCalls: id === other.id ? 1 : 5 })
  const budget = testBudget({}, { sources, spentBefore })
  await (await begin(budget)).settle(usage(1, 1))
  await (await begin(budget, { ...answer, profile: other })).settle(usage(1, 1))
  expect(await budget.startCall({ ...answer, profile: other })).toMatchObject({
    kind: 'stopped',
    stop: { limit: 'modelCalls', used: 2 },
  })
  expect(await budget.startCall(answer)).toMatchObject({ kind: 'allowed' })
})

test('a run counts on over the end of a month', async () => {
  let now = new Date(2026, 10, 30, 23, 59, 50).getTime()
  const ledger = memoryLedger(() => now)
  const parent = testBudget({ modelCalls: 2 }, { ledger, now: () => now })
  await (await begin(parent)).settle(usage(1, 1))
  now += 20_000
  // Another process has read nothing but this month.
  const other = new Ledger('', { now: () => now }, ledger.files)
  await other.current()
  const child = testBudget(
    {},
    { ledger: other, now: () => now, parent: parent.link(), run: { id: 'child00001', session: 's', cwd: '/' } },
  )
  await child.open()
  await (await begin(child)).settle(usage(1, 1))
  expect(await child.startCall(answer)).toMatchObject({
    kind: 'stopped',
    stop: { limit: 'modelCalls', allowed: 2, used: 2 },
  })
})

test('a warning at 80 % is not for what was used before the run', async () => {
  const warnings: string[] = []
  const sources: LimitSource[] = [{ scope: 'session', setBy: settings(), limits: { turns: 10 } }]
  const spentBefore = () => ({ ...noCounts(), turns: 8 })
  const budget = testBudget({}, { sources, spentBefore, warn: (code) => warnings.push(code) })
  await budget.open()
  await (await begin(budget)).settle(usage(1, 1))
  expect(warnings).toEqual([])
})

describe('money', () => {
  const priced = testProfile('http://127.0.0.1:1/v1', {
    kind: 'custom',
    inputCostPerMillion: 2,
    outputCostPerMillion: 10,
  })

  test('clamps the answer to what it may cost', async () => {
    const call = await begin(testBudget({ costUsd: 1200 }), { ...answer, profile: priced })
    expect(call.maxOutputTokens).toBe(100)
  })

  test('refuses a prompt that costs more than is left', async () => {
    const stop = await testBudget({ costUsd: 199 }).startCall({ ...answer, profile: priced })
    expect(stop).toMatchObject({ kind: 'stopped', stop: { limit: 'costUsd', used: 0, needs: 200 } })
  })
})

test('an answer that comes whole may be no longer than what is reserved for it', async () => {
  const call = await begin(testBudget({ outputTokens: 50_000 }), { ...answer, stream: false })
  expect(call.maxOutputTokens).toBe(16_384)
})

test('tools that ran after the last call are written when the run ends', async () => {
  const ledger = memoryLedger()
  const budget = testBudget({ toolCalls: 5 }, { ledger })
  await (await begin(budget)).settle(usage(1, 1))
  await budget.startTool('bash')
  await budget.close()
  const fold = await ledger.current()
  expect([fold.used('toolCalls', '1970-01-01', null), fold.holds()]).toEqual([1, []])
})
