import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Failure, failure, type Reply } from '#shared/failure.ts'
import type { WindowMemory, WindowMemoryChange } from '#shared/settings/window-memory.ts'
import { MemoryKeeper } from './memory-keeper.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const nothing: WindowMemory = {
  drafts: {},
  newChat: { folder: null, profileId: null, permissions: null },
  open: null,
  unseen: [],
}
const full = failure('storage', 'The disk is full.')

/** A window that writes, and a disk that can be full. */
function bench() {
  const saved: WindowMemoryChange[] = []
  const told: (Failure | null)[] = []
  const disk = { full: false }
  let memory = nothing
  const keeper = new MemoryKeeper(
    {
      current: () => memory,
      save: async (change): Promise<Reply<null>> => {
        saved.push(change)
        return disk.full ? { ok: false, failure: full } : { ok: true, value: null }
      },
      onFailure: (one) => told.push(one),
    },
    memory,
  )
  return {
    keeper,
    saved,
    told,
    disk,
    write(chatKey: string, text: string) {
      memory = { ...memory, drafts: { ...memory.drafts, [chatKey]: text } }
      keeper.changed()
    },
  }
}

test('what changed is saved after a pause, and only that', async () => {
  const { write, saved, told, keeper } = bench()
  write('a', 'x')
  write('a', 'xy')
  await vi.runAllTimersAsync()
  write('b', 'z')
  keeper.saveNow()
  keeper.saveNow()
  await vi.runAllTimersAsync()
  expect([saved, told]).toEqual([[{ drafts: { a: 'xy' } }, { drafts: { b: 'z' } }], []])
})

test('what could not be kept is tried again by itself, with all that came before, and said once', async () => {
  const { write, saved, told, disk } = bench()
  disk.full = true
  write('a', 'x')
  await vi.advanceTimersByTimeAsync(300)
  write('b', 'y')
  await vi.advanceTimersByTimeAsync(300)
  disk.full = false
  await vi.advanceTimersByTimeAsync(1_000)
  write('b', 'yz')
  await vi.runAllTimersAsync()
  const all = { ...nothing, drafts: { a: 'x', b: 'y' } }
  expect([saved, told]).toEqual([
    [{ drafts: { a: 'x' } }, all, all, { drafts: { b: 'yz' } }],
    [full, null],
  ])
})

test('it is tried a few times and no more, and once when the person leaves', async () => {
  const { write, saved, told, disk, keeper } = bench()
  disk.full = true
  write('a', 'x')
  await vi.runAllTimersAsync()
  expect([saved.length, vi.getTimerCount()]).toEqual([4, 0])
  keeper.saveNow()
  await vi.runAllTimersAsync()
  expect([saved.length, told]).toEqual([5, [full]])
  disk.full = false
  keeper.saveNow()
  await vi.runAllTimersAsync()
  expect([saved.at(-1), told]).toEqual([{ ...nothing, drafts: { a: 'x' } }, [full, null]])
})
