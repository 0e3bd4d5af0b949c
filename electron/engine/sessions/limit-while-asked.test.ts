import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allowed, SessionWorld, says, uses } from '../../../test-support/session-world.ts'
import { ownTemporaryFolder } from '../../../test-support/tool-calls.ts'

ownTemporaryFolder()

let world: SessionWorld
beforeEach(async () => {
  world = await SessionWorld.create()
})
afterEach(() => world.close())

test('a question whose time is over gives way to the limit, and is asked again when there is more', async () => {
  world.answers.push(uses('write_file', { path: 'a.txt', content: 'a\n' }), says('Done.'))
  const permissions = { ...allowed, write: 'ask' as const }
  const session = await world.newSession({ permissions, canAnswer: true, isWatched: () => true })
  const begun = await session.begin('Write it.', { limits: { wallTime: 5000 } })
  const asked = () => session.view().approvals.map(({ request }) => request.callId)
  await expect.poll(asked).toHaveLength(1)
  const [first = ''] = asked()
  await expect.poll(() => session.view().budgetRequest?.stop.limit).toBe('wallTime')
  expect(asked()).toEqual([])

  await session.request('answerBudget', { answer: { choice: 'raise', to: 600_000 } })
  await expect.poll(asked).toEqual([first])
  await session.request('answer', { callId: first, answer: { decision: 'allow-once' } })
  expect(await begun.end).toMatchObject({ reason: 'completed' })
  expect(await readFile(join(world.work, 'a.txt'), 'utf8')).toBe('a\n')
  expect(world.requests.map(({ messages }) => messages.at(-1)?.role)).toEqual(['user', 'tool'])
})

test('a command whose time is over has told what it did, and does not run again when there is more', async () => {
  world.answers.push(uses('bash', { command: 'echo run >> runs; sleep 600' }), says('It was stopped.'))
  const session = await world.newSession({ canAnswer: true, isWatched: () => true })
  const begun = await session.begin('Run it.', { limits: { wallTime: 5000 } })
  await expect.poll(() => session.view().budgetRequest?.stop.limit).toBe('wallTime')
  await session.request('answerBudget', { answer: { choice: 'raise', to: 600_000 } })
  expect(await begun.end).toMatchObject({ reason: 'completed' })
  expect(await readFile(join(world.work, 'runs'), 'utf8')).toBe('run\n')
})
