import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import type { KeyReference } from '#shared/profile/profile.ts'
import { KeyStore } from './key-store.ts'
import { type Keychain, systemKeychain } from './keychain.ts'

let dataFolder: string
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'claw-keys-'))
})
afterEach(() => rm(dataFolder, { recursive: true }))

class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>()
  locked = false
  constructor(readonly there = true) {}
  available = async () => this.there
  async read(account: string) {
    if (this.locked) throw new Error('locked')
    return this.entries.get(account) ?? null
  }
  async write(account: string, key: string) {
    if (this.locked) throw new Error('locked')
    this.entries.set(account, key)
  }
  async remove(account: string) {
    this.entries.delete(account)
  }
}

function store(keychain = new MemoryKeychain(), env: Record<string, string> = {}) {
  return new KeyStore({ dataFolder, env, keychain })
}

const owner = (key: KeyReference) => ({ id: ProfileId.parse('work'), name: 'Work', key })

async function failureOf(action: Promise<unknown>) {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof FailureError)) throw new Error('It should have failed.')
  return error.failure
}

describe('the key of a profile', () => {
  it('is null where none is needed', async () => {
    expect(await store().resolve(owner({ source: 'none' }))).toBe(null)
  })

  it('comes from the environment, without stray blanks', async () => {
    const keys = store(undefined, { WORK_KEY: ' k-1\n' })
    expect(await keys.resolve(owner({ source: 'env', name: 'WORK_KEY' }))).toBe('k-1')
  })

  it.each([
    [
      { source: 'env', name: 'WORK_KEY' },
      'The key of Work is read from WORK_KEY, which is not set. Set it and start again.',
    ],
    [{ source: 'keychain' }, 'The key of Work is not in the keychain any more. Enter it again.'],
    [{ source: 'file' }, 'The key of Work is not in keys.json any more. Enter it again.'],
  ] as const)('that is gone is an auth failure: %o', async (reference, message) => {
    expect(await failureOf(store().resolve(owner(reference)))).toEqual({ code: 'auth', message, retryable: false })
  })

  it('that the keychain does not give out is an auth failure', async () => {
    const keychain = new MemoryKeychain()
    keychain.locked = true
    expect((await failureOf(store(keychain).resolve(owner({ source: 'keychain' })))).code).toBe('auth')
  })

  it.each(['keychain', 'file'] as const)('is kept in the %s, found again and forgotten', async (storage) => {
    const keys = store()
    const reference = await keys.save('work', 'k-2', storage)
    expect([reference, await keys.resolve(owner(reference))]).toEqual([{ source: storage }, 'k-2'])
    await keys.remove('work', reference)
    expect((await failureOf(keys.resolve(owner(reference)))).code).toBe('auth')
  })

  it('is not put into a file unless that was asked for', async () => {
    expect(await failureOf(store(new MemoryKeychain(false)).save('work', 'k-3'))).toEqual({
      code: 'invalid-input',
      message: expect.stringContaining('no keychain'),
      retryable: false,
    })
  })

  it('that cannot be kept is a storage failure without the key in it', async () => {
    const keychain = new MemoryKeychain()
    keychain.locked = true
    const refused = await failureOf(store(keychain).save('work', 'k-4'))
    expect([refused.code, JSON.stringify(refused).includes('k-4')]).toEqual(['storage', false])
  })

  it('in a shared keychain belongs to one data folder', async () => {
    const keychain = new MemoryKeychain()
    const reference = await store(keychain).save('work', 'k-5')
    const other = new KeyStore({ dataFolder: `${dataFolder}-other`, env: {}, keychain })
    expect((await failureOf(other.resolve(owner(reference)))).code).toBe('auth')
  })
})

describe('the key file', () => {
  it('is private, and loses nothing when keys are saved at the same time', async () => {
    const keys = store()
    await Promise.all(['a', 'b', 'c'].map((id) => keys.save(id, `k-${id}`, 'file')))
    const path = join(dataFolder, 'keys.json')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: 'k-a', b: 'k-b', c: 'k-c' })
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600')
  })

  it('that is damaged is said, not replaced', async () => {
    await writeFile(join(dataFolder, 'keys.json'), '{"a":')
    const keys = store()
    const failures = [
      await failureOf(keys.resolve(owner({ source: 'file' }))),
      await failureOf(keys.save('b', 'k', 'file')),
    ]
    expect(failures.map(({ code }) => code)).toEqual(['auth', 'storage'])
    expect(await readFile(join(dataFolder, 'keys.json'), 'utf8')).toBe('{"a":')
  })
})

describe('the keychain of this machine', () => {
  it('keeps a key where there is one, and says so where there is none', async () => {
    const keychain = systemKeychain
    if (!(await keychain.available())) {
      await expect(keychain.write('test', 'k')).rejects.toThrow()
      return
    }
    await keychain.write('test', 'k')
    const kept = await keychain.read('test')
    await keychain.remove('test')
    expect([kept, await keychain.read('test')]).toEqual(['k', null])
  })
})
