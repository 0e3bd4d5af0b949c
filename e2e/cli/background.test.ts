import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gate, text, toolCall, usage } from '../../test-support/scripted-backend.ts'
import { journalHolds } from './support/journal.ts'
import {
  endWithTest,
  entryOf,
  isThere,
  leftOf,
  listed,
  processGone,
  runIs,
  runsFolder,
  startRun,
} from './support/registry.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, jsonLines, program } from './support/world.ts'

const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })
const id = expect.stringMatching(/^[0-9a-z]{10}$/)
const number = expect.any(Number)

describe('agent-bg', () => {
  test('prints the ids and returns while the run goes on; agent-ps tells of it as the contract says', async () => {
    const held = gate()
    const world = await createWorld(text('one two', { chunks: 2, gate: held.opened, usage: usage(20, 6) }))
    endWithTest(world)
    const started = await world.run(['agent-bg', 'Count', 'to two.'])
    const [, runId = '', sessionId = ''] = /^run {6}(\w{10})\nsession {2}(\w{10})\n$/.exec(started.out) ?? []
    await runIs(world, runId, (run) => run.phase === 'writing')
    const going = await listed(world)
    const table = (await world.run(['agent-ps'])).out
    held.open()
    await runIs(world, runId, (run) => run.status === 'completed')
    const unknown = { inputTokens: null, outputTokens: null, costMicroUsd: null, source: 'unknown' }
    const row = { runId, sessionId, pid: number, cwd: world.work, profile: 'environment', model: 'scripted' }
    const rest = { prompt: 'Count to two.', startedAt: number }
    const cached = { cachedInputTokens: null, reasoningTokens: null }
    expect({ started, going, done: await listed(world) }).toEqual({
      started: { code: 0, out: started.out, side: '' },
      going: [{ ...row, ...rest, status: 'running', endedAt: null, exitCode: null, usage: { ...unknown, ...cached } }],
      done: [
        {
          ...row,
          ...rest,
          status: 'completed',
          endedAt: number,
          exitCode: 0,
          usage: { inputTokens: 20, outputTokens: 6, costMicroUsd: null, source: 'reported', ...cached },
        },
      ],
    })
    expect(table).toMatch(new RegExp(`^state .*run\\nrunning .*Count to two\\. .*scripted.*${runId}\\n$`))
  })

  test('keeps prompt and key out of the arguments, the environment and every file of the registry', async () => {
    const held = gate()
    const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }))
    const key = 'sk-very-secret-0123456789'
    const { runId } = await startRun(world, ['Guard this prompt.'], {
      env: { OPENAI_API_KEY: key, MY_API_TOKEN: 'tok-42' },
    })
    const { worker, endpoint } = await runIs(world, runId, (run) => run.phase === 'writing')
    const seen = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${worker.pid}/${file}`, 'utf8')),
    )
    const files = await Promise.all(
      [`${runId}.json`, `${runId}.log`].map((name) => readFile(join(runsFolder(world), name), 'utf8')),
    )
    const sent = world.backend.chatRequests()[0]?.headers.authorization
    const modes = await Promise.all(
      [runsFolder(world), join(runsFolder(world), `${runId}.json`), endpoint?.path ?? ''].map(async (path) =>
        ((await stat(path)).mode & 0o777).toString(8),
      ),
    )
    held.open()
    expect(sent).toBe(`Bearer ${key}`)
    expect(seen.join()).not.toMatch(/sk-very-secret|tok-42|Guard this prompt/)
    expect(files.join()).not.toContain(key)
    expect(modes).toEqual(['700', '600', '600'])
    await runIs(world, runId, (run) => run.status === 'completed')
  })

  test.each([
    ['a folder that is not there', ['--cwd', 'gone', 'Hi'], 2, 'does not exist'],
    ['no prompt', [], 2, 'A prompt is missing.'],
    ['a profile that is not there', ['--profile', 'gone', 'Hi'], 2, 'There is no profile "gone".'],
  ])('says what is wrong with %s, and leaves nothing', async (_what, args, exitCode, words) => {
    const world = await createWorld()
    const { code, out, side } = await world.run(['agent-bg', ...args])
    expect([code, out, side.includes(words), await listed(world)]).toEqual([exitCode, '', true, []])
  })

  test('says why, and with which exit code, when the worker dies before it has begun', async () => {
    const world = await createWorld()
    const broken = join(world.work, 'broken.mjs')
    await writeFile(
      broken,
      "if (process.argv[1].includes('worker')) { console.error('Error: no such luck'); process.exit(7) }\n",
    )
    const { code, out, side } = await world.run(['agent-bg', 'Hi'], { env: { NODE_OPTIONS: `--import ${broken}` } })
    expect({ code, out, side, left: await listed(world) }).toEqual({
      code: 1,
      out: '',
      side: 'claw: The worker of this run ended before it began: exit code 7. It said: Error: no such luck\n',
      left: [],
    })
  })

  test.runIf(process.platform === 'linux')('keeps nothing open that the shell had open', async () => {
    const held = gate()
    const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }))
    endWithTest(world)
    // As a script that holds a lock, or waits for the end of a pipe.
    const command = `exec 9>lock 20>other; exec "$@" 9>&9 20>&20`
    const shell = spawn('bash', ['-c', command, 'bash', process.execPath, program, 'agent-bg', '--json', 'Count.'], {
      cwd: world.work,
      env: world.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    shell.stdout.on('data', (bytes) => {
      out += String(bytes)
    })
    await once(shell, 'close')
    const { runId } = JSON.parse(out) as { runId: string }
    const { worker } = await runIs(world, runId, (run) => run.phase === 'writing')
    const names = await readdir(`/proc/${worker.pid}/fd`)
    const files = await Promise.all(names.map((fd) => readlink(`/proc/${worker.pid}/fd/${fd}`).catch(() => '')))
    held.open()
    expect(files.filter((file) => file.startsWith(world.work))).toEqual([])
    await runIs(world, runId, (run) => run.status === 'completed')
  })

  test('works where the path of the data folder is too long for a socket', async () => {
    const held = gate()
    const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }))
    const home = join(world.home, 'a-very-long-name-of-a-folder'.repeat(4))
    world.home = home
    const { runId } = await startRun(world, ['Count.'], { env: { CLAW_HOME: home } })
    const { endpoint } = await runIs(world, runId, (run) => run.phase === 'writing')
    const attached = world.start(['agent-attach', runId], { env: { CLAW_HOME: home } })
    await attached.out.seen('one')
    held.open()
    expect([await attached.exit, attached.out.text, (endpoint?.path.length ?? 999) < 104]).toEqual([
      0,
      'one two\n',
      true,
    ])
  })
})

describe('agent-logs', () => {
  test('shows what was done, follows to the end, and prints the contract with --json', async () => {
    const held = gate()
    const world = await createWorld(
      toolCall('list_dir', { path: '.' }, { id: 'c1', text: 'I look.' }),
      text('one two', { chunks: 2, gate: held.opened }),
    )
    const { runId, sessionId } = await startRun(world, ['Look.'])
    await journalHolds(world, '"one "')
    const following = world.start(['agent-logs', runId.slice(0, 5), '--follow'])
    await following.out.seen('one ')
    const soFar = await world.run(['agent-logs', runId])
    held.open()
    expect(await following.exit).toBe(0)
    const head = '> Look.\nI look.\n✓ List . (empty)\none '
    const tail = 'two\nEnvironment, scripted: 20 in, 10 out, cost not known\n'
    expect([soFar.out, following.out.text]).toEqual([`${head}\n`, `${head}${tail}`])
    const last = await world.run(['agent-logs', runId, '--tail', '2'])
    expect(last.out).toBe('one two\nEnvironment, scripted: 20 in, 10 out, cost not known\n')
    const lines = jsonLines((await world.run(['agent-logs', runId, '--json'])).out)
    expect([lines.at(0), lines.at(-1)]).toMatchObject([
      { type: 'run-start', runId, sessionId },
      { type: 'run-end', exitCode: 0, finalText: 'one two' },
    ])
    expect(jsonLines((await world.run(['agent-logs', runId, '--json', '--tail', '3'])).out)).toEqual(lines.slice(-3))
  })

  test('does not need the worker: one that is stopped has its log all the same', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    await journalHolds(world, '"one "')
    const { worker } = await entryOf(world, runId)
    process.kill(worker.pid, 'SIGSTOP')
    expect((await world.run(['agent-logs', runId])).out).toBe('> Count.\none \n')
  })
})

describe('agent-attach', () => {
  test('shows the turn so far and then what comes; the exit code is that of the run', async () => {
    const held = gate()
    const world = await createWorld(write, text('one two', { chunks: 2, gate: held.opened }))
    const { runId } = await startRun(world, ['--allow-write', 'Write.'])
    await journalHolds(world, '"one "')
    const [plain, json] = [world.start(['agent-attach', runId]), world.start(['agent-attach', runId, '--json'])]
    await Promise.all([plain.out.seen('one '), json.out.seen('one ')])
    held.open()
    expect([await plain.exit, await json.exit, plain.out.text]).toEqual([0, 0, 'one two\n'])
    expect(plain.side.text).toContain('✓ Write new.txt')
    expect(jsonLines(json.out.text).at(-1)).toMatchObject({ type: 'run-end', exitCode: 0, finalText: 'one two' })
    expect(await world.run(['agent-attach', runId])).toMatchObject({
      code: 1,
      side: expect.stringContaining(`The run ${runId} is over (completed).`),
    })
  })

  test('two look on: one answers, both see it, a message is read, and Ctrl-D leaves the run to itself', async () => {
    const held = gate()
    const world = await createWorld(write, text('Made it. More', { chunks: 2, gate: held.opened }), text('Said more.'))
    const { runId } = await startRun(world, ['Make it.'])
    await runIs(world, runId, (run) => run.status === 'waiting-approval')
    const [one, two] = [
      startInTerminal(world, ['agent-attach', runId]),
      startInTerminal(world, ['agent-attach', runId]),
    ]
    await Promise.all([one, two].map(({ asked }) => asked('deny with a reason')))
    one.type('y\r')
    await Promise.all([one, two].map(({ screen }) => screen.seen('Made')))
    expect(await readFile(join(world.work, 'new.txt'), 'utf8')).toBe('made\n')
    two.type('And say more.\r')
    two.type('\x04')
    await two.screen.seen('The run goes on.')
    expect([await two.exit, two.screen.text]).toEqual([0, expect.not.stringContaining('The run ended')])
    held.open()
    await one.screen.seen('> And say more.')
    await one.screen.seen('Said more.')
    expect(await one.exit).toBe(0)
    expect(world.backend.chatRequests()[2]?.messages.at(-1)?.content).toContain('And say more.')
  })

  test('a limit that the run reaches is answered by who looks on', async () => {
    const world = await createWorld(write, text('Made it.'))
    const { runId } = await startRun(world, ['Make it.', '--max-model-calls', '1'])
    await runIs(world, runId, (run) => run.status === 'waiting-approval')
    const [one, two] = [
      startInTerminal(world, ['agent-attach', runId]),
      startInTerminal(world, ['agent-attach', runId]),
    ]
    await Promise.all([one, two].map(({ asked }) => asked('deny with a reason')))
    one.type('y\r')
    await Promise.all([one, two].map(({ asked }) => asked('s stop')))
    const late = startInTerminal(world, ['agent-attach', runId])
    await late.screen.seen('the limit of 1 model call is reached')
    await late.asked('s stop')
    two.type('no\r')
    await two.asked('Type f for one last answer')
    two.type('r 5\r')
    await Promise.all([one, two, late].map(({ screen }) => screen.seen('Made it.')))
    expect(await Promise.all([one.exit, two.exit, late.exit])).toEqual([0, 0, 0])
  })

  test('Ctrl-C stops the run', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    const terminal = startInTerminal(world, ['agent-attach', runId])
    await terminal.screen.seen('one ')
    terminal.type('\x03')
    expect(await terminal.exit).toBe(130)
    const { run } = await runIs(world, runId, ({ status }) => status === 'killed')
    expect(run).toMatchObject({ exitCode: 130, note: 'stopped by you' })
  })

  test('a run of another version says why it cannot be attached to, and can still be ended', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId, sessionId } = await startRun(world, ['Count.'])
    const entry = await runIs(world, runId, (run) => run.phase === 'writing')
    // Or it would write its entry again, in its own version.
    process.kill(entry.worker.pid, 'SIGSTOP')
    await writeFile(join(runsFolder(world), `${runId}.json`), JSON.stringify({ ...entry, protocol: 99 }))
    const attach = await world.run(['agent-attach', runId])
    const resume = await world.run(['agent-resume', sessionId, 'More.'])
    expect([attach, resume]).toMatchObject([
      { code: 1, side: expect.stringContaining('belongs to another version of the app') },
      { code: 1, side: expect.stringContaining('claw agent-attach') },
    ])
    process.kill(entry.worker.pid, 'SIGCONT')
    await world.run(['agent-kill', runId])
    expect(await leftOf([runId])).toEqual([])
  })

  test('says so when the worker does not answer', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    const attached = world.start(['agent-attach', runId], { env: { CLAW_PATIENCE_MS: '800' } })
    await attached.out.seen('one ')
    const { worker } = await entryOf(world, runId)
    process.kill(worker.pid, 'SIGSTOP')
    const late = await world.run(['agent-attach', runId], { env: { CLAW_PATIENCE_MS: '800' } })
    const words = 'has not answered for 0.8 seconds'
    expect([await attached.exit, attached.side.text, late]).toEqual([
      1,
      expect.stringContaining(words),
      { code: 1, out: '', side: expect.stringContaining(words) },
    ])
    process.kill(worker.pid, 'SIGCONT')
  })
})

describe('agent-kill', () => {
  test('stops the turn in order: journal, server and tools hear of it', async () => {
    const world = await createWorld(
      toolCall('bash', { command: 'echo $$ > pid; sleep 1000' }, { id: 'c1' }),
      text('No.'),
    )
    const { runId, sessionId } = await startRun(world, ['--allow-shell', '--unsafe', 'Wait.'])
    await journalHolds(world, '"tool-start"')
    const { worker } = await entryOf(world, runId)
    await runIs(world, runId, (run) => run.phase === 'running-tool')
    expect(await world.run(['agent-kill', runId.slice(0, 6)])).toMatchObject({ code: 0, out: `${runId}  killed\n` })
    const journal = await readFile(join(world.home, 'sessions', `${sessionId}.jsonl`), 'utf8')
    expect([await isThere(worker.pid), await leftOf([runId]), jsonLines(journal).at(-1)]).toMatchObject([
      false,
      [],
      { type: 'turn-end', reason: 'aborted' },
    ])
    expect((await entryOf(world, runId)).run).toMatchObject({
      status: 'killed',
      exitCode: 130,
      note: 'killed by you from a terminal',
      endedAt: number,
    })
  })

  test('stops the command that runs: it did not end by itself, whatever its exit code', async () => {
    const world = await createWorld(toolCall('bash', { command: 'echo begun; sleep 1000' }, { id: 'c1' }), text('No.'))
    const { runId, sessionId } = await startRun(world, ['--allow-shell', 'Wait.'])
    await journalHolds(world, '"tool-start"')
    await runIs(world, runId, (run) => run.phase === 'running-tool')
    await world.run(['agent-kill', runId])
    const journal = await readFile(join(world.home, 'sessions', `${sessionId}.jsonl`), 'utf8')
    expect(jsonLines(journal).find(({ type }) => type === 'tool-end')).toMatchObject({ summary: 'stopped' })
  })

  test.runIf(process.platform === 'linux')('takes with it what a command had put out of reach', async () => {
    const world = await createWorld(
      toolCall('bash', { command: 'setsid sh -c "echo x > ready; exec sleep 1000" & sleep 1000' }, { id: 'c1' }),
    )
    const { runId } = await startRun(world, ['--unsafe', 'Wait.'])
    await runIs(world, runId, (run) => run.phase === 'running-tool')
    const { worker } = await entryOf(world, runId)
    await expect
      .poll(() => readFile(join(world.work, 'ready'), 'utf8').catch(() => ''), { timeout: 20_000 })
      .toBe('x\n')
    // The worst case: the worker is gone, and cannot end what it started.
    process.kill(worker.pid, 'SIGKILL')
    await processGone(worker.pid)
    const before = await leftOf([runId])
    expect([before.length > 0, await listed(world), await leftOf([runId])]).toMatchObject([
      true,
      [{ status: 'interrupted' }],
      [],
    ])
    expect((await world.run(['agent-logs', runId])).out).toContain('It was interrupted and did not come to its end.')
  })

  test('ends a worker that does not listen, by force too; two at once do no harm', async () => {
    const world = await createWorld(
      text('one two', { chunks: 2, gate: gate().opened }),
      text('one two', { chunks: 2, gate: gate().opened }),
    )
    const runs = [await startRun(world, ['One.']), await startRun(world, ['Two.'])]
    for (const { runId } of runs) {
      const { worker } = await runIs(world, runId, (run) => run.phase === 'writing')
      process.kill(worker.pid, 'SIGSTOP')
    }
    const [first, second] = runs.map(({ runId }) => runId)
    const ends = await Promise.all([
      world.run(['agent-kill', first ?? '']),
      world.run(['agent-kill', first ?? '']),
      world.run(['agent-kill', '--force', second ?? '']),
    ])
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(await leftOf(runs.map(({ runId }) => runId))).toEqual([])
    expect(await listed(world)).toMatchObject([{ status: 'killed' }, { status: 'killed' }])
  })

  test.each([
    [[], 2, 'agent-kill needs the id of a run, or --all'],
    [['zzzz'], 2, 'No run starts with "zzzz"'],
    [['--all'], 0, 'No run goes on.'],
  ])('with %j says what is so', async (args, exitCode, words) => {
    const world = await createWorld()
    const { code, side } = await world.run(['agent-kill', ...args])
    expect([code, side]).toEqual([exitCode, expect.stringContaining(words)])
  })
})

describe('agent-resume', () => {
  test('is refused while a worker has the session, and names attach; afterwards it goes on, in the background too', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }), text('three'), text('four'))
    const { runId, sessionId } = await startRun(world, ['Count.'])
    await runIs(world, runId, (run) => run.phase === 'writing')
    const refused = await world.run(['agent-resume', sessionId, 'Go on.'])
    expect(refused).toMatchObject({ code: 1, side: expect.stringContaining(`claw agent-attach ${runId}`) })
    await world.run(['agent-kill', runId])
    const resumed = await world.run(['agent-resume', runId, '--bg', '--json', '--model', 'other', '--max-turns', '5'])
    const next = JSON.parse(resumed.out) as { runId: string; sessionId: string }
    await runIs(world, next.runId, (run) => run.status === 'completed')
    const { out } = await world.run(['agent-resume', next.runId, 'And?'])
    expect([next, out]).toEqual([{ runId: id, sessionId }, 'four\n'])
    expect(world.backend.chatRequests().map(({ body }) => body.model)).toEqual(['scripted', 'other', 'other'])
    expect((await entryOf(world, next.runId)).run).toMatchObject({
      limits: { turns: 5 },
      prompt: 'Count.',
    })
    expect((await listed(world)).map(({ status }) => status)).toEqual(['completed', 'killed'])
  })
})
