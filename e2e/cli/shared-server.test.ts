import { expect, test } from 'vitest'
import { gate, type ScriptStep, text, toolCall } from '../../test-support/scripted-backend.ts'
import { runsOf } from './support/runs.ts'
import { queueHolds, worldWithSlots } from './support/slots.ts'

const agent = ['--profile', 'mine', '--same-folder']

/** Answers, and keeps the order in which it was asked. */
function recorded(order: string[], answer: (asked: string) => ReturnType<typeof text>): ScriptStep {
  return (request) => {
    const user = request.messages.findLast(({ role }) => role === 'user')
    const asked = String(user?.content).split('\n').at(-1) ?? ''
    order.push(asked)
    return answer(asked)
  }
}

test('a call of the foreground overtakes those of the background, in whatever process they are', async () => {
  const held = gate()
  const order: string[] = []
  const answer = (asked: string) => text('Done.', asked === 'First.' ? { gate: held.opened } : {})
  const world = await worldWithSlots(1, ...Array.from({ length: 4 }, () => recorded(order, answer)))
  const runs = runsOf(world)
  const first = await runs.start([...agent, 'First.'])
  await world.backend.chatRequest(0)
  const second = await runs.start([...agent, 'Second.'])
  const waiting = await runs.is(second.runId, ({ queuedBefore }) => queuedBefore === 0)
  expect([waiting.phase, waiting.phaseDetail]).toEqual(['queued', 'next, Mine has 1 slot'])
  const foreground = world.start(['agent', '--profile', 'mine', 'Foreground.'])
  await queueHolds(world, 'enter', 3)
  await runs.is(second.runId, ({ queuedBefore }) => queuedBefore === 1)
  held.open()
  expect(await foreground.exit).toBe(0)
  for (const { runId } of [first, second]) await runs.is(runId, ({ status }) => status === 'completed')
  expect(order).toEqual(['First.', 'Foreground.', 'Second.'])
})

test('paused runs hold before their next call, and go on when the pause is over', async () => {
  const held = gate()
  const world = await worldWithSlots(
    2,
    toolCall('list_dir', { path: '.' }, { gate: held.opened }),
    text('Foreground.'),
    text('Done.'),
  )
  const runs = runsOf(world)
  const { runId } = await runs.start([...agent, 'Look.'])
  await world.backend.chatRequest(0)
  expect((await world.run(['agent-ps', '--pause'])).side).toContain('Background runs are paused')
  held.open()
  await runs.is(runId, ({ phase }) => phase === 'paused')
  const { out } = await world.run(['agent', '--profile', 'mine', 'Now.'])
  const listed = await world.run(['agent-ps'])
  expect([out, listed.out, listed.side, world.backend.chatRequests().length]).toEqual([
    'Foreground.\n',
    expect.stringContaining('Paused'),
    expect.stringContaining('--go-on'),
    2,
  ])
  expect((await world.run(['agent-ps', '--go-on'])).side).not.toContain('paused')
  await runs.is(runId, ({ status }) => status === 'completed')
})

test('an approval that nobody gives ends the run with code 4, after the time of its profile', async () => {
  const world = await worldWithSlots(1, toolCall('write_file', { path: 'a.txt', content: 'x' }))
  expect((await world.run(['profiles', 'set', 'mine', '--approval-timeout', '5s'])).code).toBe(0)
  const runs = runsOf(world)
  const { runId } = await runs.start([...agent, 'Write.'])
  const waiting = await runs.is(runId, ({ status }) => status === 'waiting-approval')
  const since = waiting.approvals[0]?.since ?? 0
  expect(Math.abs((waiting.waitsUntil ?? 0) - since - 5000)).toBeLessThan(100)
  const ended = await runs.is(runId, ({ endedAt }) => endedAt !== null)
  expect([ended.status, ended.exitCode, ended.note]).toEqual([
    'failed',
    4,
    expect.stringContaining('nobody answered for 5 seconds'),
  ])
})
