import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppState, Environment, SessionSummary } from '#shared/feed/app-state.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { FakeSessions, sessionId } from '../../../test-support/fake-sessions.ts'
import { ProfileStore } from '../profiles/profile-store.ts'
import { KeyStore } from '../secrets/key-store.ts'
import { SettingsStore } from '../settings/settings-store.ts'
import { Pause } from '../slots/pause.ts'
import { AppModel } from './app-model.ts'

let dataFolder: string
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'claw-app-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(dataFolder, { recursive: true })
})

const environment: Environment = {
  appVersion: '1',
  electronVersion: '1',
  nodeVersion: '1',
  platform: 'linux',
  electronSource: 'official',
  dataFolder: '/data',
  homeFolder: '/home',
  startFolder: null,
  keychain: false,
  tray: null,
  sandbox: null,
}

async function open() {
  const clock = { now: () => 0 }
  const settings = await SettingsStore.open({ dataFolder, openConf: async (options) => new Conf(options), clock })
  const keychain = {
    available: async () => false,
    read: async () => null,
    write: async () => undefined,
    remove: async () => undefined,
  }
  const profiles = new ProfileStore({
    settings,
    windows: { of: async () => null, learn: async () => undefined },
    onDefect: (error) => {
      throw error
    },
    keys: new KeyStore({ dataFolder, env: {}, keychain }),
    env: {},
    clock,
    connect: () => {
      throw new Error('Nobody connects here.')
    },
    startDemo: async () => ({ baseUrl: '', close: async () => undefined }),
    discover: async () => [],
    identify: async () => null,
  })
  const sessions = new FakeSessions(1)
  const doctor = { states: () => ({}), onChange: () => () => undefined }
  const runs = { list: () => [], onChange: () => () => undefined }
  const spent = { day: '2026-11-26', today: noSpending(), month: noSpending(), limits: [], revision: 0 }
  const spending = { state: () => spent, onChange: () => () => undefined }
  const pause = new Pause(join(dataFolder, 'slots', 'paused'))
  const app = new AppModel({ settings, profiles, doctor, sessions, runs, pause, spending, environment })
  const changes: Partial<AppState>[] = []
  app.onChange((change) => changes.push(change))
  return { app, settings, profiles, sessions, pause, spending: spent, changes }
}

const summary: SessionSummary = {
  sessionId: sessionId(0),
  title: 'A title',
  cwd: '/project',
  state: 'running',
  note: '',
  profileName: 'Demo',
  demo: true,
  updatedAt: 0,
}

describe('the state of the app', () => {
  it('holds every part, and a notice about the settings', async () => {
    await writeFile(join(dataFolder, 'settings.json'), '{')
    const { app, settings, profiles, spending } = await open()
    expect(app.state()).toEqual({
      settings: settings.get(),
      backends: profiles.statuses(),
      activeProfileId: null,
      discovery: { state: 'idle', servers: [] },
      doctor: {},
      sessions: [],
      runs: [],
      runsPaused: false,
      spending,
      environment,
      notices: [settings.notice],
    })
  })

  it('tells that background runs are paused', async () => {
    const { app, pause, changes } = await open()
    await pause.set(true)
    await Promise.resolve()
    expect([changes, app.state().runsPaused]).toEqual([[{ runsPaused: true }], true])
  })

  it('tells what changed within a tick as one value', async () => {
    const { profiles, settings, changes } = await open()
    await profiles.discover()
    await Promise.resolve()
    const done = { state: 'done', servers: [] }
    expect(changes.at(-1)?.discovery).toEqual(done)
    changes.length = 0
    await settings.update((current) => ({ ...current, theme: 'dark' }))
    await Promise.resolve()
    expect(changes).toEqual([
      { settings: settings.get(), activeProfileId: null, backends: profiles.statuses(), discovery: done },
    ])
  })

  it('tells of sessions at once, and then every 100 milliseconds', async () => {
    const { sessions, changes } = await open()
    vi.useFakeTimers()
    const counts: number[] = []
    for (const ms of [0, 40, 40, 40]) {
      await vi.advanceTimersByTimeAsync(ms)
      sessions.summaries = [...sessions.summaries, summary]
      sessions.changed()
      await vi.advanceTimersByTimeAsync(0)
      counts.push(changes.length)
    }
    await vi.advanceTimersByTimeAsync(500)
    expect([counts, changes.map(({ sessions: list }) => list?.length)]).toEqual([
      [1, 1, 1, 2],
      [1, 3, 4],
    ])
  })

  it('tells of thousands of sessions less often', async () => {
    const { sessions, changes } = await open()
    vi.useFakeTimers()
    sessions.summaries = Array.from({ length: 5_000 }, () => summary)
    const counts: number[] = []
    for (const ms of [0, 400, 99, 1]) {
      await vi.advanceTimersByTimeAsync(ms)
      sessions.changed()
      await vi.advanceTimersByTimeAsync(0)
      counts.push(changes.length)
    }
    expect(counts).toEqual([1, 1, 1, 2])
  })

  it('keeps a notice until it is dismissed, and only the newest of one kind', async () => {
    const { app } = await open()
    app.notify({ id: 'defect', title: 'One', message: '' })
    app.notify({ id: 'defect', title: 'Two', message: '' })
    const before = app.state().notices
    app.dismiss('defect')
    expect([before, app.state().notices]).toEqual([[{ id: 'defect', title: 'Two', message: '' }], []])
  })
})
