import { createHash } from 'node:crypto'
import { FailureError, failure } from '#shared/failure.ts'
import type { KeyReference, Profile } from '#shared/profile/profile.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import { KeyFile } from './key-file.ts'
import type { Keychain } from './keychain.ts'

/** Where the key of a profile is, and what to call the profile when it is not there. */
export type KeyOwner = Pick<Profile, 'id' | 'name' | 'key'>

export interface KeyStoreOptions {
  dataFolder: string
  env: Readonly<Record<string, string | undefined>>
  keychain: Keychain
  /** The key of one profile, as whoever started this process found it. */
  given?: { profileId: string; value: string }
}

/** The only way to a key. A key goes to the client of its backend and nowhere else: no log, no journal, no window. */
export class KeyStore {
  readonly #env: KeyStoreOptions['env']
  readonly #keychain: Keychain
  readonly #file: KeyFile
  readonly #given: KeyStoreOptions['given']
  /** Data folders share one keychain, but not their keys. */
  readonly #suffix: string
  #available: Promise<boolean> | undefined

  constructor({ dataFolder, env, keychain, given }: KeyStoreOptions) {
    this.#env = env
    this.#given = given
    this.#keychain = keychain
    this.#file = new KeyFile(dataFolder)
    this.#suffix = createHash('sha256').update(dataFolder).digest('hex').slice(0, 8)
  }

  /** Whether this machine has a keychain; looked at once. */
  keychainAvailable(): Promise<boolean> {
    this.#available ??= this.#keychain.available()
    return this.#available
  }

  /** The key of a profile; null = it needs none. `FailureError` `auth`: the key is not where the profile says. */
  async resolve({ id, name, key }: KeyOwner): Promise<string | null> {
    if (key.source !== 'none' && this.#given?.profileId === id) return this.#given.value
    switch (key.source) {
      case 'none':
        return null
      case 'env': {
        const value = this.#env[key.name]?.trim()
        if (value) return value
        throw gone(`The key of ${name} is read from ${key.name}, which is not set. Set it and start again.`)
      }
      case 'keychain': {
        const value = await this.#keychain.read(this.#account(id)).catch((error: unknown) => {
          throw gone(`The keychain did not give out the key of ${name}. Unlock it, or enter the key again.`, error)
        })
        if (value) return value
        throw gone(`The key of ${name} is not in the keychain any more. Enter it again.`)
      }
      case 'file': {
        const value = await this.#file.read(id).catch((error: unknown) => {
          throw gone(`The key file keys.json is damaged. Remove it, then enter the key of ${name} again.`, error)
        })
        if (value) return value
        throw gone(`The key of ${name} is not in keys.json any more. Enter it again.`)
      }
    }
  }

  /**
   * Keeps a key and returns where it is. Without a wish: in the keychain. A file only if it was asked for.
   * `FailureError`: `invalid-input` no keychain here, `storage` it could not be written.
   */
  async save(profileId: string, key: string, storage: 'keychain' | 'file' = 'keychain'): Promise<KeyReference> {
    if (storage === 'keychain' && !(await this.keychainAvailable())) {
      throw new FailureError(
        failure(
          'invalid-input',
          'This machine has no keychain. Name an environment variable that holds the key, or agree to keep it in a file.',
        ),
      )
    }
    try {
      if (storage === 'keychain') await this.#keychain.write(this.#account(profileId), key)
      else await this.#file.write(profileId, key)
    } catch (error) {
      throw new FailureError(storageFailure('keep the key', error), { cause: error })
    }
    return { source: storage }
  }

  /** Forgets a stored key. `FailureError` `storage`. */
  async remove(profileId: string, reference: KeyReference): Promise<void> {
    try {
      if (reference.source === 'keychain') await this.#keychain.remove(this.#account(profileId))
      if (reference.source === 'file') await this.#file.write(profileId, null)
    } catch (error) {
      throw new FailureError(storageFailure('remove the key', error), { cause: error })
    }
  }

  #account(profileId: string): string {
    return `${profileId}@${this.#suffix}`
  }
}

function gone(message: string, cause?: unknown): FailureError {
  return new FailureError(failure('auth', message), { cause })
}
