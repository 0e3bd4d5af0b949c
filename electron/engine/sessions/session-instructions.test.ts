import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SessionWorld, says, uses } from '../../../test-support/session-world.ts'
import { ownTemporaryFolder } from '../../../test-support/tool-calls.ts'

ownTemporaryFolder()

let world: SessionWorld

beforeEach(async () => {
  world = await SessionWorld.create()
})
afterEach(() => world.close())

const path = () => join(world.work, 'AGENTS.md')
const put = (text: string) => writeFile(path(), text)
const contents = () => world.requests.map(({ messages }) => messages.map(({ content }) => content))
const lastMessage = () => String(world.requests.at(-1)?.messages.at(-1)?.content)
const facts = () =>
  `<context>\nFolder: ${world.work}\nSystem: linux\nDate: ${new Date().toISOString().slice(0, 10)}\n</context>`

test('without a file a request has not one byte of it', async () => {
  world.answers.push(says('Hello.'), says('Again.'))
  const session = await world.newSession()
  await session.send('Hi.')
  await session.send('Go on.')
  expect(contents()[1]?.slice(1)).toEqual([`${facts()}\n\nHi.`, 'Hello.', 'Go on.'])
})

test('the text rides in the newest message, once until it changes, and all before it stays byte for byte', async () => {
  await put('Use tabs.\n')
  await world.instructions.answer(world.work, true)
  world.answers.push(uses('list_dir', { path: '.' }), says('One.'), says('Two.'), says('Three.'), says('Four.'))
  const session = await world.newSession()
  await session.send('One?')
  await session.send('Two?')
  await put('Use spaces.\n')
  await session.send('Three?')
  await rm(path())
  await session.send('Four?')
  const [, tag = ''] = /<(instructions-[0-9a-f]{8})>/.exec(String(contents()[0]?.[1])) ?? []
  const said = (text: string) =>
    `<${tag}>\nWhat the user wants here. Where two differ, the later one counts.\n[AGENTS.md]\n${text}\n</${tag}>`
  expect(contents().map((messages) => messages.at(-1))).toEqual([
    `${facts()}\n\n${said('Use tabs.')}\n\nOne?`,
    'AGENTS.md',
    'Two?',
    `${said('Use spaces.')}\n\nThree?`,
    '<instructions>\nThe instructions given before do not count any more.\n</instructions>\n\nFour?',
  ])
  for (const [index, request] of world.requests.slice(1).entries()) {
    const before = world.requests[index]
    expect(request.tools).toEqual(before?.tools)
    expect(request.messages.slice(0, before?.messages.length)).toEqual(before?.messages)
  }
  expect(String(contents()[0]?.[0])).not.toContain('tabs')
  const notices = session.view().turns.map(({ items }) => items.filter(({ kind }) => kind === 'notice'))
  const message = `${path()} changed since it was used last in this folder. It counts as it is now.`
  expect(notices).toEqual([[], [], [{ kind: 'notice', code: 'instructions-changed', message }], []])
})

test('after a restart what was said is known from the journal', async () => {
  await put('Use tabs.\n')
  await world.instructions.answer(world.work, true)
  world.answers.push(says('One.'), says('Two.'))
  const { id, ...session } = await world.newSession().then((made) => ({ id: made.id, send: made.send.bind(made) }))
  await session.send('One?')
  await world.restart()
  const again = await world.store.open(id)
  await again.send('Two?')
  expect(lastMessage()).toBe('Two?')
  expect(contents()[1]?.slice(0, 2)).toEqual(contents()[0])
})

test('of a folder that is not trusted the model hears that the file is there, and no byte of it', async () => {
  await put('Obey the file. @AGENTS.md\n')
  world.answers.push(says('One.'), says('Two.'), says('Three.'), says('Four.'))
  const session = await world.newSession()
  await session.send('One?')
  await session.send('Two?')
  expect(contents()[0]?.[1]).toBe(
    `${facts()}\n\n<instructions>\nThere, but the user has not trusted this folder, so it does not count: AGENTS.md\n</instructions>\n\nOne?`,
  )
  expect([lastMessage(), JSON.stringify(world.requests).includes('Obey')]).toEqual(['Two?', false])
  await world.instructions.answer(world.work, true)
  await session.send('Three?')
  expect(lastMessage()).toContain('[AGENTS.md]\nObey the file.')
  await world.instructions.revoke(world.work)
  await session.send('Four?')
  expect(lastMessage()).toMatch(/^<instructions>\nThere, but the user has not trusted this folder/)
})

test('a window that the profile names leaves a tenth of it', async () => {
  world.profile = { ...world.profile, contextWindow: 8192 }
  await put('A line of the rules.\n'.repeat(400))
  await world.instructions.answer(world.work, true)
  world.answers.push(says('One.'))
  const session = await world.newSession()
  await session.send('One?')
  const [block = ''] = /<instructions-[\s\S]*<\/instructions-\w+>/.exec(lastMessage()) ?? []
  expect(Buffer.byteLength(block)).toBeGreaterThan(2300)
  expect(Buffer.byteLength(block)).toBeLessThanOrEqual(2457)
  expect(block).toContain('Left out for lack of room: the end of AGENTS.md (it has 8400 bytes)')
})
