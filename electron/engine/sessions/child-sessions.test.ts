import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Limits } from '#shared/limits/budget.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { prepared } from '../../../test-support/tool-calls.ts'
import type { Backend, StreamEvent } from '../backend/contract/backend.ts'
import { Ledger } from '../budget/ledger.ts'
import { noPolicy } from '../policy/policy.ts'
import { Pause } from '../slots/pause.ts'
import { Slots } from '../slots/slots.ts'
import type { StartedSession } from '../tools/contract/started-session.ts'
import type { Tool } from '../tools/contract/tool.ts'
import { zodArguments } from '../tools/contract/zod-arguments.ts'
import { SessionStore } from './session-store.ts'
import type { Session } from './sessions.ts'

const profileOf = (slots: number) => testProfile('http://127.0.0.1:1/v1', { kind: 'custom', slots })
const clock = { now: () => Date.now() }
const stop: Extract<StreamEvent, { type: 'message_stop' }> = {
  type: 'message_stop',
  finish: 'stop',
  rawFinish: 'stop',
  toolCalls: [],
  brokenToolCalls: [],
}

let folder: string
let store: SessionStore
let ledger: Ledger
/** Sessions that the tool began, as soon as they are open. */
let children: Session[]
/** Resolves when the model of a child was asked. */
let childIsAsked: Promise<void>
let close: () => Promise<void>

interface Setting {
  /** The child writes until it is stopped. */
  hangs?: boolean
  /** The tool does not wait for what it began. */
  leaves?: boolean
  /** Of the child alone. */
  limits?: Limits
  /** How many answers the server writes at a time. */
  slots?: number
}

async function open({ hangs = false, leaves = false, limits, slots: count = 1 }: Setting = {}): Promise<Session> {
  const dataFolder = join(folder, 'data')
  const profile = profileOf(count)
  let asked = () => {}
  childIsAsked = new Promise((resolve) => {
    asked = resolve
  })
  const backend: Backend = {
    async *chat({ messages }, signal): AsyncIterable<StreamEvent> {
      const isChild = messages.some(({ role, content }) => role === 'user' && content.endsWith('Count.'))
      if (isChild) asked()
      yield { type: 'content_delta', text: isChild ? 'Seven.' : 'Well.' }
      signal.throwIfAborted()
      if (isChild && hangs)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      yield { type: 'usage', usage: { ...usage, inputTokens: isChild ? 580 : 10 } }
      const isFirst = !isChild && !messages.some(({ role }) => role === 'tool')
      const call = { callId: 'c1', name: 'delegate', arguments: '{"prompt":"Count."}', recovered: false }
      yield isFirst ? { ...stop, finish: 'tool_calls', toolCalls: [call] } : stop
    },
    listModels: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  const pause = new Pause(join(dataFolder, 'slots', 'paused'))
  const slots = new Slots({ dataFolder, background: false, pause, now: clock.now })
  store = new SessionStore({
    dataFolder,
    holder: 'a test',
    services: {
      learnWindow: () => undefined,
      noteReach: () => undefined,
      backendFor: () => Promise.resolve({ backend, profile }),
      slots,
      background: false,
      tools: [delegate(leaves, limits)],
      ledger,
      policyFor: () => Promise.resolve(noPolicy),
      limitSources: () => [],
      onLimitsChange: () => () => undefined,
      clock,
      platform: 'linux',
    },
  })
  close = async () => {
    await store.close()
    await slots.close()
    pause.close()
    await ledger.close()
  }
  const permissions = { write: 'deny', shell: 'deny', sandbox: true } as const
  return await store.create({ cwd: join(folder, 'work'), profileId: profile.id, permissions, canAnswer: false })
}

/** A tool that begins a session and answers with what came of it. */
function delegate(leaves: boolean, limits: Limits | undefined): Tool {
  const input = z.object({ prompt: z.string() })
  return {
    name: 'delegate',
    description: 'Delegates.',
    ...zodArguments(z.unknown()),
    parse: (given) => ({ ok: true, input: given }),
    access: 'read',
    kind: 'other',
    describe: () => ({ verb: 'Delegate', target: '' }),
    prepare: (given, { startSession }) =>
      prepared(null, async () => {
        const order = { ...input.parse(given), ...(limits && { limits }) }
        const started: StartedSession | undefined = await startSession?.(order)
        const child = started && store.opened(started.sessionId)
        if (child) children.push(child)
        if (leaves) return { ok: true, output: 'begun', summary: '' }
        const over = await started?.end
        return { ok: true, output: `${over?.end.reason}: ${over?.answer}`, summary: '' }
      }),
  }
}

const usage = {
  inputTokens: 0,
  outputTokens: 5,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'reported',
} as const

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-children-')))
  await mkdir(join(folder, 'work'))
  ledger = new Ledger(join(folder, 'ledger'), clock)
  children = []
})
afterEach(async () => {
  await close()
  await rm(folder, { recursive: true })
})

const outputOf = (session: Session) =>
  session.view().turns[0]?.items.flatMap((item) => (item.kind === 'tool' ? [[item.state, item.output]] : []))
const endOf = (session: Session | undefined) => session?.view().turns.at(-1)?.end?.reason

test('a session that a tool begins works in the same folder, with the same rights, and its answer is the result', async () => {
  const session = await open()
  const end = await session.send('Go.')
  const view = children[0]?.view()
  expect([end.reason, outputOf(session), store.opened(children[0]?.id ?? session.id)]).toEqual([
    'completed',
    [['done', 'completed: Seven.']],
    undefined,
  ])
  const { cwd, permissions, profile: use } = session.view()
  expect(view).toMatchObject({ cwd, permissions, profile: use, oneTime: true, title: 'Count.' })
})

test('what it spends counts against the limits of the run that began it', async () => {
  const session = await open()
  const end = await session.send('Go.', { limits: { totalTokens: 600 } })
  expect([end.reason, end.budget, outputOf(session)]).toMatchObject([
    'budget',
    { limit: 'totalTokens', allowed: 600 },
    [['done', 'completed: Seven.']],
  ])
  expect(end.budget?.used).toBeGreaterThanOrEqual(600)
})

test('a limit of its own ends it alone', async () => {
  const session = await open({ limits: { modelCalls: 0 } })
  const end = await session.send('Go.')
  expect([end.reason, outputOf(session)]).toEqual(['completed', [['done', 'budget: ']]])
})

test('neither waits for the other where the server has one slot', async () => {
  const session = await open()
  const phases: SessionEvent[] = []
  session.subscribe((event) => event.type === 'phase' && event.phase === 'queued' && phases.push(event))
  const before = performance.now()
  const end = await session.send('Go.')
  // A slot that rested would be taken from the run only after two seconds.
  expect([end.reason, phases, performance.now() - before < 1_900]).toEqual(['completed', [], true])
})

test('it ends when the run that began it is stopped', async () => {
  const session = await open({ hangs: true })
  const { end } = await session.begin('Go.')
  await childIsAsked
  await session.request('stop', {})
  const [child] = children
  expect([(await end).reason, endOf(child), store.opened(child?.id ?? session.id)]).toEqual([
    'aborted',
    'aborted',
    undefined,
  ])
})

test('it ends with the run that began it, also where the tool did not wait for it', async () => {
  const session = await open({ hangs: true, leaves: true, slots: 2 })
  const end = await session.send('Go.')
  const [child] = children
  expect([end.reason, outputOf(session), endOf(child), store.opened(child?.id ?? session.id)]).toEqual([
    'completed',
    [['done', 'begun']],
    'aborted',
    undefined,
  ])
})

test('a program that ends closes both, each once', async () => {
  const session = await open({ hangs: true })
  const { end } = await session.begin('Go.')
  await childIsAsked
  await store.close()
  expect([(await end).reason, endOf(children[0])]).toEqual(['aborted', 'aborted'])
  const left = (await readdir(join(folder, 'data/sessions'))).filter((name) => name.endsWith('.lock'))
  expect(left).toEqual([])
})
