import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { FailureError } from '#shared/failure.ts'
import type { AppNotice } from '#shared/feed/app-state.ts'
import { isRecord, parseJson } from '#shared/lib/json.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { Settings } from '#shared/settings/settings.ts'
import { readFileIfThere } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { Emitter } from '../lib/emitter.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { watchPath } from '../lib/watch-path.ts'
import { type OpenConf, SETTINGS_NAME, SettingsFile } from './settings-file.ts'

export interface SettingsOptions {
  dataFolder: string
  openConf: OpenConf
  clock: Clock
}

/**
 * The settings of the person, one file for the window and the terminal. A file that cannot be understood is set aside
 * and said, one of a newer app is left alone and said; the app works either way.
 */
export class SettingsStore {
  readonly #options: SettingsOptions
  readonly #changes = new Emitter<Settings>()
  /** What a person must know about the file. */
  readonly notice: AppNotice | null
  /** Made on the first change. `null` = the file belongs to a newer app: changes last until the app ends. */
  #file: Promise<SettingsFile> | null | undefined
  #settings: Settings
  #watcher: { close(): void } | undefined

  private constructor(options: SettingsOptions, loaded: Loaded) {
    this.#options = options
    this.#settings = loaded.settings
    this.notice = loaded.notice
    this.#file = loaded.writable ? undefined : null
  }

  /** Opens the settings of a data folder. `FailureError` `storage`: the folder cannot be made or read. */
  static async open(options: SettingsOptions): Promise<SettingsStore> {
    try {
      await mkdir(options.dataFolder, { recursive: true, mode: 0o700 })
      return new SettingsStore(options, await load(options))
    } catch (error) {
      throw new FailureError(storageFailure('open its settings', error), { cause: error })
    }
  }

  get(): Settings {
    return this.#settings
  }

  /** Changes what is in the file now, not what this process read long ago. `FailureError` `storage`. */
  async update(change: (settings: Settings) => Settings): Promise<void> {
    if (this.#file === null) {
      this.#adopt(Settings.parse(change(this.#settings)))
      return
    }
    const opening = this.#file ?? SettingsFile.open(this.#options.openConf, this.#options.dataFolder, this.#settings)
    this.#file = opening
    let file: SettingsFile
    try {
      file = await opening
    } catch (error) {
      // The next change tries again: the disk may have room by then.
      if (this.#file === opening) this.#file = undefined
      throw error
    }
    this.#adopt(
      await file.change((stored) => {
        const current = Settings.safeParse(withDefaults(stored))
        return Settings.parse(change(current.success ? current.data : this.#settings))
      }),
    )
  }

  /** Called after every change, of this process or (once `watch` runs) of another. */
  onChange(listener: (settings: Settings) => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /** Follows changes by other processes. The folder is watched, because a rename replaces the file. */
  watch(): void {
    if (this.#file === null || this.#watcher) return
    // Where nothing can be followed, changes of others are seen at the next start.
    this.#watcher = watchPath(this.#options.dataFolder, {
      onChange: (name) => {
        if (name === FILE_NAME) void this.#reload()
      },
      onLost: () => this.close(),
    })
    // What changed before somebody looked.
    void this.#reload()
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  /** Never rejects. What cannot be read or understood now is left for the next start, where it is said. */
  async #reload(): Promise<void> {
    const text = await readFileIfThere(settingsPath(this.#options.dataFolder)).catch(() => null)
    const read = text === null ? null : Settings.safeParse(withDefaults(parseJson(text)))
    if (read?.success) this.#adopt(read.data)
  }

  #adopt(settings: Settings): void {
    if (isDeepStrictEqual(settings, this.#settings)) return
    this.#settings = settings
    this.#changes.emit(settings)
  }
}

const FILE_NAME = `${SETTINGS_NAME}.json`

function settingsPath(dataFolder: string): string {
  return join(dataFolder, FILE_NAME)
}

interface Loaded {
  settings: Settings
  notice: AppNotice | null
  writable: boolean
}

async function load({ dataFolder, clock }: SettingsOptions): Promise<Loaded> {
  const text = await readFileIfThere(settingsPath(dataFolder))
  if (text === null) return { settings: defaultSettings, notice: null, writable: true }
  const value = parseJson(text)
  const version = versionOf(value)
  if (version !== undefined && version > defaultSettings.version) {
    return { settings: defaultSettings, notice: newerNotice, writable: false }
  }
  const read = Settings.safeParse(withDefaults(value))
  if (read.success) return { settings: read.data, notice: null, writable: true }
  const aside = `${SETTINGS_NAME}.corrupt-${new Date(clock.now()).toISOString().replaceAll(':', '-')}.json`
  await setAside(settingsPath(dataFolder), join(dataFolder, aside))
  return { settings: defaultSettings, notice: corruptNotice(aside), writable: true }
}

async function setAside(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    // Another process that starts at the same moment was first.
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

const newerNotice: AppNotice = {
  id: 'settings-newer',
  title: 'The settings are from a newer version',
  message:
    'They were left untouched and defaults are used; changes last until the app ends. Update the app to use them.',
}

function corruptNotice(aside: string): AppNotice {
  return {
    id: 'settings-corrupt',
    title: 'The settings could not be read',
    message: `Defaults are used. The old file is kept in the data folder as ${aside}.`,
  }
}

/** A file that lacks a setting of today is whole with its default. */
function withDefaults(value: unknown): unknown {
  return isRecord(value) && versionOf(value) !== undefined ? { ...defaultSettings, ...value } : value
}

function versionOf(value: unknown): number | undefined {
  return isRecord(value) && 'version' in value && typeof value.version === 'number' ? value.version : undefined
}
