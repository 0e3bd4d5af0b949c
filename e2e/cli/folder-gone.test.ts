import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { text } from '../../test-support/scripted-backend.ts'
import { openEngine } from './support/engine.ts'
import { createWorld, jsonLines } from './support/world.ts'

test('a session whose folder is gone says so and what to do, can be read, and goes on in another one', async () => {
  const world = await createWorld(text('One.'), text('Two.'))
  const folder = join(world.work, 'project')
  await mkdir(folder)
  const begun = await world.run(['agent', 'Count.', '--json', '--cwd', folder])
  const sessionId = String(jsonLines(begun.out)[0]?.sessionId)
  const other = join(world.work, 'moved')
  await rename(folder, other)

  const refused = await world.run(['agent-resume', sessionId, 'Go on.'])
  expect([refused.code, refused.side]).toEqual([
    2,
    expect.stringContaining(`The folder ${folder} is gone. Bring it back, or go on in another one`),
  ])
  const engine = await openEngine(world)
  const read = await engine.sessions.open(engine.sessions.list()[0]?.sessionId ?? expect.fail(), { mayRead: true })
  expect(read.view()).toMatchObject({ folderGone: true, turns: [{ items: [{ text: 'One.' }] }] })
  await expect(read.send('Go on.')).rejects.toThrow('is gone')
  await engine.close()

  const resumed = await world.run(['agent-resume', sessionId, 'Go on.', '--cwd', other])
  expect([resumed.code, resumed.out]).toEqual([0, 'Two.\n'])
  expect(world.backend.chatRequests()[1]?.messages.at(-1)?.content).toContain(other)
  expect(JSON.parse((await world.run(['sessions', '--json'])).out)).toMatchObject([{ cwd: other }])
})
