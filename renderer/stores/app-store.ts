import { create } from 'zustand'
import type { AppState, BackendStatus } from '#shared/feed/app-state.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { noSpending } from '#shared/spending/no-spending.ts'

/** What main said of the app; `ready` = the first message of the feed is in. */
export interface AppStore extends AppState {
  ready: boolean
}

/** Kept by the feed alone; a component only reads it. */
export const useAppStore = create<AppStore>()(() => ({
  ready: false,
  settings: defaultSettings,
  backends: [],
  activeProfileId: null,
  discovery: { state: 'idle', servers: [] },
  doctor: {},
  sessions: [],
  runs: [],
  runsPaused: false,
  spending: { day: '', today: noSpending(), month: noSpending(), limits: [], revision: 0 },
  environment: {
    appVersion: '',
    electronVersion: '',
    nodeVersion: '',
    platform: '',
    electronSource: 'official',
    dataFolder: '',
    homeFolder: '',
    startFolder: null,
    keychain: false,
    tray: null,
    sandbox: null,
  },
  notices: [],
}))

export function applyAppChange(change: Partial<AppState>): void {
  useAppStore.setState({ ...change, ready: true })
}

export function findBackend(backends: readonly BackendStatus[], profileId: string | null): BackendStatus | null {
  return backends.find(({ profile }) => profile.id === profileId) ?? null
}
