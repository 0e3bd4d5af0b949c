import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Conf from 'conf'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LimitName, Limits } from '#shared/limits/budget.ts'
import { createEngine } from '../../electron/engine/engine.ts'
import { first, limitCases, pricesPerMillion, second, third } from '../support/limit-cases.ts'
import { runsOf } from './support/runs.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

/** Every limit in every place that a run can be in, reached exactly, by one less and by one more than it allows. */
const prices = [
  '--input-cost-per-million',
  `${pricesPerMillion.input}`,
  '--output-cost-per-million',
  `${pricesPerMillion.output}`,
]

/** How the run ended, as the one who started it is told. */
interface End {
  reason: unknown
  limit?: unknown
  allowed?: unknown
  used?: unknown
}
type Place = (world: World, limits: Limits) => Promise<End>

const flags: Record<LimitName, (value: number) => string[]> = {
  totalTokens: (value) => ['--max-total-tokens', `${value}`],
  inputTokens: (value) => ['--max-input-tokens', `${value}`],
  outputTokens: (value) => ['--max-output-tokens', `${value}`],
  reasoningTokens: (value) => ['--max-reasoning-tokens', `${value}`],
  costUsd: (value) => ['--max-budget-usd', `${value / 1_000_000}`],
  toolCalls: (value) => ['--max-tool-calls', `${value}`],
  modelCalls: (value) => ['--max-model-calls', `${value}`],
  turns: (value) => ['--max-turns', `${value}`],
  wallTime: (value) => ['--max-wall-time', `${value}ms`],
}

function flagsOf(limits: Limits): string[] {
  return Object.entries(limits).flatMap(([name, value]) => flags[name as LimitName](value))
}

function endOf(out: string): End {
  const { reason, budget } = jsonLines(out).at(-1) ?? {}
  const stop = (budget ?? {}) as Partial<End>
  const unit = stop.limit === 'costUsd' ? 1_000_000 : 1
  const amount = (value: unknown) => (typeof value === 'number' ? Math.round(value * unit) : undefined)
  return { reason, limit: stop.limit, allowed: amount(stop.allowed), used: amount(stop.used) }
}

async function openEngine({ home, env }: World) {
  const engine = await createEngine({
    dataFolder: home,
    openConf: async (options) => new Conf(options),
    env: { ...env },
    holder: 'the window',
    worker: null,
    platform: process.platform,
    onDefect: (error) => {
      throw error
    },
  })
  onTestFinished(() => engine.close())
  return engine
}

async function newSession(world: World) {
  const engine = await openEngine(world)
  const profile = engine.profiles.find('environment')
  return engine.sessions.create({
    cwd: world.work,
    profileId: profile.id,
    permissions: { write: 'ask', shell: 'ask', sandbox: true },
    overrides: { inputCostPerMillion: pricesPerMillion.input, outputCostPerMillion: pricesPerMillion.output },
    canAnswer: true,
  })
}

const inWindow: Place = async (world, limits) => {
  const session = await newSession(world)
  const answers: Promise<unknown>[] = []
  session.subscribe(({ type }) => {
    if (type === 'budget-request') answers.push(session.request('answerBudget', { answer: { choice: 'stop' } }))
  })
  const { reason, budget } = await session.send('Look.', { limits })
  await Promise.all(answers)
  return { reason, limit: budget?.limit, allowed: budget?.allowed, used: budget?.used }
}

const agent: Place = async (world, limits) =>
  endOf((await world.run(['agent', '--json', ...prices, ...flagsOf(limits), 'Look.'])).out)

const chat: Place = async (world, limits) => {
  const { out } = await world.run(['agent-chat', '--json', ...prices, ...flagsOf(limits)], {
    input: { text: 'Look.\n' },
  })
  return endOf(out)
}

/** As its journal tells it: nobody watches. */
const inBackground: Place = async (world, limits) => {
  const runs = runsOf(world)
  const { runId } = await runs.start([...prices, ...flagsOf(limits), 'Look.'])
  const { sessionId } = await runs.is(runId, ({ endedAt }) => endedAt !== null)
  const journal = await readFile(join(world.home, 'sessions', `${sessionId}.jsonl`), 'utf8')
  const { reason, budget } = JSON.parse(journal.trimEnd().split('\n').at(-1) ?? '')
  return { reason, limit: budget?.limit, allowed: budget?.allowed, used: budget?.used }
}

/** The first call is that of a run which then waits for an approval; the rest is another process, its child. */
const secondProcess: Place = async (world, limits) => {
  const session = await newSession(world)
  const waits = new Promise<void>((resolve) => {
    session.subscribe(({ type }) => {
      if (type === 'approval-request' || type === 'budget-request') resolve()
    })
  })
  const { end } = await session.begin('Look.', { limits })
  await Promise.race([waits, end])
  const link = session.runLink()
  if (!link) throw new Error('The run is over.')
  const child = await world.run(['agent', '--json', ...prices, 'Look too.'], {
    env: { CLAW_PARENT_RUN: JSON.stringify(link) },
  })
  await session.request('stop', {})
  return endOf(child.out)
}

const places: [string, Place, boolean][] = [
  ['a session that the window holds', inWindow, false],
  ['agent', agent, false],
  ['agent-chat', chat, false],
  ['a background run', inBackground, false],
  ['a second process of the run', secondProcess, true],
]

describe.each(places)('in %s', (_place, run, isChild) => {
  const begin = isChild ? first('bash', { command: 'true' }) : first()

  test.each(limitCases)('$limit holds', async ({ limit, enough, tooLittle, last, over }) => {
    for (const fits of enough) {
      const world = await createWorld(begin, second, third)
      expect([fits, await run(world, { [limit]: fits })]).toEqual([fits, { reason: 'completed' }])
    }

    const world = await createWorld(begin, second, last, third)
    const allowed = tooLittle
    const end = await run(world, { [limit]: allowed })
    expect(end).toMatchObject({ reason: 'budget', limit, allowed })
    const requests = world.backend.chatRequests()
    if (limit !== 'wallTime') expect(requests).toHaveLength(over === 'not sent' ? 2 : 3)
    // A busy machine may need all of the time before the last call, and then none is cut.
    if (over === 'cut') await requests[2]?.closed
    // One chunk is one token here, or ten micro-dollars.
    const chunkSize = limit === 'costUsd' ? 10 : 1
    if (limit !== 'wallTime') {
      const most = over === 'not sent' ? allowed : allowed + chunkSize
      expect(end.used).toBeGreaterThanOrEqual(allowed)
      expect(end.used).toBeLessThanOrEqual(most)
    }
  })
})
