import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { endWithTest, entryOf, listed, processGone, runIs, startRun } from './support/registry.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const COMMAND = 'echo run >> runs; grep -q right answer.txt || { echo "the answer is wrong"; exit 3; }'
const wrong = toolCall('write_file', { path: 'answer.txt', content: 'wrong\n' })
const mended = toolCall('write_file', { path: 'answer.txt', content: 'right\n' }, { id: 'mended' })
const allowed = ['--allow-write', '--allow-shell']
const runs = async ({ work }: World) =>
  (await readFile(join(work, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1

describe('agent --verify', () => {
  test('runs the command when the model says that it is done, and lets it mend what failed', async () => {
    const world = await createWorld(wrong, text('Done.'), mended, text('Now it is done.'))
    const { code, out } = await world.run(['agent', 'Answer.', ...allowed, '--verify', COMMAND, '--json'])
    const lines = jsonLines(out)
    const checks = lines.filter(({ type }) => type === 'verify')
    const [seq, at] = [expect.any(Number), expect.any(Number)]
    expect(checks).toEqual([
      ...[{ type: 'verify', seq, at, command: COMMAND, ok: false, round: 1, exitCode: 3 }].map((one) => ({
        ...one,
        output: expect.stringContaining('the answer is wrong'),
      })),
      { type: 'verify', seq, at, command: COMMAND, ok: true, round: 2, exitCode: 0, output: '(no output)' },
    ])
    expect(lines.at(-1)).toMatchObject({
      type: 'run-end',
      reason: 'completed',
      verify: { command: COMMAND, ok: true, rounds: 2 },
      toolCalls: 4,
    })
    expect([code, await runs(world)]).toEqual([0, 2])
    expect(lines.filter(({ type }) => type === 'tool-start').map(({ name }) => name)).toEqual([
      'write_file',
      'write_file',
    ])
  })

  test('ends as failed when the work does not pass', async () => {
    const world = await createWorld(wrong, text('Done.'), text('Done.'))
    const args = ['agent', 'Answer.', ...allowed, '--verify', COMMAND, '--verify-rounds', '1']
    const { code, side } = await world.run(args)
    expect([code, await runs(world)]).toEqual([1, 2])
    expect(side).toContain('✗ Verify')
    expect(side).toContain('the answer is wrong')
    expect(side).toContain('The work is not done:')
  })

  test('says nothing of it where nothing was verified', async () => {
    const world = await createWorld(text('Hello.'))
    const { out } = await world.run(['agent', 'Hi.', '--verify', COMMAND, '--json'])
    expect(jsonLines(out).at(-1)).toMatchObject({ reason: 'completed', verify: null })
  })

  test('says at the beginning where it may not run', async () => {
    const world = await createWorld(text('Hello.'))
    const { code, side } = await world.run(['agent', 'Hi.', '--allow-write', '--verify', 'npm test'])
    expect([code, side.includes('! The work cannot be verified with npm test')]).toEqual([0, true])
  })

  test('refuses a command that is empty, and takes one that is empty on its own for none', async () => {
    const world = await createWorld(wrong, text('Done.'))
    await world.run([
      'profiles',
      'add',
      'Mine',
      '--base-url',
      world.backend.baseUrl,
      '--model',
      'scripted',
      '--verify',
      COMMAND,
    ])
    const { code } = await world.run(['agent', 'Answer.', ...allowed, '--profile', 'mine', '--verify', ''])
    expect([code, await runs(world)]).toEqual([0, 0])
  })
})

describe('in the background', () => {
  test('the entry of the run tells how it was verified', async () => {
    const world = await createWorld(wrong, text('Done.'), mended, text('Done.'))
    endWithTest(world)
    const { runId } = await startRun(world, [...allowed, '--verify', COMMAND, 'Answer.'])
    await runIs(world, runId, (run) => run.status === 'completed')
    expect((await entryOf(world, runId)).run.verify).toEqual({ command: COMMAND, ok: true, rounds: 2 })
    expect(await listed(world)).toMatchObject([{ verify: { ok: true, rounds: 2 } }])
    expect((await world.run(['agent-ps'])).out).toContain('completed, verified')
  })

  test('is not told before its command has come to an end', async () => {
    const world = await createWorld(mended, text('Done.'))
    endWithTest(world)
    const { runId } = await startRun(world, [
      ...allowed,
      '--verify',
      'until [ -f open ]; do sleep 0.1; done',
      'Answer.',
    ])
    const going = await runIs(world, runId, (run) => run.phaseDetail.startsWith('until'))
    await writeFile(join(world.work, 'open'), '')
    const over = await runIs(world, runId, (run) => run.status === 'completed')
    expect([going.run.verify, over.run.verify?.ok]).toEqual([null, true])
  })

  test.runIf(process.platform === 'linux')('a command whose run was killed runs anew when it goes on', async () => {
    const world = await createWorld(mended, text('Done.'))
    endWithTest(world)
    await writeFile(join(world.work, 'gate.sh'), 'echo run >> runs\n[ -f open ] || sleep 600\n')
    const { runId, sessionId } = await startRun(world, [...allowed, '--verify', 'sh gate.sh', 'Answer.'])
    await expect.poll(() => runs(world), { timeout: 20_000 }).toBe(1)
    const { worker } = await entryOf(world, runId)
    process.kill(worker.pid, 'SIGKILL')
    await processGone(worker.pid)
    await writeFile(join(world.work, 'open'), '')
    const { code, out } = await world.run(['agent-resume', sessionId, ...allowed, '--json'])
    expect(jsonLines(out).at(-1)).toMatchObject({ reason: 'completed', verify: { command: 'sh gate.sh', ok: true } })
    expect([code, await runs(world), world.backend.chatRequests().length]).toEqual([0, 2, 2])
  })
})

test('a person at the terminal is asked for the command as for any other', async () => {
  const world = await createWorld(wrong, text('Done.'))
  const terminal = startInTerminal(world, ['agent', 'Answer.', '--allow-write', '--verify', 'echo looked'])
  await terminal.asked('allow')
  terminal.type('y\r')
  expect(await terminal.exit).toBe(0)
  expect(terminal.screen.text).toContain('Verify echo looked')
})
