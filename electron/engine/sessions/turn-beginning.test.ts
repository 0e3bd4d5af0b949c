import { mkdir, rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SessionWorld, says } from '../../../test-support/session-world.ts'
import { ownTemporaryFolder } from '../../../test-support/tool-calls.ts'

ownTemporaryFolder()

let world: SessionWorld
beforeEach(async () => {
  world = await SessionWorld.create()
})
afterEach(() => world.close())

test('no turn begins where the folder went away while its session was open, and one does when it is back', async () => {
  const session = await world.newSession()
  await rm(world.work, { recursive: true })
  const failure = { code: 'not-found', message: expect.stringContaining(`The folder ${world.work} is gone.`) }
  await expect(session.send('Look.')).rejects.toMatchObject({ failure })
  expect([session.view().turns, world.requests]).toEqual([[], []])
  await mkdir(world.work)
  world.answers.push(says('Nothing here.'))
  expect(await session.send('Look.')).toMatchObject({ reason: 'completed' })
})
