import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ProfileId } from '../../shared/ids.ts'
import { SessionEntry } from '../../shared/session/session-entry.ts'
import { gate, type RecordedRequest, type Reply, text, toolCall } from '../../test-support/scripted-backend.ts'
import { openEngine, runSeen } from './support/engine.ts'
import {
  endWithTest,
  entries,
  entryOf,
  isThere,
  leftOf,
  listed,
  processGone,
  runIs,
  runsFolder,
  startRun,
} from './support/registry.ts'
import { createWorld, jsonLines, program, type World } from './support/world.ts'

/** `npm run test:soak` runs all of it at full size; `npm test` at one that fits. */
const full = process.env.CLAW_SOAK === '1'
const KILLS = full ? 200 : 20
const RUNS = full ? 50 : 10
const JOURNAL_MB = full ? 100 : 5
const limit = (seconds: number) => (full ? seconds * 20_000 : seconds * 1000)

const STEPS = 4
const STORY = 'Once upon a time there was a worker that died at every moment of its life. '.repeat(4)

/** A model that does step after step, by what it was told of those before. */
function nextStep({ messages }: RecordedRequest): Reply {
  const done = new Set<number>()
  for (const { role, content } of messages) {
    const step = role === 'tool' ? /did (\d)/.exec(String(content))?.[1] : undefined
    if (step !== undefined) done.add(Number(step))
  }
  const next = Array.from({ length: STEPS }, (_, step) => step).find((step) => !done.has(step))
  if (next === undefined) return text(STORY, { chunks: 20 })
  return toolCall('bash', { command: `echo ${next} >> steps.txt; echo did ${next}` }, { text: STORY.slice(0, 60) })
}

async function journalOf({ home }: World, sessionId: string): Promise<{ entries: SessionEntry[]; torn: string }> {
  const lines = (await readFile(join(home, 'sessions', `${sessionId}.jsonl`), 'utf8')).split('\n')
  const torn = lines.pop() ?? ''
  return { entries: lines.map((line) => SessionEntry.parse(JSON.parse(line))), torn }
}

function stepsOf(journal: readonly SessionEntry[], type: 'tool-start' | 'tool-end'): string[] {
  return journal.flatMap((entry) => {
    const told =
      entry.type !== type
        ? ''
        : entry.type === 'tool-start'
          ? entry.arguments
          : entry.type === 'tool-end' && entry.outcome === 'done'
            ? entry.output
            : ''
    return /did (\d)/.exec(told)?.[1] ?? []
  })
}

describe('a worker that is killed', () => {
  test(`at ${KILLS} random moments leaves a journal that can be read, and goes on without doing anything twice`, {
    timeout: limit(170),
  }, async () => {
    const world = await createWorld(...Array.from({ length: (KILLS + 2) * 20 }, () => nextStep))
    endWithTest(world)
    const engine = await openEngine(world)
    const order = {
      prompt: 'Do all steps.',
      cwd: world.work,
      profileId: ProfileId.parse('environment'),
      permissions: { write: 'allow', shell: 'allow', sandbox: false },
      limits: {},
    } as const
    // How long one takes that nobody kills: a quick machine and a busy one have other moments. The first one of a world has
    // no compiled form of its program yet.
    let wholeMs = 0
    for (let whole = 0; whole < 2; whole++) {
      const { runId } = await engine.background.start(order)
      const began = performance.now()
      await runSeen(engine, runId, (run) => run.endedAt !== null)
      wholeMs = performance.now() - began
    }
    const seen: Record<string, number> = {}
    for (let kill = 0; kill < KILLS; kill++) {
      await rm(join(world.work, 'steps.txt'), { force: true })
      const { runId, sessionId } = await engine.background.start(order)
      const { worker } = await entryOf(world, runId)
      // The moment is the point of the test: some at once, most in mid-turn, a few after the end.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * wholeMs * 1.1))
      if (await isThere(worker.pid)) process.kill(worker.pid, 'SIGKILL')
      const { status } = await runSeen(engine, runId, (run) => run.endedAt !== null)
      seen[status] = (seen[status] ?? 0) + 1
      const { entries: journal } = await journalOf(world, sessionId)
      const numbers = journal.map(({ seq }) => seq)
      const done = (await readFile(join(world.work, 'steps.txt'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
      const [begun, finished] = [stepsOf(journal, 'tool-start'), stepsOf(journal, 'tool-end')]
      expect({
        order: numbers.toSorted((a, b) => a - b),
        unknown: done.filter((step) => !begun.includes(step)),
      }).toEqual({ order: numbers, unknown: [] })
      expect(status).toBe(journal.at(-1)?.type === 'turn-end' ? 'completed' : 'interrupted')
      if (status === 'completed') continue
      const again = await engine.background.resume(sessionId)
      const end = await runSeen(engine, again.runId, (run) => run.endedAt !== null)
      await processGone(end.pid ?? 0)
      const after = (await readFile(join(world.work, 'steps.txt'), 'utf8')).split('\n').filter(Boolean)
      const twice = finished.filter((step) => after.filter((one) => one === step).length !== 1)
      expect({ status: end.status, all: new Set(after).size, twice, left: await leftOf([runId, again.runId]) }).toEqual(
        {
          status: 'completed',
          all: STEPS,
          twice: [],
          left: [],
        },
      )
    }
    expect(seen.interrupted ?? 0).toBeGreaterThan(KILLS / 4)
  })

  test('while it is attached to, tells so', { timeout: limit(60) }, async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    const attached = world.start(['agent-attach', runId])
    await attached.out.seen('one ')
    process.kill((await entryOf(world, runId)).worker.pid, 'SIGKILL')
    expect([await attached.exit, attached.side.text, await listed(world)]).toMatchObject([
      130,
      expect.stringContaining('The run ended in mid-turn.'),
      [{ status: 'interrupted', exitCode: null }],
    ])
  })

  test('by agent-kill while two look on ends for both', { timeout: limit(60) }, async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    const attached = [world.start(['agent-attach', runId]), world.start(['agent-attach', runId, '--json'])]
    await Promise.all(attached.map(({ out }) => out.seen('one ')))
    const [kill, ...exits] = await Promise.all([world.run(['agent-kill', runId]), ...attached.map(({ exit }) => exit)])
    expect([kill.code, exits, jsonLines(attached[1]?.out.text ?? '').at(-1)]).toMatchObject([
      0,
      [130, 130],
      { type: 'run-end', reason: 'aborted', exitCode: 130 },
    ])
  })
})

describe('many runs', () => {
  test(`${RUNS} at once are all there, and after agent-kill --all nothing of them is`, {
    timeout: limit(120),
  }, async () => {
    const held = gate()
    const world = await createWorld(
      ...Array.from({ length: RUNS }, () => text('one two', { chunks: 2, gate: held.opened })),
    )
    const started = await Promise.all(Array.from({ length: RUNS }, (_, number) => startRun(world, [`Run ${number}.`])))
    const ids = started.map(({ runId }) => runId)
    const going = await listed(world)
    expect([going.map(({ runId }) => runId).sort(), new Set(going.map(({ status }) => status))]).toEqual([
      ids.toSorted(),
      new Set(['running']),
    ])
    const kill = await world.run(['agent-kill', '--all'])
    expect([kill.code, kill.out.split('\n').filter(Boolean).length, await leftOf(ids)]).toEqual([0, RUNS, []])
    expect(new Set((await listed(world)).map(({ status }) => status))).toEqual(new Set(['killed']))
    held.open()
  })
})

describe('a machine', () => {
  /** A program whose clock is wrong by so much. */
  async function skewed({ work }: World, hours: number): Promise<Record<string, string>> {
    const path = join(work, `skew-${hours}.mjs`)
    await writeFile(path, `const now = Date.now; Date.now = () => now() + ${hours} * 3_600_000\n`)
    return { NODE_OPTIONS: `--import ${pathToFileURL(path).href}` }
  }

  test('whose clock is changed while a run goes on neither loses it nor ends it', { timeout: limit(60) }, async () => {
    const held = gate()
    const world = await createWorld(
      text('one two', { chunks: 2, gate: held.opened }),
      text('one two', { chunks: 2, gate: held.opened }),
    )
    const ahead = await startRun(world, ['Count.'], { env: await skewed(world, 50) })
    const behind = await startRun(world, ['Count.'], { env: await skewed(world, -50) })
    for (const { runId } of [ahead, behind]) await runIs(world, runId, (run) => run.phase === 'writing')
    const going = await listed(world)
    const later = await listed(world, { env: await skewed(world, 1000) })
    const table = (await world.run(['agent-ps'])).out
    held.open()
    const ends = await Promise.all(
      [ahead, behind].map(({ runId }) => runIs(world, runId, (run) => run.endedAt !== null)),
    )
    expect([going, later].map((list) => list.map(({ status }) => status))).toEqual([
      ['running', 'running'],
      ['running', 'running'],
    ])
    expect(table).toMatch(new RegExp(` now .*${ahead.runId}`))
    expect(ends.map(({ run }) => [run.status, (run.endedAt ?? 0) >= run.startedAt])).toEqual([
      ['completed', true],
      ['completed', true],
    ])
  })

  test.runIf(process.platform === 'linux')(
    'whose disk is full ends the run with that, and its journal can be read',
    { timeout: limit(60) },
    async () => {
      const world = await createWorld(text('x'.repeat(400_000), { chunks: 200 }))
      const kept = join(world.work, 'kept')
      await mkdir(kept)
      // A disk of its own, with room for a part of the answer; it is gone with the shell that looks at it.
      const disk = ['--dev-bind', '/', '/', '--size', '262144', '--tmpfs', world.home]
      const steps = `
        "$0" "$1" agent-bg --json Write. > "$2/start.json" || exit
        run=$("$0" -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).runId' "$2/start.json")
        "$0" "$1" agent-logs --follow "$run" > "$2/log.txt"
        "$0" "$1" agent-ps --json > "$2/runs.json"
        "$0" "$1" agent-logs "$run" > "$2/log-after.txt"
        cp "$CLAW_HOME"/sessions/*.jsonl "$2/journal.jsonl"
        find "$CLAW_HOME" -name '*.[0-9]*' -path '*cache*' > "$2/left.txt"`
      const child = spawn('bwrap', [...disk, '--', 'sh', '-c', steps, process.execPath, program, kept], {
        cwd: world.work,
        env: world.env,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      const [code] = await once(child, 'close')
      const read = (name: string) => readFile(join(kept, name), 'utf8')
      const [run] = JSON.parse(await read('runs.json'))
      const lines = (await read('journal.jsonl')).split('\n').slice(0, -1)
      const journal = lines.map((line) => SessionEntry.parse(JSON.parse(line)))
      // Where not even a page is left for the record of its failure, whoever looks finds that it broke off.
      const end = run.exitCode === null ? 'interrupted' : 'failed'
      expect([code, run.status, journal.length > 3, await read('left.txt')]).toEqual([0, end, true, ''])
      expect(await read('log-after.txt')).toContain('xxxx')
    },
  )

  test.runIf(process.platform === 'linux')(
    'whose registry cannot be written says so, and a run that goes on is none the worse',
    { timeout: limit(60) },
    async () => {
      const held = gate()
      const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }))
      const { runId } = await startRun(world, ['Count.'])
      const { worker } = await runIs(world, runId, (run) => run.phase === 'writing')
      const folder = runsFolder(world)
      await rename(folder, `${folder}.kept`)
      // A folder in which nobody may write, not even the administrator who runs these tests.
      await symlink('/proc/sys/kernel', folder)
      const refused = await world.run(['agent-bg', 'More.'])
      held.open()
      await processGone(worker.pid)
      await rm(folder)
      await rename(`${folder}.kept`, folder)
      expect([refused.code, refused.out, refused.side]).toEqual([
        1,
        '',
        expect.stringMatching(/could not start a background run: the system does not allow it/),
      ])
      expect(await listed(world)).toMatchObject([{ runId, status: 'completed', exitCode: 0 }])
    },
  )

  test('that gave the pid of a dead worker to another program leaves that program alone', {
    timeout: limit(60),
  }, async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { runId } = await startRun(world, ['Count.'])
    const entry = await runIs(world, runId, (run) => run.phase === 'writing')
    process.kill(entry.worker.pid, 'SIGKILL')
    await processGone(entry.worker.pid)
    const other = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
    onTestFinished(() => void other.kill('SIGKILL'))
    await once(other, 'spawn')
    const pid = other.pid ?? 0
    await writeFile(
      join(runsFolder(world), `${runId}.json`),
      JSON.stringify({ ...entry, run: { ...entry.run, pid }, worker: { ...entry.worker, pid } }),
    )
    const results = [await world.run(['agent-kill', runId]), await world.run(['agent-kill', '--force', '--all'])]
    expect([results.map(({ code }) => code), await isThere(pid), await listed(world)]).toMatchObject([
      [0, 0],
      true,
      [{ status: 'interrupted' }],
    ])
  })
})

describe('a log', () => {
  /** The most memory that a command of `claw` has, in MB. */
  async function peak(world: World, args: readonly string[]): Promise<number> {
    const preload = join(import.meta.dirname, '../../scripts/bench/lib/report-usage.cjs')
    const child = spawn(process.execPath, ['--require', preload, program, ...args], {
      cwd: world.work,
      env: world.env,
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    })
    child.stdout?.resume()
    let usage = ''
    child.stdio[3]?.on('data', (bytes) => {
      usage += String(bytes)
    })
    await once(child, 'close')
    return (JSON.parse(usage) as { peakKilobytes: number }).peakKilobytes / 1024
  }

  test(`of ${JOURNAL_MB} MB is shown, and its end found, with memory that does not grow`, {
    timeout: limit(60),
  }, async () => {
    const world = await createWorld(text('Done.'), text('Done.'))
    const runs = [await startRun(world, ['Small.']), await startRun(world, ['Large.'])]
    for (const { runId } of runs) await runIs(world, runId, (run) => run.status === 'completed')
    const [small, large] = runs
    if (!small || !large) throw new Error('Two were started.')
    const { entries: journal } = await journalOf(world, large.sessionId)
    const end = journal.findIndex(({ type }) => type === 'text-delta')
    // Answer after answer, as a long run has them: of the last one alone all is kept, for the end of the run to tell.
    const filler = Array.from({ length: JOURNAL_MB * 1000 }, (_, index): SessionEntry[] => {
      const stamp = { at: index, seq: 1000 + index * 2 }
      const words: SessionEntry = { type: 'text-delta', ...stamp, text: `${'lorem ipsum '.repeat(75)}\n` }
      return index % 200 === 199
        ? [words, { type: 'model-call-start', ...stamp, seq: stamp.seq + 1, model: 'm' }]
        : [words]
    }).flat()
    const rest = journal.slice(end).map((entry, index) => ({ ...entry, seq: 10_000_000 + index }))
    await writeFile(
      join(world.home, 'sessions', `${large.sessionId}.jsonl`),
      [...journal.slice(0, end), ...filler, ...rest].map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    )
    const floor = await peak(world, ['agent-logs', small.runId])
    const peaks = [
      await peak(world, ['agent-logs', large.runId]),
      await peak(world, ['agent-logs', large.runId, '--json']),
      await peak(world, ['agent-logs', large.runId, '--tail', '5']),
    ]
    expect(peaks.map((mb) => (mb < floor + 60 ? 'flat' : `${mb} MB, small ${floor} MB`))).toEqual([
      'flat',
      'flat',
      'flat',
    ])
    expect((await world.run(['agent-logs', large.runId, '--tail', '2'])).out).toBe(
      'Done.\nEnvironment, scripted: 10 in, 5 out, cost not known\n',
    )
    expect((await entries(world)).length).toBe(2)
  })
})
