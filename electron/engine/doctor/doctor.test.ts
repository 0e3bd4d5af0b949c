import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { ProfileId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import {
  chunk,
  httpError,
  json,
  raw,
  type ScriptedBackend,
  type ScriptStep,
  startScriptedBackend,
  text,
  usage,
} from '../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { createBackend } from '../backend/client.ts'
import { Doctor } from './doctor.ts'

let dataFolder: string
let backend: ScriptedBackend | undefined
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'claw-doctor-'))
})
afterEach(async () => {
  await backend?.close()
  backend = undefined
  await rm(dataFolder, { recursive: true })
})

const id = ProfileId.parse('test')

/** The saved profiles, as far as the doctor knows them. */
class Profiles {
  readonly #listeners = new Set<() => void>()
  saved: Profile[] = []

  list = () => this.saved
  get = (wanted: string) => this.saved.find((profile) => profile.id === wanted)
  statuses = () =>
    this.saved.map(
      (profile): BackendStatus => ({
        profile,
        origin: 'saved',
        reach: 'unknown',
        failure: null,
        models: [],
        checkedAt: null,
      }),
    )
  save = async (profile: Profile) => {
    this.change(this.saved.map((other) => (other.id === profile.id ? profile : other)))
    return profile
  }
  onChange = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  change(saved: Profile[]) {
    this.saved = saved
    for (const listener of this.#listeners) listener()
  }
}

async function open(routes: Record<string, ScriptStep>) {
  backend = await startScriptedBackend({ models: ['m'], routes })
  const profiles = new Profiles()
  profiles.saved = [testProfile(backend.baseUrl)]
  const make = () =>
    new Doctor({
      slotHolder: () => freeSlot,
      dataFolder,
      env: {},
      clock: { now: () => 7000 },
      profiles,
      connect: createBackend,
      resolveKey: async () => null,
    })
  return { profiles, doctor: make(), make }
}

const refused = { '/v1/chat/completions': httpError(400, 'No.') }

describe('the doctor of the app', () => {
  it('keeps its report in a private file, and another process reads it', async () => {
    const { doctor, make } = await open(refused)
    const report = await doctor.test(id)
    const path = join(dataFolder, 'doctor', 'test.json')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(report)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const other = make()
    await other.load()
    expect(other.states()).toEqual({ test: { running: null, report } })
    await other.close()
    await doctor.close()
  })

  it('ignores a report that is damaged', async () => {
    const { doctor, make } = await open(refused)
    await doctor.test(id)
    await writeFile(join(dataFolder, 'doctor', 'test.json'), '{"version":1')
    const other = make()
    await other.load()
    expect(other.states()).toEqual({})
    await other.close()
    await doctor.close()
  })

  it('shows the checks so far, refuses a second test, and stops when it is told to', async () => {
    const { doctor } = await open({ '/v1/chat/completions': raw([chunk({ content: '1' })], { end: 'hold' }) })
    const seen: string[] = []
    const test = doctor.test(id, { onCheck: (check) => seen.push(check.id) })
    await backend?.chatRequest(0)
    expect(doctor.states().test?.running?.checks.map((check) => check.id)).toEqual(['reachable', 'key', 'model'])
    await expect(doctor.test(id)).rejects.toMatchObject({ failure: { code: 'busy' } })
    doctor.stop(id)
    await expect(test).rejects.toMatchObject({ failure: { code: 'aborted' } })
    expect([doctor.states(), seen]).toEqual([{}, ['reachable', 'key', 'model']])
    await doctor.close()
  })

  it('writes on the profile what kind of server it proved to be', async () => {
    const { doctor, profiles } = await open({ ...refused, '/props': json({ total_slots: 1 }) })
    await doctor.test(id)
    expect(profiles.saved.map(({ kind }) => kind)).toEqual(['llama-server'])
    await doctor.close()
  })

  it('keeps on the profile what the server was found to want, and takes it back when that is over', async () => {
    let refuses = true
    const { doctor, profiles } = await open({
      '/v1/chat/completions': ({ body }) =>
        refuses && body.top_p !== undefined
          ? httpError(400, "Unsupported parameter: 'top_p' is not supported.")
          : text('391', { usage: usage(5, 1) }),
    })
    profiles.saved = profiles.saved.map((profile) => ({ ...profile, topP: 0.9 }))
    const [before] = profiles.saved
    await doctor.test(id)
    const learned = profiles.saved
    refuses = false
    await doctor.test(id)
    expect([learned, profiles.saved]).toEqual([
      [{ ...before, compat: { baseUrl: before?.baseUrl, model: 'm', leaveOut: ['top_p'] } }],
      [before],
    ])
    await doctor.close()
  })

  it('drops the report of a profile that was removed', async () => {
    const { doctor, profiles } = await open(refused)
    await doctor.test(id)
    profiles.change([])
    expect(doctor.states()).toEqual({})
    await doctor.close()
    await expect(stat(join(dataFolder, 'doctor', 'test.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('has nothing to test in a profile that is gone', async () => {
    const { doctor } = await open(refused)
    await expect(doctor.test(ProfileId.parse('other'))).rejects.toMatchObject({ failure: { code: 'not-found' } })
    await doctor.close()
  })
})
