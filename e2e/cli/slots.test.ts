import { expect, test } from 'vitest'
import { gate, type Reply, type ScriptStep, text, toolCall } from '../../test-support/scripted-backend.ts'
import { queueHolds, worldWithSlots } from './support/slots.ts'
import { startInTerminal } from './support/terminal.ts'
import type { World } from './support/world.ts'

const agent = ['agent', '--profile', 'mine']

test('with five processes and two slots never more than two calls are at the server', async () => {
  let working = 0
  let most = 0
  const counted = (reply: Reply): Reply => ({
    async play(exchange) {
      most = Math.max(most, ++working)
      await reply.play(exchange)
      working--
    },
  })
  const held = gate()
  const world = await worldWithSlots(
    2,
    ...Array.from(
      { length: 10 },
      (): ScriptStep => (request) =>
        counted(
          request.messages.at(-1)?.role === 'tool'
            ? text('Done.')
            : toolCall('list_dir', { path: '.' }, { gate: held.opened }),
        ),
    ),
  )
  const first = Array.from({ length: 2 }, () => world.start([...agent, 'Look.']))
  await world.backend.chatRequest(1)
  const rest = Array.from({ length: 3 }, () => world.start([...agent, 'Look.']))
  await queueHolds(world, 'enter', 5)
  expect(world.backend.chatRequests().length).toBe(2)
  held.open()
  const codes = await Promise.all([...first, ...rest].map(({ exit }) => exit))
  expect([codes, most, world.backend.chatRequests().length]).toEqual([[0, 0, 0, 0, 0], 2, 10])
})

test('a run keeps its slot from one call to the next, and the others come in order', async () => {
  const held = gate()
  const order: string[] = []
  const world = await worldWithSlots(
    1,
    ...Array.from(
      { length: 4 },
      (): ScriptStep => (request) => {
        const asked =
          String(request.messages.find(({ role }) => role === 'user')?.content)
            .split('\n')
            .at(-1) ?? ''
        const goesOn = request.messages.at(-1)?.role === 'tool'
        order.push(goesOn ? `${asked} again` : asked)
        return asked === 'One.' && !goesOn ? toolCall('list_dir', { path: '.' }, { gate: held.opened }) : text('Done.')
      },
    ),
  )
  const started = [world.start([...agent, 'One.'])]
  await world.backend.chatRequest(0)
  for (const [index, words] of ['Two.', 'Three.'].entries()) {
    started.push(world.start([...agent, words]))
    await queueHolds(world, 'enter', index + 2)
  }
  held.open()
  await Promise.all(started.map(({ exit }) => exit))
  expect(order).toEqual(['One.', 'One. again', 'Two.', 'Three.'])
})

test('who waits is told its place, and gets the slot of a process that was killed', async () => {
  const world = await worldWithSlots(1, text('Never.', { gate: gate().opened }), text('At last.'))
  const holder = world.start([...agent, 'Hold it.'])
  await world.backend.chatRequest(0)
  const waiting = startInTerminal(world, [...agent, 'Wait.'])
  await waiting.screen.seen('Queued, next, Mine has 1 slot')
  const behind = startInTerminal(world, [...agent, 'Wait longer.'])
  await behind.screen.seen('Queued, 1 before it, Mine has 1 slot')
  behind.type('\x03')
  expect(await behind.exit).toBe(130)
  holder.child.kill('SIGKILL')
  await waiting.screen.seen('At last.')
  expect([await waiting.exit, world.backend.chatRequests().length]).toEqual([0, 2])
})

test('a process that is killed in the middle of its call never leaves a slot behind', async () => {
  let working = 0
  let most = 0
  let seen = 0
  const kill = new Set([2, 5, 9])
  const started: ReturnType<World['start']>[] = []
  const answer: ScriptStep = (request) => ({
    async play(exchange) {
      most = Math.max(most, ++working)
      const asked = request.messages.find(({ role }) => role === 'user')
      const index = Number(/Look (\d+)/.exec(String(asked?.content))?.[1])
      if (kill.has(++seen)) {
        started[index]?.child.kill('SIGKILL')
        await request.closed
      } else {
        const isFirst = request.messages.at(-1)?.role !== 'tool'
        await (isFirst ? toolCall('list_dir', { path: '.' }) : text('Done.')).play(exchange)
      }
      working--
    },
  })
  const world = await worldWithSlots(2, ...Array.from({ length: 40 }, () => answer))
  for (let index = 0; index < 8; index++) started.push(world.start([...agent, `Look ${index}`]))
  const codes = await Promise.all(started.map(({ exit }) => exit))
  expect([most <= 2, codes.sort((a, b) => a - b)]).toEqual([true, [-1, -1, -1, 0, 0, 0, 0, 0]])
})

test('the doctor waits for a slot as well, and says so', async () => {
  const held = gate()
  const world = await worldWithSlots(1, text('At last.', { gate: held.opened }))
  const holder = world.start([...agent, 'Hold it.'])
  await world.backend.chatRequest(0)
  const doctor = startInTerminal(world, ['doctor', 'mine'])
  await doctor.screen.seen('Queued, next, Mine has 1 slot')
  held.open()
  expect(await holder.exit).toBe(0)
  await doctor.screen.seen('Streams')
  await doctor.exit
})

test('the wait counts as wall time', async () => {
  const world = await worldWithSlots(1, text('Never.', { gate: gate().opened }))
  world.start([...agent, 'Hold it.'])
  await world.backend.chatRequest(0)
  const { code, side } = await world.run([...agent, '--max-wall-time', '1s', 'Wait.'])
  expect([code, side]).toEqual([3, expect.stringContaining('the limit of 1s is reached')])
})
