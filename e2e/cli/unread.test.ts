import { expect, test } from 'vitest'
import { ProfileId } from '../../shared/ids.ts'
import { gate, httpError, text, toolCall } from '../../test-support/scripted-backend.ts'
import { openEngine, told } from './support/engine.ts'
import { createWorld, type World } from './support/world.ts'

const profileId = ProfileId.parse('environment')

async function newSession(world: World) {
  const engine = await openEngine(world)
  const permissions = { write: 'ask', shell: 'ask', sandbox: true } as const
  const session = await engine.sessions.create({ cwd: world.work, profileId, permissions, canAnswer: true })
  return { engine, session }
}

const saidTo = (world: World, call: number) =>
  (world.backend.chatRequests()[call]?.messages ?? []).flatMap(({ role, content }) =>
    role === 'user' ? [String(content).split('\n').slice(-3).join('\n')] : [],
  )

const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })

test('a stop while a question waits: the call never ran, and what was not read waits and goes out when told', async () => {
  const world = await createWorld(write, text('Both, then.'))
  const { engine, session } = await newSession(world)
  const waiting = told(session, 'approval-request')
  await session.begin('Make it.')
  await waiting
  await session.begin('First line.')
  await session.begin('Second line.')
  await session.request('stop', {})
  const { turns, queued } = session.view()
  expect([turns[0]?.items, queued.map((message) => message.text)]).toMatchObject([
    [{ kind: 'tool', state: 'not-run', summary: 'not run' }],
    ['First line.', 'Second line.'],
  ])
  expect(engine.sessions.list()).toMatchObject([{ state: 'stopped', note: 'stopped by you' }])
  await engine.sessions.release(session.id)

  const again = await engine.sessions.open(session.id)
  expect(again.view().queued).toEqual(queued)
  const begun = await again.request('sendQueued', {})
  expect((await begun?.end)?.reason).toBe('completed')
  expect([again.view().queued, again.view().turns.at(-1)?.text, saidTo(world, 1).at(-1)]).toEqual([
    [],
    'First line.\n\nSecond line.',
    'First line.\n\nSecond line.',
  ])
  const told1 = world.backend.chatRequests()[1]?.messages.find(({ role }) => role === 'tool')?.content
  expect(told1).toContain('this call did not run')
})

test('a message can be taken back until it is read, and the next message takes the others along in their order', async () => {
  const held = gate()
  const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }), text('Fine.'))
  const { session } = await newSession(world)
  const writing = told(session, 'text-delta')
  await session.begin('Count.')
  await writing
  await session.begin('Not this.')
  await session.begin('But this.')
  const [first, second] = session.view().queued
  if (!first || !second) throw new Error('Two wait.')
  await session.request('takeBack', { messageId: first.messageId })
  await session.request('stop', {})
  await session.send('And this.')
  await expect(session.request('takeBack', { messageId: second.messageId })).rejects.toThrow(
    'This message was read already.',
  )
  expect([saidTo(world, 1).at(-1), session.view().queued]).toEqual(['But this.\n\nAnd this.', []])
})

test('a message that is changed keeps its place among those that wait, while a turn runs and when it begins one', async () => {
  const held = gate()
  const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }), text('Fine.'))
  const { engine, session } = await newSession(world)
  const writing = told(session, 'text-delta')
  await session.begin('Count.')
  await writing
  for (const words of ['First.', 'Sekond.', 'Third.', 'Fifth.']) await session.begin(words)
  const [first, second, third, fifth] = session.view().queued
  if (!first || !second || !third || !fifth) throw new Error('Four wait.')
  await session.request('takeBack', { messageId: second.messageId })
  await session.begin('Second.', {}, { before: third.messageId })
  await session.request('takeBack', { messageId: third.messageId })
  // What stood behind it is read already.
  await session.begin('Last.', {}, { before: third.messageId })
  const texts = () => session.view().queued.map((message) => message.text)
  expect(texts()).toEqual(['First.', 'Second.', 'Fifth.', 'Last.'])
  await session.request('stop', {})
  await engine.sessions.release(session.id)

  const again = await engine.sessions.open(session.id)
  expect(again.view().queued.map((message) => message.text)).toEqual(['First.', 'Second.', 'Fifth.', 'Last.'])
  const { end } = await again.begin('Fourth.', {}, { before: fifth.messageId })
  expect((await end).reason).toBe('completed')
  const sent = world.backend.chatRequests()[1]?.messages.at(-1)?.content
  expect(String(sent)).toContain('First.\n\nSecond.\n\nFourth.\n\nFifth.\n\nLast.')
})

test('what is read at the next step is added there, with its time, and its end is that of the turn', async () => {
  const held = gate()
  const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }), text('And three.'))
  const { session } = await newSession(world)
  const writing = told(session, 'text-delta')
  const { end } = await session.begin('Count.')
  await writing
  const added = await session.begin('And three?')
  held.open()
  expect([(await end).reason, (await added.end).reason, session.view().queued]).toEqual(['completed', 'completed', []])
  expect(session.view().turns.map(({ items }) => items)).toMatchObject([
    [{ text: 'one two' }, { kind: 'follow-up', text: 'And three?', at: expect.any(Number) }, { text: 'And three.' }],
  ])
})

test('a turn that failed is tried again in its place, with nothing said twice', async () => {
  const world = await createWorld(httpError(401, 'No such key.'), text('Here.'))
  const { session } = await newSession(world)
  expect((await session.send('Where?')).reason).toBe('failed')
  const { end } = await session.resume()
  expect((await end).reason).toBe('completed')
  expect([session.view().turns, saidTo(world, 1).length]).toMatchObject([
    [{ text: 'Where?', items: [{ text: 'Here.' }], end: { reason: 'completed' } }],
    1,
  ])
  await expect(session.resume()).rejects.toThrow('Its last turn is complete.')
})
