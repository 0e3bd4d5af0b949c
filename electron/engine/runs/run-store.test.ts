import { once } from 'node:events'
import { appendFile, chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { entryOf, killed, runId, sleeper, surroundings } from '../../../test-support/run-entries.ts'
import { RUN_MARKER } from '../lib/run-marker.ts'
import { endRun } from '../remote/end-run.ts'
import { noLongerTrue } from './reconcile.ts'
import { RunStore } from './run-store.ts'

const interrupted = { status: 'interrupted', exitCode: null, note: 'interrupted, can go on', endedAt: 5_000 }
const stamp = { seq: 7, at: 2_000 }
const ended = { ...stamp, type: 'turn-end', turnId: 'turn000001', failure: null, budget: null }

async function open() {
  const around = await surroundings()
  const store = new RunStore(around, (error) => {
    throw error
  })
  onTestFinished(() => store.close())
  return { ...around, store }
}

describe('a run in the registry', () => {
  test('is shown as its worker wrote it, newest first, in private files', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    const older = await entryOf(pid)
    const newer = await entryOf(pid, { runId: runId(2), startedAt: 2_000 })
    await registry.write(newer)
    await registry.write(older)
    await store.load()
    expect(store.list()).toEqual([
      { ...newer.run, usable: true },
      { ...older.run, usable: true },
    ])
    const modes = [registry.folder, join(registry.folder, `${runId(1)}.json`)].map(
      async (path) => (await stat(path)).mode,
    )
    expect((await Promise.all(modes)).map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '600'])
  })

  test('from before plans and changes were told of is read without them', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    const { run, ...entry } = await entryOf(pid)
    const { plan: _, changes, ...older } = run
    await writeFile(join(registry.folder, `${runId(1)}.json`), JSON.stringify({ ...entry, run: older }))
    await store.load()
    expect(store.list()).toEqual([{ ...older, plan: null, changes, usable: true }])
  })

  test('of another host is shown as it was written, and neither ended nor taken for dead here', async () => {
    const { store, registry, ...around } = await open()
    const worker = await sleeper()
    const entry = await entryOf(worker.pid)
    const away = { ...entry, endpoint: { host: 'box', path: '/run/claw/run1.sock', token: 'secret' } }
    await registry.write(away)
    await killed(worker)
    await store.load()
    const record = await registry.read(runId(1))
    const ending = record && endRun(record, { by: 'you', force: true }, { registry, ...around })
    await expect(ending).rejects.toThrow(`The run ${runId(1)} is on box, which cannot be reached from here.`)
    expect([store.list(), record?.entry, await registry.killRequest(runId(1))]).toEqual([
      [{ ...entry.run, usable: true }],
      away,
      null,
    ])
  })

  test('whose folder was open to others is closed to them', async () => {
    const { registry } = await open()
    await chmod(registry.folder, 0o755)
    await registry.prepare()
    expect((await stat(registry.folder)).mode & 0o777).toBe(0o700)
  })

  test.each([
    ['its worker died', {}, interrupted],
    ['its worker died before it began', { status: 'starting' }, { status: 'failed', exitCode: 1 }],
    [
      'it was over before',
      { status: 'completed', exitCode: 0, endedAt: 3_000 },
      { status: 'completed', endedAt: 3_000 },
    ],
  ] as const)('is told as it is when %s, on the disk too', async (_what, before, after) => {
    const { store, registry } = await open()
    const worker = await sleeper()
    await registry.write(await entryOf(worker.pid, before))
    await killed(worker)
    await store.load()
    const onDisk = (await registry.read(runId(1)))?.run
    expect([store.list()[0], onDisk]).toMatchObject([after, after])
  })

  test.each([
    ['completed', { status: 'completed', exitCode: 0, note: '' }],
    ['aborted', { status: 'killed', exitCode: 130, note: 'stopped by you' }],
    ['needs-approval', { status: 'failed', exitCode: 4 }],
  ])('whose worker died after the journal said "%s" ended that way', async (reason, outcome) => {
    const { store, registry, journalOf } = await open()
    const worker = await sleeper()
    const entry = await entryOf(worker.pid)
    await registry.write(entry)
    await writeFile(journalOf(entry.run.sessionId), `${JSON.stringify({ ...ended, reason })}\n`)
    await killed(worker)
    await store.load()
    expect(store.list()[0]).toMatchObject({ ...noLongerTrue, ...outcome })
  })

  test.each([
    ['nobody was asked', [], undefined],
    ['a person let it be the end', ['finish'], true],
    ['it was raised, and then met again', ['stop', 'raise'], undefined],
  ] as const)('whose worker died at a limit ended there: %s', async (_what, choices, endChosen) => {
    const { store, registry, journalOf } = await open()
    const worker = await sleeper()
    const entry = await entryOf(worker.pid)
    await registry.write(entry)
    const answers = choices.map((choice) => ({
      ...stamp,
      type: 'budget-answer',
      answer: choice === 'raise' ? { choice, to: 2 } : { choice },
    }))
    const lines = [...answers, { ...ended, reason: 'budget' }].map((line) => `${JSON.stringify(line)}\n`)
    await writeFile(journalOf(entry.run.sessionId), lines.join(''))
    await killed(worker)
    await store.load()
    const [run] = store.list()
    expect([run?.status, run?.exitCode, run?.endChosen]).toEqual(['failed', 3, endChosen])
  })

  test('is interrupted when the last turn of its session ended before it, or the end is cut', async () => {
    const { store, registry, journalOf } = await open()
    const worker = await sleeper()
    const entry = { ...(await entryOf(worker.pid)), afterSeq: 7 }
    await registry.write(entry)
    const line = JSON.stringify({ ...ended, reason: 'completed' })
    await writeFile(journalOf(entry.run.sessionId), `${line}\n${line.replace('"seq":7', '"seq":9').slice(0, -9)}`)
    await killed(worker)
    await store.load()
    expect(store.list()[0]).toMatchObject(interrupted)
  })

  test('stays killed when somebody asked for that, and is named', async () => {
    const { store, registry } = await open()
    const worker = await sleeper()
    await registry.write(await entryOf(worker.pid))
    await registry.requestKill(runId(1), 'you from the tray', 4_000)
    await killed(worker)
    await store.load()
    expect(store.list()[0]).toMatchObject({ status: 'killed', exitCode: 130, note: 'killed by you from the tray' })
  })

  test('is not kept alive by another process with its pid', async () => {
    const { store, registry } = await open()
    const { pid, exitCode } = await sleeper()
    const entry = await entryOf(pid)
    await registry.write({ ...entry, worker: { ...entry.worker, startedAt: '1' } })
    await store.load()
    expect([store.list()[0], exitCode]).toMatchObject([interrupted, null])
  })

  test('is not kept alive by a process of an earlier start of the machine', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    const entry = await entryOf(pid)
    await registry.write({ ...entry, worker: { ...entry.worker, boot: 'another' } })
    await store.load()
    expect(store.list()[0]).toMatchObject(interrupted)
  })

  test.runIf(process.platform === 'linux')('whose worker died leaves no process behind', async () => {
    const { store, registry } = await open()
    const worker = await sleeper()
    const stray = await sleeper({ [RUN_MARKER]: runId(1) })
    const other = await sleeper({ [RUN_MARKER]: runId(2) })
    await registry.write(await entryOf(worker.pid))
    await killed(worker)
    const gone = once(stray, 'exit')
    await store.load()
    expect([(await gone)[1], other.exitCode ?? other.signalCode]).toEqual(['SIGTERM', null])
  })

  test('whose clock was set back since it started ends no sooner than it began', async () => {
    const { store, registry } = await open()
    const worker = await sleeper()
    await registry.write(await entryOf(worker.pid, { startedAt: 9_000 }))
    await killed(worker)
    await store.load()
    expect(store.list()[0]).toMatchObject({ startedAt: 9_000, endedAt: 9_000 })
  })
})

describe('an entry of another version', () => {
  test('is shown as far as it can be read, cannot be attached to, and stays as it is', async () => {
    const { store, registry } = await open()
    const worker = await sleeper()
    const { run, ...rest } = await entryOf(worker.pid)
    const path = join(registry.folder, `${runId(1)}.json`)
    const text = JSON.stringify({ ...rest, version: 2, run: { ...run, status: 'dreaming', mood: 'good' }, more: 1 })
    await writeFile(path, text)
    await store.load()
    const alive = store.list()
    await killed(worker)
    await store.load()
    expect([alive, store.list(), await readFile(path, 'utf8')]).toMatchObject([
      [{ status: 'running', title: 'Do it.', usable: false, note: 'started by another version of the app' }],
      [{ status: 'interrupted', usable: false }],
      text,
    ])
  })

  test('of the same format, with more in it, keeps what it has when it is reconciled', async () => {
    const { store, registry } = await open()
    const worker = await sleeper()
    const { run, ...rest } = await entryOf(worker.pid)
    const path = join(registry.folder, `${runId(1)}.json`)
    await writeFile(path, JSON.stringify({ ...rest, run: { ...run, mood: 'good' }, more: 1 }))
    await killed(worker)
    await store.load()
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      more: 1,
      endpoint: null,
      run: { mood: 'good', status: 'interrupted' },
    })
  })

  test('that speaks another protocol is listed and not usable', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    await registry.write({ ...(await entryOf(pid)), protocol: 99 })
    await store.load()
    expect(store.list()).toMatchObject([{ status: 'running', usable: false }])
  })
})

describe('the store', () => {
  test('is told of entries as they appear, change and go, and of a worker that dies', async () => {
    const { store, registry } = await open()
    await store.watch()
    const next = () => new Promise<void>((resolve) => store.onChange(resolve))
    const worker = await sleeper()
    let changed = next()
    await registry.write(await entryOf(worker.pid))
    await changed
    const seen = [store.list()[0]?.phase]
    changed = next()
    await registry.write(await entryOf(worker.pid, { phase: 'thinking' }))
    await changed
    seen.push(store.list()[0]?.phase)
    changed = next()
    await killed(worker)
    await changed
    seen.push(store.list()[0]?.status)
    changed = next()
    await registry.remove(runId(1))
    await changed
    expect([seen, store.list()]).toEqual([['writing', 'thinking', 'interrupted'], []])
  })

  test('reads over what is no entry, and sweeps it away when it is old', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    const entry = await entryOf(pid)
    await registry.write(entry)
    const names = [
      `${runId(2)}.json`,
      `${runId(3)}.json.77.abc.tmp`,
      `${runId(3)}.sock`,
      `${runId(1)}.sock`,
      'notes.txt',
    ]
    const old = new Date(Date.now() - 3_600_000)
    for (const name of names) {
      await writeFile(join(registry.folder, name), '{"version":1,"ru')
      await utimes(join(registry.folder, name), old, old)
    }
    await appendFile(join(registry.folder, `${runId(4)}.json`), '{"version":1')
    await store.load()
    await registry.sweep((id) => store.list().some((run) => run.runId === id), Date.now())
    expect([store.list().length, (await readdir(registry.folder)).sort()]).toEqual([
      1,
      ['notes.txt', `${runId(1)}.json`, `${runId(1)}.sock`, `${runId(4)}.json`].sort(),
    ])
  })

  test('finds a run by the beginning of its id', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    for (const number of [1, 2]) await registry.write(await entryOf(pid, { runId: runId(number) }))
    const answers = await Promise.allSettled(['run0000002', 'run', 'x'].map((prefix) => store.find(prefix)))
    expect(answers.map((one) => (one.status === 'fulfilled' ? one.value.run.runId : one.reason.message))).toEqual([
      runId(2),
      `More than one run starts with "run": ${runId(1)}, ${runId(2)}.`,
      'No run starts with "x".',
    ])
  })

  test('knows whose worker has a session', async () => {
    const { store, registry } = await open()
    const { pid } = await sleeper()
    const { run } = await entryOf(pid)
    const before = await store.holderOf(run.sessionId)
    await registry.write(await entryOf(pid, { runId: runId(2), status: 'completed' }))
    await registry.write(await entryOf(pid))
    expect([before, (await store.holderOf(run.sessionId))?.run.runId]).toEqual([null, runId(1)])
  })
})
