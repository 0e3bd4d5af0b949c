import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApprovalAnswer } from '#shared/approval/approval.ts'
import { verifyResult } from '#shared/session/verify-result.ts'
import { allowed, SessionWorld, says, uses } from '../../../test-support/session-world.ts'
import { ownTemporaryFolder } from '../../../test-support/tool-calls.ts'
import type { Session } from './sessions.ts'

ownTemporaryFolder()

let world: SessionWorld
beforeEach(async () => {
  world = await SessionWorld.create()
})
afterEach(() => world.close())

/** Passes when the file says right; notes each run. */
const VERIFY = 'echo run >> runs; grep -q right answer.txt || { echo "wrong answer"; exit 3; }'
const write = (content: string) => uses('write_file', { path: 'answer.txt', content })
const runs = async () => (await readFile(join(world.work, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1
const lastMessage = () => String(world.requests.at(-1)?.messages.at(-1)?.content)
const items = (session: Session) => session.view().turns.at(-1)?.items ?? []
const marks = (session: Session) =>
  items(session).flatMap((item) => (item.kind === 'tool' && item.verify ? [[item.state, item.verify.round]] : []))
const warnings = (session: Session) => items(session).flatMap((item) => (item.kind === 'notice' ? [item.code] : []))

describe('a turn that changed something', () => {
  test('is complete when its command passes', async () => {
    world.answers.push(write('right'), says('Done.'))
    const session = await world.newSession()
    expect(await session.send('Do it.', { verify: [VERIFY] })).toMatchObject({ reason: 'completed', failure: null })
    expect(await runs()).toBe(1)
    expect(marks(session)).toEqual([['done', 1]])
    expect(verifyResult(items(session))).toEqual({ command: VERIFY, ok: true, rounds: 1 })
  })

  test('goes back to the model with the output, and is complete when it has mended the work', async () => {
    world.answers.push(
      write('wrong'),
      says('Done.'),
      uses('edit_file', { path: 'answer.txt', old_string: 'wrong', new_string: 'right' }),
      says('Now it is done.'),
    )
    const session = await world.newSession()
    expect(await session.send('Do it.', { verify: [VERIFY] })).toMatchObject({ reason: 'completed' })
    expect(marks(session)).toEqual([
      ['failed', 1],
      ['done', 2],
    ])
    const told = String(world.requests[2]?.messages.at(-1)?.content)
    expect(told).toContain('exit code 3')
    expect(told).toContain('wrong answer')
    // The command is no call of the model: what it reads besides is as without it.
    expect(world.requests[2]?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ])
  })

  test.each([
    [undefined, 4],
    [0, 1],
    [1, 2],
  ])('ends as failed after %s rounds of mending', async (verifyRounds, times) => {
    world.answers.push(write('wrong'), ...Array.from({ length: times }, () => says('Done.')))
    const session = await world.newSession()
    const end = await session.send('Do it.', { verify: [VERIFY], ...(verifyRounds !== undefined && { verifyRounds }) })
    expect(end).toMatchObject({ reason: 'failed', failure: { code: 'verify-failed' } })
    expect(await runs()).toBe(times)
    expect(world.answers).toEqual([])
  })

  test('is verified with one command after the other, until one fails', async () => {
    world.answers.push(write('wrong'), says('Done.'), says('Done.'))
    const session = await world.newSession()
    await session.send('Do it.', { verify: ['echo first', VERIFY, 'echo third'], verifyRounds: 1 })
    expect(marks(session)).toEqual([
      ['done', 1],
      ['failed', 1],
      ['done', 2],
      ['failed', 2],
    ])
  })

  test('counts each command as a tool call, and ends at that limit', async () => {
    world.answers.push(write('right'), says('Done.'))
    const session = await world.newSession()
    const end = await session.send('Do it.', { verify: [VERIFY], limits: { toolCalls: 1 } })
    expect(end).toMatchObject({ reason: 'budget', budget: { limit: 'toolCalls', used: 1 } })
    expect(await runs()).toBe(0)
    expect(session.view().toolCalls).toBe(1)
  })

  test('is stopped in the middle of its command, which runs anew when it goes on', async () => {
    await writeFile(join(world.work, 'gate.sh'), 'echo run >> runs\n[ -f open ] || sleep 600\n')
    world.answers.push(write('right'), says('Done.'))
    const session = await world.newSession()
    const begun = await session.begin('Do it.', { verify: ['sh gate.sh'] })
    await expect.poll(runs).toBe(1)
    await session.request('stop', {})
    expect(await begun.end).toMatchObject({ reason: 'aborted' })
    await writeFile(join(world.work, 'open'), '')
    const again = await session.resume()
    expect(await again.end).toMatchObject({ reason: 'completed' })
    expect(await runs()).toBe(2)
    expect(world.requests).toHaveLength(2)
    expect(marks(session)).toEqual([
      ['failed', 1],
      ['done', 1],
    ])
  })

  test('that ended as failed goes on with as many rounds again', async () => {
    world.answers.push(write('wrong'), says('Done.'))
    const session = await world.newSession()
    await session.send('Do it.', { verify: [VERIFY], verifyRounds: 0 })
    world.answers.push(uses('bash', { command: 'echo right > answer.txt' }), says('Done.'))
    const end = await (await session.resume({ verifyRounds: 1 })).end
    expect(end).toMatchObject({ reason: 'completed' })
    expect(String(world.requests[2]?.messages.at(-1)?.content)).toContain('wrong answer')
  })
})

test('a turn that only read and spoke is not verified', async () => {
  world.answers.push(uses('list_dir', { path: '.' }), says('Nothing there.'))
  const session = await world.newSession()
  expect(await session.send('Look.', { verify: [VERIFY] })).toMatchObject({ reason: 'completed' })
  expect(await runs()).toBe(0)
  expect(verifyResult(items(session))).toBe(null)
})

test('where commands are not allowed, the turn says so at its beginning, and nothing runs', async () => {
  world.answers.push(write('right'), says('Done.'))
  const session = await world.newSession({ permissions: { ...allowed, shell: 'deny' } })
  expect(await session.send('Do it.', { verify: [VERIFY] })).toMatchObject({ reason: 'completed' })
  expect(warnings(session)).toEqual(['verify-not-allowed', 'not-verified'])
  expect(items(session)[0]).toMatchObject({ kind: 'notice', code: 'verify-not-allowed' })
  expect(verifyResult(items(session))).toMatchObject({ ok: false })
  expect(await runs()).toBe(0)
})

test('where nobody can be asked, the turn ends because it needs an approval', async () => {
  world.answers.push(write('right'), says('Done.'))
  const session = await world.newSession({ permissions: { ...allowed, shell: 'ask' } })
  expect(await session.send('Do it.', { verify: [VERIFY] })).toMatchObject({ reason: 'needs-approval' })
  expect(warnings(session)).toEqual(['verify-not-allowed'])
})

test('a person is asked as for any command, and what they write instead of allowing it goes to the model', async () => {
  world.answers.push(write('right'), says('Done.'), says('Good.'))
  const session = await world.newSession({ permissions: { ...allowed, shell: 'ask' }, canAnswer: true })
  const begun = await session.begin('Do it.', { verify: [VERIFY] })
  const asked = () => session.view().approvals.map(({ request }) => request)
  await expect.poll(asked).toMatchObject([{ tool: 'bash', subject: { kind: 'command', command: VERIFY } }])
  const answer = (value: object) =>
    session.request('answer', { callId: asked()[0]?.callId ?? '', answer: { decision: 'deny', ...value } })
  await answer({ reason: 'Use the other suite.' })
  await expect.poll(() => asked().length).toBe(1)
  expect(lastMessage()).toContain('Use the other suite.')
  await answer({})
  expect(await begun.end).toMatchObject({ reason: 'completed' })
  expect(warnings(session)).toEqual(['not-verified'])
})

test('only what came to its end and failed counts as a round', async () => {
  world.answers.push(write('wrong'), says('Done.'), says('Done.'), says('Done.'))
  const session = await world.newSession({ permissions: { ...allowed, shell: 'ask' }, canAnswer: true })
  const begun = await session.begin('Do it.', { verify: [VERIFY], verifyRounds: 1 })
  const asked = () => session.view().approvals.map(({ request }) => request.callId)
  const answer = async (value: ApprovalAnswer) => {
    await expect.poll(asked).toHaveLength(1)
    const [callId = ''] = asked()
    await session.request('answer', { callId, answer: value })
    await expect.poll(() => asked().includes(callId)).toBe(false)
  }
  await answer({ decision: 'deny', reason: 'Not yet.' })
  await answer({ decision: 'allow-once' })
  expect(lastMessage()).toContain('wrong answer')
  await answer({ decision: 'allow-once' })
  const message = expect.stringContaining('failed 2 times')
  expect(await begun.end).toMatchObject({ reason: 'failed', failure: { code: 'verify-failed', message } })
})

describe('what a turn is verified with', () => {
  const commands = (session: Session) =>
    items(session).flatMap((item) => (item.kind === 'tool' && item.verify ? [item.verify.command] : []))

  test('is what its profile says, unless its session says otherwise, unless the turn does', async () => {
    world.profile = { ...world.profile, verify: ['echo profile'] }
    const session = await world.newSession()
    const turn = async (verify?: string[]) => {
      world.answers.push(uses('bash', { command: 'true' }), says('Done.'))
      await session.send('Do it.', verify && { verify })
      return commands(session)
    }
    expect(await turn()).toEqual(['echo profile'])
    await session.request('setVerify', { commands: ['echo session'] })
    expect(await turn()).toEqual(['echo session'])
    expect(await turn(['echo turn'])).toEqual(['echo turn'])
    await session.request('setVerify', { commands: [] })
    expect(await turn()).toEqual([])
    await session.request('setVerify', { commands: null })
    expect(await turn()).toEqual(['echo profile'])
  })

  test('is what the manifest says only where it is trusted', async () => {
    await writeFile(join(world.work, '.claw-policy.json'), JSON.stringify({ verify: 'echo manifest' }))
    const session = await world.newSession()
    const turn = async () => {
      world.answers.push(uses('bash', { command: 'true' }), says('Done.'))
      await session.send('Do it.')
      return commands(session)
    }
    expect(await turn()).toEqual([])
    await world.policies.answer((await world.policies.show(world.work)).files, true)
    expect(await turn()).toEqual(['echo manifest'])
  })
})
