import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProfileId, SessionId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import { prepared } from '../../../test-support/tool-calls.ts'
import type { Backend, ChatRequest, StreamEvent } from '../backend/contract/backend.ts'
import { toolJson } from '../backend/request/request-body.ts'
import { Ledger } from '../budget/ledger.ts'
import { noPolicy } from '../policy/policy.ts'
import type { Tool } from '../tools/contract/tool.ts'
import { zodArguments } from '../tools/contract/zod-arguments.ts'
import type { SessionServices } from './session-services.ts'
import { SessionStore } from './session-store.ts'
import type { NewSession, Session } from './sessions.ts'

const profile: Profile = {
  id: ProfileId.parse('local'),
  name: 'Local',
  kind: 'vllm',
  baseUrl: 'http://127.0.0.1:1/v1',
  model: 'm',
  key: { source: 'none' },
}

type Answer = (signal: AbortSignal) => AsyncIterable<StreamEvent>

const stop: StreamEvent = {
  type: 'message_stop',
  finish: 'stop',
  rawFinish: 'stop',
  toolCalls: [],
  brokenToolCalls: [],
}
const say = (...parts: string[]): Answer =>
  async function* () {
    for (const text of parts) yield { type: 'content_delta', text }
    yield stop
  }
const callTool: Answer = async function* () {
  const call = { callId: 'c1', name: 'write_file', arguments: '{}', recovered: false }
  yield { ...stop, finish: 'tool_calls', toolCalls: [call] }
}
/** Says something and then nothing until it is stopped. */
const hang = (text: string): Answer =>
  async function* (signal) {
    yield { type: 'content_delta', text }
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }

const note: Tool = {
  name: 'write_file',
  description: '',
  ...zodArguments(z.object({})),
  access: 'write',
  kind: 'other',
  describe: () => ({ verb: 'Note', target: '' }),
  prepare: () =>
    prepared(
      { purpose: 'to note', subject: { kind: 'command', command: 'note' }, facts: [], sessionRule: 'write' },
      () => Promise.resolve({ ok: true, output: 'noted', summary: 'noted' }),
    ),
}

const clock = { now: () => 1_700_000_000_000 }
let folder: string
let cwd: string
let answers: Answer[]
let requests: ChatRequest[]
const stores: SessionStore[] = []
let ledger: Ledger

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-sessions-')))
  cwd = join(folder, 'project')
  await mkdir(cwd)
  answers = []
  ledger = new Ledger(join(folder, 'ledger'), clock)
  requests = []
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await ledger.close()
  await rm(folder, { recursive: true })
})

function scriptedBackend(): Backend {
  return {
    async *chat(request, signal) {
      requests.push({ ...request, messages: [...request.messages] })
      const answer = answers.shift()
      if (!answer) throw new Error('The script is over.')
      yield* answer(signal)
    },
    listModels: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
}

function newStore(dataFolder = join(folder, 'data'), more: Partial<SessionServices> = {}): SessionStore {
  const backend = scriptedBackend()
  const services = {
    learnWindow: () => undefined,
    noteReach: () => undefined,
    backendFor: () => Promise.resolve({ backend, profile }),
    slots: { holder: () => freeSlot },
    background: false,
    tools: [note],
    policyFor: () => Promise.resolve(noPolicy),
    clock,
    ledger,
    limitSources: () => [],
    onLimitsChange: () => () => undefined,
    platform: 'linux',
    ...more,
  }
  const store = new SessionStore({ dataFolder, holder: 'the window', services })
  stores.push(store)
  return store
}

const options = (): NewSession => ({
  cwd,
  profileId: profile.id,
  permissions: { write: 'ask', shell: 'ask', sandbox: true },
  canAnswer: true,
})

/** Resolves with the first event that fits. */
function next(session: Session, fits: (event: SessionEvent) => boolean): Promise<SessionEvent> {
  return new Promise((resolve) => {
    const stopListening = session.subscribe((event) => {
      if (!fits(event)) return
      stopListening()
      resolve(event)
    })
  })
}

describe('a session', () => {
  test('is its journal: closed and opened again it is the same, and the model sees the same history', async () => {
    const store = newStore()
    answers = [say('Hel', 'lo.'), say('Again.')]
    const session = await store.create(options())
    expect(await session.send('Say hello\nand more')).toMatchObject({ reason: 'completed' })
    const view = session.view()
    expect(view.title).toBe('Say hello')
    await store.release(session.id)

    const again = await newStore().open(session.id)
    expect(again.view()).toEqual({ ...view, seq: expect.any(Number) })
    await again.send('And again')
    const [first, second] = requests
    expect(second?.messages.slice(0, first?.messages.length)).toEqual(first?.messages)
    expect(second?.messages.slice(2)).toEqual([
      { role: 'assistant', content: 'Hello.', toolCalls: [] },
      { role: 'user', content: 'And again' },
    ])
  })

  test('tells the model of its tools in the bytes of its journal, whatever a later build says of them', async () => {
    const read: Tool = { ...note, name: 'read_file', parameters: { type: 'object', properties: { path: {} } } }
    const store = newStore(undefined, { tools: [note, read] })
    answers = [say('Hello.'), say('Again.'), say('Anew.')]
    const session = await store.create(options())
    await session.send('Say hello')
    await store.release(session.id)
    // One says other things of itself, one is gone, one is new.
    const later: Tool[] = [
      { ...note, description: 'Writes.', parameters: {} },
      { ...note, name: 'draw' },
    ]
    const next = newStore(undefined, { tools: later })
    await (await next.open(session.id)).send('And again')
    await (await next.create(options())).send('And anew')
    const told = requests.map(({ tools }) => tools.map(toolJson).join())
    expect(told).toEqual([
      [note, read].map(toolJson).join(),
      [note, read].map(toolJson).join(),
      later.map(toolJson).join(),
    ])
  })

  test('whose journal says nothing of its tools has those of the build', async () => {
    const store = newStore()
    answers = [say('Hello.')]
    const session = await store.create(options())
    await store.release(session.id)
    const path = join(folder, 'data/sessions', `${session.id}.jsonl`)
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"tools":\[.*?\],"profile"/, '"profile"'))
    const draw = { ...note, name: 'draw' }
    await (await newStore(undefined, { tools: [note, draw] }).open(session.id)).send('Say hello')
    expect(requests[0]?.tools.map(({ name }) => name)).toEqual(['write_file', 'draw'])
  })

  test('cut in mid-turn at any byte of its end opens as interrupted and goes on', async () => {
    const store = newStore()
    answers = [hang('Half an answer')]
    const session = await store.create(options())
    const text = next(session, ({ type }) => type === 'text-delta')
    const { end } = await session.begin('Tell me')
    await text
    await session.request('persisted', {})
    const source = join(folder, 'data/sessions', `${session.id}.jsonl`)
    const whole = await readFile(source)
    await session.request('stop', {})
    await end

    const lastLines = whole.subarray(0, -1).lastIndexOf(10, -200)
    for (let length = lastLines + 1; length <= whole.length; length++) {
      const data = join(folder, `cut-${length}`)
      await mkdir(join(data, 'sessions'), { recursive: true })
      await writeFile(join(data, 'sessions', `${session.id}.jsonl`), whole.subarray(0, length))
      const opened = await newStore(data).open(session.id)
      const last = opened.view().turns.at(-1)
      expect(last?.end?.reason ?? 'no turn yet').toMatch(/interrupted|no turn yet/)
      answers = [say('Going on.')]
      expect(await opened.send('Go on')).toMatchObject({ reason: 'completed' })
    }
  }, 120_000)

  test('waits for an answer, goes on after it, and knows what was allowed for the session', async () => {
    const store = newStore()
    answers = [callTool, callTool, say('Done.')]
    const session = await store.create(options())
    const asked = next(session, ({ type }) => type === 'approval-request')
    const turn = session.send('Note it twice')
    await asked
    expect(store.list()[0]).toMatchObject({ state: 'waiting', note: 'needs you: note' })
    await session.request('answer', { callId: 'c1', answer: { decision: 'allow-session' } })
    expect(await turn).toMatchObject({ reason: 'completed' })
    expect(session.view().turns[0]?.items).toMatchObject([
      { state: 'done' },
      { state: 'done', answer: null },
      { text: 'Done.' },
    ])
    await expect(session.request('answer', { callId: 'c1', answer: { decision: 'deny' } })).rejects.toThrow(
      'already answered',
    )
  })

  test('permissions that are widened while a question is open answer it, and the journal says what did', async () => {
    const store = newStore()
    answers = [callTool, say('Done.')]
    const session = await store.create(options())
    const asked = next(session, ({ type }) => type === 'approval-request')
    const answered = next(session, ({ type }) => type === 'approval-answer')
    const turn = session.send('Note it')
    await asked
    await session.request('setPermissions', { permissions: { write: 'ask', shell: 'allow', sandbox: true } })
    expect(session.view().approvals).toHaveLength(1)
    await session.request('setPermissions', { permissions: { write: 'allow', shell: 'allow', sandbox: true } })
    expect([await answered, await turn, session.view().approvals]).toMatchObject([
      { callId: 'c1', answer: { decision: 'allow-once' }, by: 'permissions' },
      { reason: 'completed' },
      [],
    ])
  })

  test('permissions that are narrowed while a question is open deny what it asks for', async () => {
    const store = newStore()
    answers = [callTool, say('Then not.')]
    const session = await store.create(options())
    const asked = next(session, ({ type }) => type === 'approval-request')
    const turn = session.send('Note it')
    await asked
    await session.request('setPermissions', { permissions: { write: 'deny', shell: 'deny', sandbox: true } })
    expect([await turn, session.view().turns[0]?.items[0]]).toMatchObject([
      { reason: 'completed' },
      { state: 'denied', summary: 'not allowed' },
    ])
  })

  test('stop while it waits for an answer ends the turn', async () => {
    const store = newStore()
    answers = [callTool]
    const session = await store.create(options())
    const asked = next(session, ({ type }) => type === 'approval-request')
    const turn = session.send('Note it')
    await asked
    await session.request('stop', {})
    expect([await turn, session.view().approvals]).toMatchObject([{ reason: 'aborted' }, []])
  })

  test('goes to one process: another is told who has it, and takes over when that one died', async () => {
    const store = newStore()
    const session = await store.create(options())
    await expect(newStore().open(session.id)).rejects.toMatchObject({
      failure: { code: 'busy', message: expect.stringContaining('the window') },
    })
    await store.release(session.id)

    // A process that is really there, and then really gone.
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(other, 'spawn')
    const lock = join(folder, 'data/sessions', `${session.id}.lock`)
    const startedAt = (await readFile(`/proc/${other.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19]
    await writeFile(lock, JSON.stringify({ pid: other.pid, startedAt, holder: 'a terminal' }))
    await expect(newStore().open(session.id)).rejects.toMatchObject({
      failure: { message: expect.stringContaining(`a terminal (process ${other.pid})`) },
    })
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect((await newStore().open(session.id)).id).toBe(session.id)
  })

  test('that is released twice at once is closed for both, and who wants it meanwhile opens it anew', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    const first = store.release(id)
    await store.release(id)
    const elsewhere = newStore()
    await elsewhere.open(id)
    await Promise.all([first, elsewhere.release(id)])

    const before = await store.open(id)
    const released = store.release(id)
    const again = await store.open(id)
    await again.request('rename', { title: 'Anew' })
    await released
    expect([again === before, store.opened(id) === again]).toEqual([false, true])
    await store.release(id)
    expect((await newStore().open(id)).view().title).toBe('Anew')
  })

  test('that is being released can be removed', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    await Promise.all([store.release(id), store.remove(id)])
    await expect(store.open(id)).rejects.toMatchObject({ failure: { code: 'not-found' } })
  })

  test('a lock whose pid now belongs to another process is no lock', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    await store.release(id)
    await writeFile(
      join(folder, 'data/sessions', `${id}.lock`),
      JSON.stringify({ pid: process.pid, startedAt: '1', holder: 'x' }),
    )
    expect((await newStore().open(id)).id).toBe(id)
  })

  test('files are private', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    const mode = async (path: string) => ((await stat(join(folder, 'data', path))).mode & 0o777).toString(8)
    await store.release(id)
    expect([await mode('sessions'), await mode(`sessions/${id}.jsonl`), await mode(`sessions/${id}.json`)]).toEqual([
      '700',
      '600',
      '600',
    ])
  })
})

describe('the list', () => {
  test('shows what died in mid-turn as interrupted, newest first, and makes lost summaries again', async () => {
    const store = newStore()
    answers = [say('One.'), hang('Two.')]
    const one = await store.create(options())
    await one.send('First')
    const two = await store.create(options())
    const text = next(two, ({ type }) => type === 'text-delta')
    const { end } = await two.begin('Second')
    await text
    await two.request('persisted', {})
    const copy = join(folder, 'copy')
    await mkdir(join(copy, 'sessions'), { recursive: true })
    for (const { id } of [one, two])
      await copyFile(join(folder, 'data/sessions', `${id}.jsonl`), join(copy, 'sessions', `${id}.jsonl`))
    // What a process leaves that dies before it wrote the summary of its turn.
    const [stale] = store.list().filter(({ sessionId }) => sessionId === two.id)
    const summary = join(copy, 'sessions', `${two.id}.json`)
    await writeFile(summary, JSON.stringify({ ...stale, title: '', state: 'idle' }))
    const lock = join(copy, 'sessions', `${two.id}.lock`)
    await writeFile(lock, JSON.stringify({ pid: process.pid, startedAt: 'long ago', holder: 'a terminal' }))
    await two.request('stop', {})
    await end

    const other = newStore(copy)
    await other.load()
    expect(Object.fromEntries(other.list().map(({ title, state }) => [title, state]))).toEqual({
      First: 'idle',
      Second: 'interrupted',
    })
  })

  test('finds by a unique start of the id', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    expect(await store.find(id.slice(0, 6))).toBe(id)
    await expect(store.find('-')).rejects.toMatchObject({ failure: { code: 'not-found' } })
    await store.create(options())
    await expect(store.find('')).rejects.toMatchObject({ failure: { code: 'invalid-input' } })
  })

  test('a removed session is gone, with its files', async () => {
    const store = newStore()
    const { id } = await store.create(options())
    await store.remove(id)
    expect(store.list()).toEqual([])
    await expect(store.open(id)).rejects.toMatchObject({ failure: { code: 'not-found' } })
  })
})

describe('bad input is one clear sentence', () => {
  test.each([
    ['a folder that is not there', () => join(folder, 'nowhere'), /does not exist/],
    ['a file', () => join(folder, 'file'), /is a file/],
  ])('%s', async (_name, path, words) => {
    await writeFile(join(folder, 'file'), '')
    await expect(newStore().create({ ...options(), cwd: path() })).rejects.toMatchObject({
      failure: { code: 'invalid-input', message: expect.stringMatching(words) },
    })
  })

  test('a session that is not there', async () => {
    const store = newStore()
    await store.load()
    await expect(store.open(SessionId.parse('zzzzzzzzzz'))).rejects.toMatchObject({ failure: { code: 'not-found' } })
  })

  test('a journal without a beginning', async () => {
    const store = newStore()
    await store.load()
    await writeFile(join(folder, 'data/sessions/aaaaaaaaaa.jsonl'), '{"type":"tit')
    await expect(store.open(SessionId.parse('aaaaaaaaaa'))).rejects.toMatchObject({ failure: { code: 'storage' } })
  })
})

describe('in the background', () => {
  const patient = { ...profile, timeouts: { approvalMs: 60_000 } }
  const impatient = { ...profile, timeouts: { approvalMs: 1 } }
  const services = (backgroundProfile: Profile): Partial<SessionServices> => ({
    background: true,
    learnWindow: () => undefined,
    noteReach: () => undefined,
    backendFor: () => Promise.resolve({ backend: scriptedBackend(), profile: backgroundProfile }),
  })

  test('an approval that nobody gives ends the turn after the time of the profile', async () => {
    answers = [callTool]
    const session = await newStore(undefined, services(impatient)).create(options())
    const end = await session.send('Note it.')
    expect([end.reason, session.view().approvals]).toEqual(['needs-approval', []])
  })

  test('until then it waits, and the view says how long', async () => {
    answers = [callTool, say('Noted.')]
    const session = await newStore(undefined, services(patient)).create(options())
    const asked = next(session, ({ type }) => type === 'approval-request')
    const end = session.send('Note it.')
    await asked
    expect(session.view().approvals).toEqual([
      { request: expect.anything(), since: 1_700_000_000_000, until: 1_700_000_060_000 },
    ])
    await session.request('answer', { callId: 'c1', answer: { decision: 'allow-once' } })
    expect((await end).reason).toBe('completed')
  })
})
