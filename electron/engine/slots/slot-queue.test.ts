import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identityOf, ownIdentity, type ProcessIdentity } from '../lib/process-identity.ts'
import { SlotQueue, type SlotRequest } from './slot-queue.ts'

let folder: string
const queues: SlotQueue[] = []

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'claw-slots-')), 'server')
})
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()))
  await rm(join(folder, '..'), { recursive: true, force: true })
})

/** As another process would have it: with a file of its own. */
async function openQueue(as: { own?: ProcessIdentity; boot?: string; now?: () => number } = {}) {
  const { own, boot = 'this', now = () => 0 } = as
  const queue = new SlotQueue({ folder, own: { ...(own ?? (await ownIdentity())), boot }, now })
  queues.push(queue)
  return queue
}

const never = new AbortController().signal

/** Enters, and keeps what is said about it. */
function enter(queue: SlotQueue, id: string, place: Partial<SlotRequest> = {}, signal = never) {
  const moves: number[] = []
  let told = () => {}
  const waits = new Promise<void>((resolve) => {
    told = resolve
  })
  const entered = queue.enter({ id, background: false, slots: 1, ...place }, signal, (before) => {
    moves.push(before)
    told()
  })
  return { entered, waits, moves }
}

describe('a queue', () => {
  test('lets wait who finds no slot free, and tells how many go first', async () => {
    const [one, two, three] = await Promise.all([openQueue(), openQueue(), openQueue()])
    const first = enter(one, 'a')
    await first.entered
    const second = enter(two, 'b')
    await second.waits
    const third = enter(three, 'c')
    await third.waits
    one.leave('a')
    await second.entered
    two.leave('b')
    await third.entered
    expect([first.moves, second.moves, third.moves]).toEqual([[], [0], [1, 0]])
  })

  test('has the foreground go before the background', async () => {
    const queue = await openQueue()
    await enter(queue, 'a').entered
    const second = enter(queue, 'b', { background: true })
    await second.waits
    const third = enter(queue, 'c')
    await third.waits
    const order: string[] = []
    const done = [second.entered.then(() => order.push('b')), third.entered.then(() => order.push('c'))]
    queue.leave('a')
    await third.entered
    queue.leave('c')
    await Promise.all(done)
    expect([order, second.moves]).toEqual([
      ['c', 'b'],
      [0, 1, 0],
    ])
  })

  test('forgets who stops waiting', async () => {
    const [one, two] = await Promise.all([openQueue(), openQueue()])
    await enter(one, 'a').entered
    const stop = new AbortController()
    const second = enter(two, 'b', {}, stop.signal)
    await second.waits
    const third = enter(one, 'c')
    await third.waits
    stop.abort(new Error('enough'))
    await expect(second.entered).rejects.toThrow('enough')
    one.leave('a')
    await third.entered
  })

  test('frees the slot of a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    const other = await openQueue({ own: { pid, startedAt: 'another time' } })
    await enter(other, 'a').entered
    // The pid lives, but it is another process by now.
    await enter(await openQueue(), 'b').entered
    child.kill('SIGKILL')
  })

  test('frees what was held before the machine was started anew', async () => {
    await enter(await openQueue({ boot: 'last' }), 'a').entered
    await enter(await openQueue(), 'b').entered
  })

  test('frees the slot of a process that dies while others wait for it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await once(child, 'spawn')
    await enter(await openQueue({ own: await identityOf(child.pid ?? 0) }), 'a').entered
    const second = enter(await openQueue(), 'b')
    await second.waits
    child.kill('SIGKILL')
    await second.entered
    expect(second.moves).toEqual([0])
  })

  test('gives away a slot that rests for too long', async () => {
    let time = 0
    const [one, two] = await Promise.all([openQueue({ now: () => time }), openQueue({ now: () => time })])
    await enter(one, 'a').entered
    const second = enter(two, 'b')
    await second.waits
    one.rest('a')
    await enter(one, 'a').entered
    one.rest('a')
    time = 2000
    await second.entered
    const again = enter(one, 'a')
    await again.waits
    two.leave('b')
    await again.entered
    expect(again.moves).toEqual([0])
  })

  test('leaves out what is torn', async () => {
    const one = await openQueue()
    await enter(one, 'a').entered
    const [name = ''] = await readdir(folder)
    await appendFile(join(folder, name), '\n{"type":"leave","i')
    const second = enter(await openQueue(), 'b')
    await second.waits
    one.leave('a')
    await second.entered
  })

  test('goes over to a fresh file when the old one is full, and everybody follows', async () => {
    const [idle, busy] = await Promise.all([openQueue(), openQueue()])
    await enter(idle, 'first').entered
    idle.leave('first')
    const used = new Set<string>()
    for (let call = 0; used.size < 3; call++) {
      await enter(busy, `call ${call}`).entered
      busy.leave(`call ${call}`)
      for (const name of await readdir(folder)) used.add(name)
    }
    await enter(busy, 'a').entered
    const second = enter(idle, 'b')
    await second.waits
    busy.leave('a')
    await second.entered
    expect([second.moves, [...used]]).toEqual([[0], ['queue-0', 'queue-1', 'queue-2']])
  })

  test('says what the disk says', async () => {
    await writeFile(folder, '')
    await expect(enter(await openQueue(), 'a').entered).rejects.toThrow('EEXIST')
  })
})

test('with many at once there are never more than the slots, and all come to their turn', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => openQueue()))
  let working = 0
  let most = 0
  await Promise.all(
    all.map(async (queue, index) => {
      for (let call = 0; call < 10; call++) {
        const place = { background: index % 3 === 0, slots: 2 }
        await enter(queue, `run ${index}`, place).entered
        most = Math.max(most, ++working)
        await setImmediate()
        working--
        if (call % 4 === 3) queue.leave(`run ${index}`)
        else queue.rest(`run ${index}`)
      }
      queue.leave(`run ${index}`)
    }),
  )
  expect(most).toBe(2)
})
