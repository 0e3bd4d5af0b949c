import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import { Pause } from './pause.ts'
import { serverKey } from './slot-count.ts'
import { type SlotCall, Slots, type SlotWait } from './slots.ts'

let dataFolder: string
let pause: Pause
const open: { close(): void | Promise<void> }[] = []

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'claw-slots-'))
  pause = openPause()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  await rm(dataFolder, { recursive: true, force: true })
})

function openPause(): Pause {
  const one = new Pause(join(dataFolder, 'slots', 'paused'))
  open.push(one)
  return one
}

function openSlots(background = false): Slots {
  const slots = new Slots({ dataFolder, background, pause, now: () => 0 })
  open.push(slots)
  return slots
}

const address = 'http://127.0.0.1:8000/v1'
const profileOf = (more: Partial<Profile>) => testProfile(address, { kind: 'custom', ...more })

/** A call, what was said about it, and the first time that something was. */
function callOf(profile: Profile, slots?: () => Promise<number | null>) {
  const said: (SlotWait | string)[] = []
  const stop = new AbortController()
  let told = () => {}
  const waits = new Promise<void>((resolve) => {
    told = resolve
  })
  const say = (what: SlotWait | string) => {
    said.push(what)
    told()
  }
  const backend: Backend = {
    async *chat() {},
    listModels: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    ...(slots && { slots }),
  }
  const call: SlotCall = { profile, backend, signal: stop.signal, onWait: say, onWarning: say }
  return { call, said, stop, waits }
}

describe('a call', () => {
  test.each<[string, Partial<Profile>, (() => Promise<number | null>) | undefined, number | null]>([
    ['what its profile says', { kind: 'openrouter', slots: 3 }, undefined, 3],
    ['what llama-server says', { kind: 'llama-server' }, () => Promise.resolve(2), 2],
    ['one of a llama-server that does not say', { kind: 'llama-server' }, () => Promise.reject(new Error('gone')), 1],
    ['one of an older LM Studio', { kind: 'lm-studio' }, () => Promise.resolve(null), 1],
    ['one of Ollama', { kind: 'ollama' }, undefined, 1],
    ['four of vLLM', { kind: 'vllm' }, undefined, 4],
    ['no limit elsewhere', { kind: 'custom' }, undefined, null],
  ])('finds %s', async (_name, more, slots, expected) => {
    const profile = profileOf(more)
    const here = openSlots()
    const begun: number[] = []
    for (let call = 0; call < (expected ?? 9); call++) {
      await here.holder().acquire(callOf(profile, slots).call)
      begun.push(call)
    }
    const next = callOf(profile, slots)
    const taken = here.holder().acquire(next.call)
    if (expected === null) {
      await taken
      // Not a file for it.
      expect([next.said, await readdir(dataFolder)]).toEqual([[], []])
      return
    }
    await next.waits
    next.stop.abort()
    await expect(taken).rejects.toThrow(FailureError)
    expect(next.said).toEqual([{ kind: 'queued', before: 0, slots: expected }])
  })

  test('waits for a call of another profile of the same server', async () => {
    const first = await openSlots()
      .holder()
      .acquire(callOf(profileOf({ slots: 1 })).call)
    const second = callOf(testProfile('http://localhost:8000', { kind: 'custom', slots: 1, model: 'another' }))
    const taken = openSlots().holder().acquire(second.call)
    await second.waits
    first()
    // The slot rests for the next call of the first, and time stands still in this test.
    second.stop.abort()
    await expect(taken).rejects.toThrow('stopped')
  })

  test('is free again when the turn is over', async () => {
    const holder = openSlots().holder()
    const end = await holder.acquire(callOf(profileOf({ slots: 1 })).call)
    const second = callOf(profileOf({ slots: 1 }))
    const taken = openSlots().holder().acquire(second.call)
    await second.waits
    end()
    holder.leave()
    await taken
  })

  test('goes on where the queue cannot be kept, and says so once', async () => {
    await writeFile(join(dataFolder, 'slots'), 'in the way')
    const { call, said } = callOf(profileOf({ slots: 1, name: 'Mine' }))
    const holder = openSlots().holder()
    for (let number = 0; number < 3; number++) (await holder.acquire(call))()
    expect(said).toEqual([
      expect.stringMatching(/^The app could not keep the queue of Mine: .* Calls go on without it\.$/),
    ])
  })
})

describe('while everything is paused', () => {
  test('a background call holds, and goes on when it is over', async () => {
    await openPause().set(true)
    const { call, said, waits } = callOf(profileOf({}))
    const taken = openSlots(true).holder().acquire(call)
    await waits
    await openPause().set(false)
    await taken
    expect(said).toEqual([{ kind: 'paused' }])
  })

  test('a background call that waits in a queue leaves it', async () => {
    const profile = profileOf({ slots: 1 })
    const first = openSlots().holder()
    await first.acquire(callOf(profile).call)
    const second = callOf(profile)
    const taken = openSlots(true).holder().acquire(second.call)
    await second.waits
    await openPause().set(true)
    await pause.watch()
    first.leave()
    await openSlots().holder().acquire(callOf(profile).call)
    second.stop.abort()
    await expect(taken).rejects.toThrow('stopped')
    expect(second.said).toEqual([{ kind: 'queued', before: 0, slots: 1 }, { kind: 'paused' }])
  })

  test('a foreground call goes on', async () => {
    await pause.set(true)
    const { call, said } = callOf(profileOf({ slots: 1 }))
    await openSlots().holder().acquire(call)
    expect(said).toEqual([])
  })

  test('everybody who watches hears of it', async () => {
    const [one, other] = [openPause(), openPause()]
    await other.watch()
    const heard: boolean[] = []
    let told = () => {}
    const change = () =>
      new Promise<void>((resolve) => {
        told = resolve
      })
    other.onChange(() => {
      heard.push(other.paused())
      told()
    })
    for (const paused of [true, false]) {
      const changed = change()
      await one.set(paused)
      await changed
    }
    expect(heard).toEqual([true, false])
  })
})

test.each([
  ['http://127.0.0.1:8000/v1', 'http://localhost:8000/', true],
  ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8001/v1', false],
  ['https://example.org/api/v1', 'http://example.org:443/api', true],
  ['https://example.org/api/v1', 'https://example.org/v1', false],
])('%s and %s are one server: %s', (one, other, same) => {
  expect(serverKey({ baseUrl: one }) === serverKey({ baseUrl: other })).toBe(same)
})

test('the lines of a queue hold no key, no prompt and no folder', async () => {
  const holder = openSlots(true).holder()
  await holder.acquire(callOf(profileOf({ slots: 1 })).call)
  const [key = ''] = (await readdir(join(dataFolder, 'slots'))).filter((name) => name !== 'paused')
  const text = await readFile(join(dataFolder, 'slots', key, 'queue-0'), 'utf8')
  expect(Object.keys(JSON.parse(text)).sort()).toEqual([
    'background',
    'boot',
    'id',
    'pid',
    'slots',
    'startedAt',
    'type',
  ])
})
