import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { noCounts } from './counts.ts'
import { exportText } from './export.ts'
import { Ledger, type NewSpend } from './ledger.ts'
import { readLine } from './ledger-line.ts'
import { makeReport } from './report.ts'

let folder: string
let ledger: Ledger
let now: number
const day = '2026-11-26'

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-ledger-'))
  now = new Date(2026, 10, 26, 12).getTime()
  ledger = new Ledger(folder, { now: () => now })
})
afterEach(async () => {
  await ledger.close()
  await rm(folder, { recursive: true })
})

const spend = (more: Partial<NewSpend> = {}): NewSpend => ({
  run: 'run0000001',
  session: 'session001',
  profile: 'router',
  profileName: 'Router',
  kind: 'openrouter',
  model: 'qwen',
  cwd: '/project',
  label: 'answer',
  input: 100,
  cached: 40,
  output: 10,
  reasoning: 4,
  counted: 'reported',
  cost: 300,
  costSource: 'reported',
  saved: 20,
  tools: {},
  ms: 50,
  ...more,
})
const own = { profile: 'local', profileName: 'Local', kind: 'ollama' } as const
const report = (from = day, to = day, profileId: string | null = null) =>
  makeReport(
    { from, to, profileId: profileId as never },
    { files: ledger.files, revision: 0, titleOf: (id) => (id === 'session001' ? 'A chat' : undefined) },
  )

describe('what was spent', () => {
  test('is the sum of all lines, money apart by how it is known', async () => {
    await ledger.spend(spend())
    await ledger.spend(spend({ ...own, cost: 0, costSource: 'free', cached: null, saved: null, tools: { bash: 2 } }))
    await ledger.spend(spend({ cost: 7, costSource: 'computed', counted: 'estimated', reasoning: null }))
    await ledger.spend(spend({ cost: null, costSource: 'unknown', saved: null }))
    const fold = await ledger.current()
    expect([fold.spending(day), fold.spending('2026-11', 'local'), fold.spending('2026-11-25')]).toEqual([
      {
        modelCalls: 4,
        toolCalls: 2,
        inputTokens: 400,
        cachedInputTokens: 120,
        outputTokens: 40,
        reasoningTokens: 12,
        estimatedTokens: 110,
        reportedMicroUsd: 300,
        estimatedMicroUsd: 7,
        unknownCalls: 1,
        freeCalls: 1,
        savedMicroUsd: 40,
      },
      {
        ...noSpending(),
        modelCalls: 1,
        toolCalls: 2,
        inputTokens: 100,
        outputTokens: 10,
        reasoningTokens: 4,
        freeCalls: 1,
      },
      noSpending(),
    ])
  })

  test('counts for the limits in their units', async () => {
    await ledger.spend(spend({ tools: { bash: 3 } }))
    await ledger.spend(spend({ label: 'summary' }))
    const fold = await ledger.current()
    const limits = ['totalTokens', 'costUsd', 'turns', 'modelCalls', 'toolCalls', 'wallTime'] as const
    expect(limits.map((limit) => fold.used(limit, day, null))).toEqual([220, 600, 1, 2, 3, 100])
  })

  test('is seen by others, whoever writes it, and only what is new is read', async () => {
    const other = new Ledger(folder, { now: () => now })
    await ledger.spend(spend())
    const before = (await other.current()).revision
    await ledger.spend(spend())
    const after = (await other.current()).revision
    await other.close()
    expect([before, after, other.fold().spending(day).modelCalls]).toEqual([1, 2, 2])
  })

  test('goes on in the file of the next month', async () => {
    await ledger.spend(spend())
    await ledger.current()
    await ledger.spend(spend())
    now = new Date(2026, 11, 1, 0, 0, 1).getTime()
    await ledger.spend(spend())
    const fold = await ledger.current()
    expect(['2026-11', '2026-12', '2026-12-01'].map((period) => fold.spending(period).modelCalls)).toEqual([2, 1, 1])
  })

  test('keeps the day it was written on, wherever it is read', async () => {
    await ledger.spend(spend())
    const text = await readFile(join(folder, '2026-11.jsonl'), 'utf8')
    await writeFile(join(folder, '2026-11.jsonl'), text.replaceAll(day, '2026-11-25'))
    expect((await ledger.current()).spending('2026-11-25').modelCalls).toBe(1)
  })

  test('loses only the lines that are torn or foreign, and counts them', async () => {
    await ledger.spend(spend())
    await appendFile(join(folder, '2026-11.jsonl'), '\n{"type":"spend","at":17')
    await ledger.spend(spend())
    await appendFile(join(folder, '2026-11.jsonl'), '\n{"type":"later"}\n\n[1]\n\nnull\n')
    await ledger.spend(spend({ input: -1 }))
    const fold = await ledger.current()
    expect([fold.spending(day).modelCalls, fold.unreadable]).toEqual([2, 5])
  })

  test('waits where it cannot be written, and goes with the next line', async () => {
    const blocked = join(folder, 'file')
    await writeFile(blocked, '')
    const other = new Ledger(join(blocked, 'ledger'), { now: () => now })
    const refused = await other.spend(spend()).catch((error: unknown) => error)
    await rm(blocked)
    await other.spend(spend())
    const { modelCalls } = (await other.current()).spending(day)
    await other.close()
    expect([refused instanceof FailureError && refused.failure.code, modelCalls]).toEqual(['storage', 2])
  })
})

test('a report sums by day, profile, model, folder and session, the costliest first', async () => {
  await ledger.spend(spend({ cost: 1 }))
  await ledger.spend(spend({ ...own, session: 'session002', cwd: '/other', cost: 0, costSource: 'free' }))
  now -= 86_400_000
  await ledger.spend(spend({ model: 'kimi', cost: 5, profileName: 'Router' }))
  const { days, profiles, models, projects, sessions, total } = await report('2026-11-25', day)
  const calls = (rows: typeof days) => rows.map(({ spending, ...row }) => [row, spending.modelCalls])
  const router = { profileId: 'router', profileName: 'Router', kind: 'openrouter' }
  const local = { profileId: 'local', profileName: 'Local', kind: 'ollama' }
  expect([total.modelCalls, ...[days, profiles, models, projects, sessions].map(calls)]).toEqual([
    3,
    [
      [{ key: '2026-11-25' }, 1],
      [{ key: day }, 2],
    ],
    [
      [{ key: 'router', ...router }, 2],
      [{ key: 'local', ...local }, 1],
    ],
    [
      [{ key: 'kimi router', model: 'kimi', ...router }, 1],
      [{ key: 'qwen router', model: 'qwen', ...router }, 1],
      [{ key: 'qwen local', model: 'qwen', ...local }, 1],
    ],
    [
      [{ key: '/project', cwd: '/project' }, 2],
      [{ key: '/other', cwd: '/other' }, 1],
    ],
    [
      [{ key: 'session001', sessionId: 'session001', cwd: '/project', title: 'A chat', model: 'kimi', ...router }, 2],
      [{ key: 'session002', sessionId: 'session002', cwd: '/other', model: 'qwen', ...local }, 1],
    ],
  ])
  const one = await report(day, day, 'local')
  expect([calls(one.hours), one.total.modelCalls]).toEqual([[[{ key: '12' }, 1]], 1])
})

test('an export is safe to open as a table', () => {
  const line = readLine(
    JSON.stringify({
      type: 'spend',
      at: 0,
      day,
      ...spend({ model: '=HYPERLINK("x")', cost: null, tools: { bash: 1, read_file: 2 } }),
    }),
  )
  if (line?.type !== 'spend') throw new Error('It is a line.')
  expect(exportText([line], 'csv').split('\r\n')).toEqual([
    'at,day,label,profile,profileName,kind,model,cwd,session,run,input,cached,output,reasoning,counted,cost,costSource,saved,toolCalls,ms',
    `1970-01-01T00:00:00.000Z,${day},answer,router,Router,openrouter,"'=HYPERLINK(""x"")",/project,session001,run0000001,100,40,10,4,reported,,reported,20,3,50`,
    '',
  ])
  expect(JSON.parse(exportText([line], 'json'))).toMatchObject([{ cost: null, toolCalls: 3 }])
})

test('what the demo says it used is in no day, month, report or file; the limit of a run of its own holds', async () => {
  const demo = { profile: 'demo', profileName: 'Demo', kind: 'demo', cost: 0, costSource: 'free' } as const
  await ledger.reserve({
    call: 'call',
    run: 'run0000001',
    profile: 'demo',
    limits: [{ name: 'modelCalls', allowed: 9, of: 'run run0000001', profile: null }],
    need: { ...noCounts(), modelCalls: 1 },
    output: 0,
    reasoning: 0,
    least: 0,
    outputPrice: 0,
  })
  await ledger.spend(spend({ ...demo, settles: ['call'] }))
  const fold = await ledger.current()
  const whole = await report()
  expect([
    fold.spending(day),
    fold.spending('2026-11', 'demo'),
    fold.used('modelCalls', 'run run0000001', null),
    whole.total,
    whole.sessions,
  ]).toEqual([noSpending(), noSpending(), 1, noSpending(), []])
  await ledger.spend(spend())
  expect((await report()).profiles.map(({ key }) => key)).toEqual(['router'])
})
