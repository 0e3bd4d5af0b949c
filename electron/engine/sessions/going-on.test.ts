import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freeSlot } from '../../../test-support/free-slot.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import type { Backend, StreamEvent } from '../backend/contract/backend.ts'
import { Ledger } from '../budget/ledger.ts'
import { Policies } from '../policy/policies.ts'
import { builtinTools } from '../tools/builtin-tools.ts'
import type { SessionServices } from './session-services.ts'
import { SessionStore } from './session-store.ts'
import type { Session } from './sessions.ts'

const profile = testProfile('http://127.0.0.1:1/v1', {})
const clock = { now: () => 1_700_000_000_000 }
const stop: StreamEvent = {
  type: 'message_stop',
  finish: 'stop',
  rawFinish: 'stop',
  toolCalls: [],
  brokenToolCalls: [],
}
const asks: StreamEvent = {
  ...stop,
  finish: 'tool_calls',
  toolCalls: [{ callId: 'c1', name: 'write_file', arguments: '{"path":"a","content":"b"}', recovered: false }],
}

let folder: string
let ledger: Ledger
/** What the model gives next, whether anybody still waits for it or not. */
let answers: (StreamEvent | Promise<StreamEvent>)[]
let prompts: string[]
const stores: SessionStore[] = []

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-going-on-')))
  await mkdir(join(folder, 'work'))
  ledger = new Ledger(join(folder, 'ledger'), clock)
  answers = []
  prompts = []
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await ledger.close()
  await rm(folder, { recursive: true })
})

function newStore(more: Partial<SessionServices> = {}): SessionStore {
  const dataFolder = join(folder, 'data')
  const policies = new Policies({ dataFolder, clock, keyVariables: () => new Set() })
  const backend: Backend = {
    async *chat({ messages }, signal) {
      signal.throwIfAborted()
      prompts.push(messages.findLast(({ role }) => role === 'user')?.content ?? '')
      const answer = await answers.shift()
      if (!answer) throw new Error('The script is over.')
      yield { type: 'content_delta', text: 'Well.' }
      yield answer
    },
    listModels: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  const services: SessionServices = {
    learnWindow: () => undefined,
    noteReach: () => undefined,
    backendFor: () => Promise.resolve({ backend, profile }),
    tools: builtinTools,
    ledger,
    limitSources: () => [],
    onLimitsChange: () => () => undefined,
    slots: { holder: () => freeSlot },
    background: false,
    policyFor: policies.policyFor.bind(policies),
    clock,
    platform: 'linux',
    ...more,
  }
  const store = new SessionStore({ dataFolder, holder: 'a test', services })
  stores.push(store)
  return store
}

const newSession = (store: SessionStore) =>
  store.create({
    cwd: join(folder, 'work'),
    profileId: profile.id,
    permissions: { write: 'ask', shell: 'ask', sandbox: true },
    canAnswer: true,
  })

function event(session: Session, type: string): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = session.subscribe((one) => {
      if (one.type !== type) return
      unsubscribe()
      resolve()
    })
  })
}

async function openFilesIn(path: string): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd')
  const files = await Promise.all(numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')))
  return files.filter((file) => file.startsWith(path))
}

test('a session that waits for an answer opens also where the policy of its folder is broken meanwhile', async () => {
  const store = newStore()
  const session = await newSession(store)
  answers = [asks]
  const asked = event(session, 'approval-request')
  const { end } = await session.begin('Write it')
  await asked
  await store.release(session.id)
  await end
  await writeFile(join(folder, 'work/.claw-policy.json'), '{')

  const again = newStore()
  const opened = await again.open(session.id, { asksAgain: true })
  expect(opened.view().turns.at(-1)?.end?.reason).toBe('interrupted')
  expect(opened.view().turns.at(-1)?.items.at(-1)).toMatchObject({ kind: 'notice', code: 'not-asked-again' })
  await expect(opened.resume()).rejects.toMatchObject({ failure: { code: 'invalid-input' } })
})

test.runIf(process.platform === 'linux')('a session that cannot be opened leaves no file open', async () => {
  const session = await newSession(newStore())
  await session.request('rename', { title: 'Mine' })
  await stores.splice(0)[0]?.close()
  const data = join(folder, 'data')
  const journal = join(data, 'sessions', `${session.id}.jsonl`)
  const lines = (await readFile(journal, 'utf8')).trim().split('\n')
  const turn = { type: 'turn-start', seq: 9, at: 1, turnId: 'aaaaaaaaaa', text: 'x', facts: '' }
  await writeFile(journal, `${[...lines, JSON.stringify(turn)].join('\n')}\n`)
  const broken = newStore({
    clock: {
      now() {
        throw new Error('no clock')
      },
    },
  })
  await expect(broken.open(session.id)).rejects.toThrow('no clock')
  expect(await openFilesIn(data)).toEqual([])
})

test('what is to stop one turn stops no newer one, and says so', async () => {
  const session = await newSession(newStore())
  answers = [stop]
  await session.send('First')
  const over = session.view().turns.at(-1)?.turnId
  if (!over) throw new Error('One turn ran.')
  await session.request('stop', { turnId: over })
  let answer: (value: StreamEvent) => void = () => {}
  answers = [new Promise((resolve) => (answer = resolve))]
  const asked = event(session, 'model-call-start')
  const { end } = await session.begin('Second')
  await asked
  await expect(session.request('stop', { turnId: over })).rejects.toMatchObject({ failure: { code: 'not-found' } })
  const going = session.view().turns.at(-1)?.turnId
  const stopped = session.request('stop', { turnId: going })
  answer(asks)
  await stopped
  expect([(await end).reason, session.view().turns.map((turn) => turn.end?.reason)]).toEqual([
    'aborted',
    ['completed', 'aborted'],
  ])
})

test('a stopped turn leaves what is queued; where that is taken back while its turn begins, no empty message is sent', async () => {
  let letGo = () => {}
  const policies = new Policies({ dataFolder: join(folder, 'data'), clock, keyVariables: () => new Set() })
  let gate: Promise<void> = Promise.resolve()
  const store = newStore({
    policyFor: async (workspace) => {
      await gate
      return await policies.policyFor(workspace)
    },
  })
  const session = await newSession(store)
  let answer: (value: StreamEvent) => void = () => {}
  answers = [new Promise((resolve) => (answer = resolve)), stop]
  const asked = event(session, 'model-call-start')
  const { end } = await session.begin('First')
  await asked
  const queued = await session.begin('Second')
  const stopped = session.request('stop', {})
  answer(stop)
  await Promise.all([stopped, end, queued.end])
  const [message] = session.view().queued
  if (!message) throw new Error('A turn that was stopped reads nothing more.')

  gate = new Promise((resolve) => {
    letGo = resolve
  })
  const sent = session.request('sendQueued', {})
  const refused = expect(sent).rejects.toMatchObject({ failure: { code: 'not-found' } })
  await session.request('takeBack', { messageId: message.messageId })
  letGo()
  await refused
  expect([prompts.length, session.view().turns.length, session.view().activity]).toEqual([1, 1, null])
})
