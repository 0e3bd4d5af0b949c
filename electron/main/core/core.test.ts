import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Reply } from '#shared/failure.ts'
import type { AppState } from '#shared/feed/app-state.ts'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { RequestInput, RequestName, RequestOutput } from '#shared/feed/requests.ts'
import { ProfileId, type TurnId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { gate, startScriptedBackend, text, usage } from '../../../test-support/scripted-backend.ts'
import { type Core, startCore } from './core.ts'

let root: string
let project: string
let core: Core
let defects: unknown[]
const desktop: string[] = []
/** What the person picks in the dialogs for files. */
let chosenFile: string | null = null

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'claw-core-'))
  project = join(root, 'project')
  await mkdir(project)
  await writeFile(join(project, 'README.md'), '# A project\n')
  vi.stubEnv('CLAW_DEMO_WORD_MS', '0')
  defects = []
  core = await start()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await core.close()
  await rm(root, { recursive: true })
  expect(defects).toEqual([])
})

function start(): Promise<Core> {
  return startCore({
    environment: {
      appVersion: '1',
      electronVersion: '1',
      nodeVersion: '1',
      platform: 'linux',
      electronSource: 'official',
      dataFolder: join(root, 'data'),
      homeFolder: root,
      startFolder: null,
      keychain: false,
      tray: null,
      sandbox: null,
    },
    env: { CLAW_LOCAL_PORTS: 'none' },
    openConf: async (options) => new Conf(options),
    worker: null,
    desktop: {
      chooseFolder: async (startingAt) => {
        desktop.push(`choose ${startingAt}`)
        return project
      },
      chooseFile: async () => chosenFile,
      chooseTarget: async () => chosenFile,
      openLink: async (url) => void desktop.push(url),
      writeClipboard: (text) => void desktop.push(text),
    },
    onSettings: () => undefined,
    onDefect: (error) => defects.push(error),
  })
}

/** A page: what it asks, and what it sees on its feed. */
async function ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>> {
  const reply = (await core.answer(name, input)) as Reply<RequestOutput<Name>>
  if (!reply.ok) throw new Error(`${reply.failure.code}: ${reply.failure.message}`)
  return reply.value
}

function watchFeed(onEvent: (event: SessionEvent) => void = () => undefined) {
  const received: FeedMessage[] = []
  const waiting = new Set<() => void>()
  let send: (message: unknown) => void = () => undefined
  let close: () => void = () => undefined
  core.feed.server.attach({
    post(message) {
      received.push(structuredClone(message))
      for (const look of waiting) look()
      if (message.type === 'events') message.events.forEach(onEvent)
    },
    waiting: 0,
    onDrain: () => undefined,
    onMessage: (listener) => {
      send = listener
    },
    onClose: (listener) => {
      close = listener
    },
  })
  /** Resolves with the first message, old or new, that fits. */
  const until = (fits: (message: FeedMessage) => boolean) =>
    new Promise<FeedMessage>((resolve) => {
      const look = () => {
        const found = received.find(fits)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  const event = (type: SessionEvent['type']) =>
    until((message) => message.type === 'events' && message.events.some((candidate) => candidate.type === type))
  return { received, until, event, send: (message: unknown) => send(message), close: () => close() }
}

/** What the journal counted, as the feed brought it. */
function spent(received: readonly FeedMessage[]) {
  const usages = received
    .flatMap((message) => (message.type === 'events' ? message.events : []))
    .flatMap((event) => (event.type === 'usage' ? [event.usage] : []))
  const sum = (key: 'inputTokens' | 'outputTokens') => usages.reduce((total, usage) => total + (usage[key] ?? 0), 0)
  return { modelCalls: usages.length, inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens') }
}

const demo = ProfileId.parse('demo')
const permissions = defaultSettings.permissions
const appChange = (message: FeedMessage): Partial<AppState> => (message.type === 'app' ? message.change : {})

describe('the window and the engine', () => {
  it('a chat is created, sent to, seen to its end, and found again after a restart', async () => {
    const denials: Promise<null>[] = []
    const feed = watchFeed((event) => {
      if (event.type !== 'approval-request') return
      denials.push(ask('session.answer', { sessionId, callId: event.request.callId, answer: { decision: 'deny' } }))
    })
    feed.send({ type: 'subscribe-app' })
    const { sessionId } = await ask('session.create', { cwd: project, profileId: demo, permissions })
    feed.send({ type: 'subscribe', sessionId })
    await feed.until(({ type }) => type === 'snapshot')
    await ask('session.send', { sessionId, text: 'Hello there' })
    await feed.event('turn-end')
    expect(await Promise.all(denials)).not.toEqual([])
    await feed.until((message) => appChange(message).sessions?.[0]?.title === 'Hello there')
    expect(core.feed.app.state().settings).toMatchObject({ lastFolder: project, recentFolders: [project] })

    await core.close()
    core = await start()
    const again = watchFeed()
    again.send({ type: 'subscribe', sessionId })
    const snapshot = await again.until(({ type }) => type === 'snapshot')
    expect(snapshot.type === 'snapshot' && snapshot.view.turns.map(({ text, end }) => [text, end?.reason])).toEqual([
      ['Hello there', 'completed'],
    ])
  })

  it('what a chat spends is seen by the feed, in a report and in a file', async () => {
    // What the demo says it used is counted nowhere.
    const server = await startScriptedBackend({ script: [text('Hello.', { usage: usage(100, 7) })] })
    onTestFinished(() => server.close())
    const profile: Profile = {
      ...{ id: ProfileId.parse('own'), name: 'Own', kind: 'vllm' },
      ...{ baseUrl: server.baseUrl, model: 'scripted', key: { source: 'none' } },
    }
    await ask('profile.save', { profile })
    const feed = watchFeed()
    feed.send({ type: 'subscribe-app' })
    await ask('budget.setLimit', { scope: 'day', profileId: null, limit: 'totalTokens', value: 1_000_000 })
    const { sessionId } = await ask('session.create', { cwd: project, profileId: profile.id, permissions })
    feed.send({ type: 'subscribe', sessionId })
    await feed.until(({ type }) => type === 'snapshot')
    await ask('session.send', { sessionId, text: 'Hello there' })
    await feed.event('turn-end')
    const { modelCalls, inputTokens, outputTokens } = spent(feed.received)
    const seen = await feed.until((message) => appChange(message).spending?.today.modelCalls === modelCalls)
    const state = appChange(seen).spending
    expect(state).toMatchObject({
      today: { inputTokens, outputTokens, freeCalls: modelCalls, unknownCalls: 0 },
      month: state?.today,
      limits: [{ name: 'totalTokens', allowed: 1_000_000, used: inputTokens + outputTokens }],
    })
    const query = { from: state?.day ?? '', to: state?.day ?? '', profileId: null }
    const report = await ask('budget.report', query)
    expect([report.total, report.sessions.map(({ title }) => title)]).toEqual([state?.today, ['Hello there']])
    chosenFile = join(root, 'spending.json')
    expect(await ask('budget.export', { query, format: 'json' })).toEqual({ saved: true })
    expect(JSON.parse(await readFile(chosenFile, 'utf8'))).toHaveLength(modelCalls)
    chosenFile = null
  })

  it('a stop that was meant for a turn that is over ends no newer one', async () => {
    const held = gate()
    const server = await startScriptedBackend({
      script: [text('One.'), text('Two, and more', { chunks: 2, gate: held.opened })],
    })
    onTestFinished(() => server.close())
    const profile: Profile = {
      ...{ id: ProfileId.parse('own'), name: 'Own', kind: 'vllm' },
      ...{ baseUrl: server.baseUrl, model: 'scripted', key: { source: 'none' } },
    }
    await ask('profile.save', { profile })
    const { sessionId } = await ask('session.create', { cwd: project, profileId: profile.id, permissions })
    const begun: TurnId[] = []
    const ends: string[] = []
    const feed = watchFeed((event) => {
      if (event.type === 'turn-start') begun.push(event.turnId)
      if (event.type === 'turn-end') ends.push(event.reason)
    })
    feed.send({ type: 'subscribe', sessionId })
    await feed.until(({ type }) => type === 'snapshot')
    await ask('session.send', { sessionId, text: 'A' })
    await feed.event('turn-end')
    await ask('session.send', { sessionId, text: 'B' })
    const isSecond = (event: SessionEvent) => event.type === 'turn-start' && event.text === 'B'
    await feed.until((message) => message.type === 'events' && message.events.some(isSecond))
    const [over, going] = begun
    if (!over || !going) throw new Error('Two turns began.')
    await expect(ask('session.stop', { sessionId, turnId: over })).rejects.toThrow('not-found: What was to be stopped')
    await ask('session.stop', { sessionId, turnId: going })
    const isStopped = (event: SessionEvent) => event.type === 'turn-end' && event.reason === 'aborted'
    await feed.until((message) => message.type === 'events' && message.events.some(isStopped))
    expect(ends).toEqual(['completed', 'aborted'])
  })

  it('a pause of the background runs is seen by the feed, and outlives the app', async () => {
    const feed = watchFeed()
    feed.send({ type: 'subscribe-app' })
    await ask('run.pauseAll', { paused: true })
    await feed.until((message) => appChange(message).runsPaused === true)
    await core.close()
    core = await start()
    const again = watchFeed()
    again.send({ type: 'subscribe-app' })
    await again.until((message) => appChange(message).runsPaused === true)
    await ask('run.pauseAll', { paused: false })
    await again.until((message) => appChange(message).runsPaused === false)
  })

  it('a session can be renamed and removed from the list', async () => {
    const { sessionId } = await ask('session.create', { cwd: project, profileId: demo, permissions })
    await ask('session.rename', { sessionId, title: 'Named' })
    const titles = core.feed.app.state().sessions.map(({ title }) => title)
    await ask('session.remove', { sessionId })
    expect([titles, core.feed.app.state().sessions]).toEqual([['Named'], []])
  })

  it('a folder that is not there is refused in words', async () => {
    const gone = join(root, 'gone')
    const refusal = /invalid-input: The folder .*gone does not exist/
    await expect(ask('folder.check', { folder: gone })).rejects.toThrow(refusal)
    await expect(ask('session.create', { cwd: gone, profileId: demo, permissions })).rejects.toThrow(refusal)
  })

  it('settings, backends and notices change by request and come back by the feed', async () => {
    const feed = watchFeed()
    feed.send({ type: 'subscribe-app' })
    await ask('settings.update', { patch: { theme: 'dark', contrast: undefined } })
    await feed.until((message) => appChange(message).settings?.theme === 'dark')
    const profile = {
      id: ProfileId.parse('work'),
      name: 'Work',
      kind: 'custom' as const,
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'm',
      key: { source: 'none' as const },
    }
    await ask('profile.save', { profile, key: 'sk-secret', storage: 'file' })
    await feed.until((message) => appChange(message).backends?.some(({ reach }) => reach === 'failed') === true)
    expect(core.feed.app.state()).toMatchObject({ activeProfileId: 'work', settings: { contrast: 'system' } })
    expect(JSON.stringify(feed.received)).not.toContain('sk-secret')
    await expect(ask('profile.use', { profileId: demo })).rejects.toThrow(/cannot be the default while there is Work/)
    await ask('profile.remove', { profileId: profile.id })
    expect(core.feed.app.state().backends.map(({ profile: { id } }) => id)).toEqual(['demo'])
  })

  it('backends go into a file without their keys, and come back from it when the person agrees', async () => {
    const baseUrl = 'http://127.0.0.1:1/v1'
    const one: Profile = {
      id: ProfileId.parse('one'),
      name: 'One',
      kind: 'vllm',
      baseUrl,
      model: 'm',
      key: { source: 'none' },
      topP: 0.9,
    }
    await ask('profile.save', { profile: one, key: 'sk-secret', storage: 'file' })
    chosenFile = null
    expect([await ask('profile.export', {}), await ask('profile.import', {})]).toEqual([
      { count: null, left: [] },
      { found: null },
    ])
    chosenFile = join(root, 'backends.json')
    expect(await ask('profile.export', {})).toEqual({ count: 1, left: [] })
    expect(await readFile(chosenFile, 'utf8')).not.toContain('sk-secret')
    const { found } = await ask('profile.import', {})
    const again = { ...one, id: 'one-2', name: 'One 2', key: { source: 'file' } }
    expect(found).toEqual({
      profiles: [again],
      notes: [
        'There already is a backend called One; this one is called One 2.',
        'The key of One 2 has to be entered here.',
      ],
    })
    const names = () => core.feed.app.state().backends.map(({ profile }) => profile.name)
    expect(names()).not.toContain('One 2')
    await ask('profile.add', { profiles: found?.profiles ?? [] })
    expect(names()).toEqual(expect.arrayContaining(['One', 'One 2']))
    await expect(ask('profile.add', { profiles: found?.profiles ?? [] })).rejects.toThrow(/invalid-input/)
    for (const profileId of ['one', 'one-2']) await ask('profile.remove', { profileId: ProfileId.parse(profileId) })
  })

  it('the desktop opens links, folders and the clipboard, and only links', async () => {
    desktop.length = 0
    await ask('link.open', { url: 'https://example.com/' })
    await expect(ask('link.open', { url: 'file:///etc/passwd' })).rejects.toThrow(/invalid-input/)
    await ask('clipboard.write', { text: 'copied' })
    expect([await ask('folder.choose', {}), desktop]).toEqual([
      { folder: project },
      ['https://example.com/', 'copied', 'choose null'],
    ])
  })
})
