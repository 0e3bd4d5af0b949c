import { homedir } from 'node:os'
import { app } from 'electron'
import type { Environment } from '#shared/feed/app-state.ts'
import type { Launch } from './launch.ts'

/** What the window may know about where it runs; what takes time to find out comes later. */
export function readEnvironment({ dataFolder, startFolder, electronSource }: Launch): Environment {
  return {
    appVersion: app.getVersion(),
    electronVersion: process.versions.electron,
    nodeVersion: process.versions.node,
    platform: process.platform,
    electronSource,
    dataFolder,
    homeFolder: homedir(),
    startFolder,
    keychain: false,
    tray: null,
    sandbox: null,
  }
}
