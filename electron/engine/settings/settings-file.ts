import { FailureError } from '#shared/failure.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { storageFailure } from '../lib/storage-failure.ts'

/** What conf and electron-store (which is conf inside Electron) have in common, as far as it is used here. */
export interface ConfLike {
  store: object
}

/** How the file is opened; both libraries take these options as they are. */
export interface ConfOptions {
  cwd: string
  /** The file's name without its ending: `configName` for conf, `name` for electron-store. */
  configName: string
  name: string
  configFileMode: number
  defaults: Settings
  accessPropertiesByDotNotation: false
}

/**
 * Opens the settings file for writing. The app passes electron-store, the terminal conf; only now is the library
 * loaded, so that a command that changes no setting does not pay for it.
 */
export type OpenConf = (options: ConfOptions) => Promise<ConfLike>

/**
 * The one file that is written synchronously: that is how both libraries work, the file is a few kilobytes, and
 * reading, changing and writing within one tick is what keeps two processes from losing each other's change.
 */
export class SettingsFile {
  readonly #conf: ConfLike

  private constructor(conf: ConfLike) {
    this.#conf = conf
  }

  /** Opens the file of the settings, or makes it. `FailureError` `storage`: the folder or the file refuses. */
  static async open(openConf: OpenConf, folder: string, defaults: Settings): Promise<SettingsFile> {
    return new SettingsFile(
      await guarded(() =>
        openConf({
          cwd: folder,
          configName: SETTINGS_NAME,
          name: SETTINGS_NAME,
          configFileMode: 0o600,
          defaults,
          accessPropertiesByDotNotation: false,
        }),
      ),
    )
  }

  /** Applies `change` to what is in the file at this moment. */
  async change(change: (stored: unknown) => Settings): Promise<Settings> {
    return guarded(() => {
      const settings = change(this.#conf.store)
      this.#conf.store = settings
      return settings
    })
  }
}

export const SETTINGS_NAME = 'settings'

async function guarded<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof FailureError) throw error
    throw new FailureError(storageFailure('save the settings', error), { cause: error })
  }
}
