import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ProfileId, type SessionId } from '../../shared/ids.ts'
import { gate, type RecordedRequest, type Reply, text, toolCall } from '../../test-support/scripted-backend.ts'
import { openEngine, runSeen, told } from './support/engine.ts'
import { endWithTest, leftOf } from './support/registry.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const allowed = { write: 'allow', shell: 'allow', sandbox: false } as const
const asking = { ...allowed, write: 'ask' } as const
const profileId = ProfileId.parse('environment')

async function newSession(world: World, permissions: typeof allowed | typeof asking = allowed) {
  endWithTest(world)
  const engine = await openEngine(world)
  const session = await engine.sessions.create({ cwd: world.work, profileId, permissions, canAnswer: true })
  return { engine, session }
}

/** A model that has three things done, and is told of each that was. */
function threeSteps({ messages }: RecordedRequest): Reply {
  const done = messages.flatMap(({ role, content }) =>
    role === 'tool' ? (/did (\d)/.exec(String(content))?.[1] ?? []) : [],
  )
  if (done.length >= 3) return text('All done.')
  const step = done.length
  return toolCall('bash', { command: `echo ${step} >> steps.txt; sleep 0.4; echo did ${step}` })
}

const stepsDone = ({ work }: World) => readFile(join(work, 'steps.txt'), 'utf8')

async function turnsOf({ home }: World, id: SessionId): Promise<unknown[]> {
  const lines = jsonLines(await readFile(join(home, 'sessions', `${id}.jsonl`), 'utf8'))
  return lines.flatMap(({ type, reason }) => (type === 'turn-start' ? ['start'] : type === 'turn-end' ? [reason] : []))
}

test('a turn that runs a tool goes on in the background: no call that finished is lost or made again', async () => {
  const world = await createWorld(threeSteps, threeSteps, threeSteps, threeSteps)
  const { engine, session } = await newSession(world)
  const running = told(session, 'tool-start')
  const { end } = await session.begin('Do three things.')
  await running
  const { runId } = await engine.background.fromSession(session.id)
  expect((await end).reason).toBe('interrupted')
  const run = await runSeen(engine, runId, (one) => one.endedAt !== null)
  expect([run.status, await stepsDone(world), await turnsOf(world, session.id), await leftOf([runId])]).toMatchObject([
    'completed',
    '0\n1\n2\n',
    ['start', 'completed'],
    expect.anything(),
  ])
})

test('an answer that is being written goes on from there, in the same turn', async () => {
  const never = gate()
  const world = await createWorld(text('one two', { chunks: 2, gate: never.opened }), text('three'))
  const { engine, session } = await newSession(world)
  const writing = told(session, 'text-delta')
  await session.begin('Count.')
  await writing
  const { runId } = await engine.background.fromSession(session.id)
  await runSeen(engine, runId, (run) => run.status === 'completed')
  const roles = world.backend.chatRequests()[1]?.messages.map(({ role, content }) => [role, String(content)])
  expect([roles?.slice(1), await turnsOf(world, session.id)]).toEqual([
    [
      ['user', expect.stringContaining('Count.')],
      ['assistant', 'one '],
      ['user', 'Your last answer broke off. Go on from there.'],
    ],
    ['start', 'completed'],
  ])
})

test('a run comes back in mid-turn, and its turn ends here', async () => {
  // A call that was just being made when the run was left is made again.
  const world = await createWorld(...Array.from({ length: 6 }, () => threeSteps))
  endWithTest(world)
  const engine = await openEngine(world)
  const order = { prompt: 'Do three things.', cwd: world.work, profileId, permissions: allowed, limits: {} }
  const { runId, sessionId } = await engine.background.start(order)
  await runSeen(engine, runId, (run) => run.phase === 'running-tool')
  await engine.background.toSession(runId)
  const session = await engine.sessions.open(sessionId)
  if (session.view().activity) await told(session, 'turn-end')
  const run = engine.runs.list().find((one) => one.runId === runId)
  expect([session.runId, run, await stepsDone(world), await turnsOf(world, sessionId)]).toMatchObject([
    null,
    { status: 'completed', exitCode: null, note: 'went on in a test' },
    '0\n1\n2\n',
    ['start', 'completed'],
  ])
})

test('what limits a turn goes with it, there and back, and with it what is used', async () => {
  const never = gate()
  const held = text('one two', { chunks: 2, gate: never.opened })
  const world = await createWorld(held, held)
  const { engine, session } = await newSession(world)
  const writing = told(session, 'text-delta')
  const limits = { modelCalls: 2 }
  await session.begin('Count.', { limits, limitOrigins: { modelCalls: '--max-model-calls' } })
  await writing
  const { runId } = await engine.background.fromSession(session.id)
  const run = await runSeen(engine, runId, ({ phase }) => phase === 'writing')
  await engine.background.toSession(runId)
  const here = await engine.sessions.open(session.id)
  if (!here.view().budgetRequest) await told(here, 'budget-request')
  const ended = told(here, 'turn-end')
  await here.request('answerBudget', { answer: { choice: 'stop' } })
  await ended
  expect([run.limits, here.runId, here.view().turns.at(-1)?.end, world.backend.chatRequests().length]).toMatchObject([
    limits,
    null,
    { reason: 'budget', budget: { limit: 'modelCalls', allowed: 2, used: 2, origin: '--max-model-calls' } },
    2,
  ])
})

test('a question that waits goes along, there and back, and what it is about happens once', async () => {
  const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })
  const world = await createWorld(write, text('Made it.'))
  const { engine, session } = await newSession(world, asking)
  const waiting = told(session, 'approval-request')
  await session.begin('Make it.')
  await waiting
  const question = session.view().approvals.map(({ request }) => request)
  const { runId } = await engine.background.fromSession(session.id)
  const run = await runSeen(engine, runId, ({ status }) => status === 'waiting-approval')
  const remote = await engine.sessions.open(session.id)
  expect([remote.runId, remote.view().approvals.map(({ request }) => request)]).toEqual([runId, question])
  expect(run.approvals.map(({ request }) => request)).toEqual(question)

  await engine.background.toSession(runId)
  const here = await engine.sessions.open(session.id)
  if (here.view().approvals.length === 0) await told(here, 'approval-request')
  expect([here.runId, here.view().approvals.map(({ request }) => request)]).toEqual([null, question])
  const over = told(here, 'turn-end')
  await here.request('answer', { callId: 'c1', answer: { decision: 'allow-once' } })
  await over
  const rows = here.view().turns.flatMap(({ items }) => items.filter((item) => item.kind === 'tool'))
  expect([await readFile(join(world.work, 'new.txt'), 'utf8'), rows]).toMatchObject([
    'made\n',
    [{ callId: 'c1', state: 'done' }],
  ])
  // The model was asked once for the call and once after it, and never heard of the moves.
  expect(world.backend.chatRequests().map(({ messages }) => messages.at(-1)?.role)).toEqual(['user', 'tool'])
})

test('a question survives the process that asked it, whether that is closed or killed', async () => {
  const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })
  const world = await createWorld(write, text('Made it.'))
  const { engine, session } = await newSession(world, asking)
  const waiting = told(session, 'approval-request')
  await session.begin('Make it.')
  await waiting
  await engine.close()

  const next = await openEngine(world)
  await next.sessions.load()
  expect(next.sessions.list()).toMatchObject([{ state: 'waiting', note: 'needs you: create new.txt' }])
  const there = await next.sessions.open(session.id, { asksAgain: true })
  if (there.view().approvals.length === 0) await told(there, 'approval-request')
  expect(there.view().approvals).toMatchObject([{ request: { callId: 'c1' } }])
  // As from an app that is killed: what is on the disk is all that the next one has.
  const { runId } = await next.background.fromSession(session.id)
  await runSeen(next, runId, ({ status }) => status === 'waiting-approval')
  await next.background.stop(runId, { force: true })
  const after = await next.sessions.open(session.id, { asksAgain: true })
  if (after.view().approvals.length === 0) await told(after, 'approval-request')
  const over = told(after, 'turn-end')
  await after.request('answer', { callId: 'c1', answer: { decision: 'deny', reason: 'Call it old.txt.' } })
  await over
  expect([after.runId, await turnsOf(world, session.id)]).toEqual([null, ['start', 'completed']])
  expect(world.backend.chatRequests().at(-1)?.messages.at(-1)?.content).toContain('Call it old.txt.')
})

test('what was written while a turn ran and not read goes along, and is read there once', async () => {
  const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })
  const world = await createWorld(write, text('Made it.'))
  const { engine, session } = await newSession(world, asking)
  const waiting = told(session, 'approval-request')
  await session.begin('Make it.')
  await waiting
  await session.begin('And be quick.')
  const { runId } = await engine.background.fromSession(session.id)
  await runSeen(engine, runId, ({ status }) => status === 'waiting-approval')
  const remote = await engine.sessions.open(session.id)
  const [queued] = remote.view().queued
  expect(queued?.text).toBe('And be quick.')
  await remote.begin('Not this.')
  const taken = remote.view().queued.at(-1)
  if (taken) await remote.request('takeBack', { messageId: taken.messageId })
  if (queued) await remote.begin('Carefully.', {}, { before: queued.messageId })
  await remote.request('answer', { callId: 'c1', answer: { decision: 'allow-once' } })
  await runSeen(engine, runId, ({ status }) => status === 'completed')
  const said = world.backend
    .chatRequests()[1]
    ?.messages.flatMap(({ role, content }) => (role === 'user' ? [String(content).split('\n').at(-1)] : []))
  expect(said).toEqual(['Make it.', 'Carefully.', 'And be quick.'])
})

test('where nothing runs, the next message goes to a worker, and the session is free again after it', async () => {
  const world = await createWorld(text('Here.'), text('There.'), text('Here again.'))
  const { engine, session } = await newSession(world)
  await session.send('Where?')
  const { runId } = await engine.background.fromSession(session.id)
  const remote = await engine.sessions.open(session.id)
  const left = new Promise<void>((resolve) => {
    const stop = engine.sessions.onChange(() => {
      if (engine.sessions.opened(session.id) === remote) return
      stop()
      resolve()
    })
  })
  expect([remote.runId, (await remote.send('And now?')).reason]).toEqual([runId, 'completed'])
  const { status } = await runSeen(engine, runId, (run) => run.endedAt !== null)
  await left
  const local = await engine.sessions.open(session.id)
  expect([status, local.runId, (await local.send('And now?')).reason]).toEqual(['completed', null, 'completed'])
  expect(local.view().turns.map(({ items }) => items.at(-1))).toMatchObject([
    { text: 'Here.' },
    { text: 'There.' },
    { text: 'Here again.' },
  ])
})

test('a session that cannot be sent away goes on where it was', async () => {
  const world = await createWorld(threeSteps, threeSteps, threeSteps, threeSteps)
  const { engine, session } = await newSession(world)
  const running = told(session, 'tool-start')
  await session.begin('Do three things.')
  await running
  // The worker cannot start: where its log should be, there is a folder that nobody may write in.
  const { rename, symlink, rm } = await import('node:fs/promises')
  const runs = join(world.home, 'runs')
  await rename(runs, `${runs}.kept`)
  await symlink('/proc/sys/kernel', runs)
  await expect(engine.background.fromSession(session.id)).rejects.toThrow('could not start a background run')
  await rm(runs)
  await rename(`${runs}.kept`, runs)
  const here = await engine.sessions.open(session.id)
  if (here.view().activity) await told(here, 'turn-end')
  expect([here.runId, await stepsDone(world), await turnsOf(world, session.id)]).toEqual([
    null,
    '0\n1\n2\n',
    ['start', 'completed'],
  ])
})

test('what cannot begin in a background run is told to who asked for it, and ends nothing', async () => {
  const held = gate()
  const slow = text('one two', { chunks: 2, gate: held.opened })
  const world = await createWorld(slow, slow)
  const { engine, session } = await newSession(world)
  const writing = told(session, 'text-delta')
  await session.begin('Count.')
  await writing
  const { runId } = await engine.background.fromSession(session.id)
  const remote = await engine.sessions.open(session.id)
  expect(remote.runId).toBe(runId)
  await expect(remote.request('sendQueued', {})).rejects.toThrow('A turn goes on')
  await expect(remote.resume()).rejects.toThrow('It goes on already')
  held.open()
  const run = await runSeen(engine, runId, (one) => one.endedAt !== null)
  expect([run.status, run.exitCode]).toEqual(['completed', 0])
})
