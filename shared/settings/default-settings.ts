import type { Settings } from './settings.ts'

/** Before a person chose anything. No schema in here: the page loads it before its first paint. */
export const defaultSettings: Settings = {
  version: 1,
  theme: 'system',
  contrast: 'system',
  profiles: [],
  defaultProfileId: null,
  permissions: { write: 'ask', shell: 'ask', sandbox: true },
  limits: [],
  lastFolder: null,
  recentFolders: [],
  autostart: false,
  closeTo: 'tray',
  notifications: true,
  sidebar: { width: 264, hidden: false },
}
