import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { expect, test } from 'vitest'
import { identityOf } from '../../electron/engine/lib/process-identity.ts'
import { workerIdentity } from '../../electron/engine/runs/run-entry.ts'
import { SessionId } from '../../shared/ids.ts'
import { unstartedRun } from '../../shared/run/background.ts'
import { gate, text } from '../../test-support/scripted-backend.ts'
import { openEngine } from './support/engine.ts'
import { endWithTest, processGone, runIs, runsFolder } from './support/registry.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const kept = join(import.meta.dirname, '../fixtures/kept-build')

/** The data folder of the earlier build, in this world's place. */
async function bringData(world: World): Promise<void> {
  await cp(join(kept, 'data'), world.home, { recursive: true })
  for (const name of await readdir(world.home, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue
    const path = join(name.parentPath, name.name)
    const content = await readFile(path, 'utf8')
    await writeFile(path, content.replaceAll('{{FOLDER}}', dirname(world.home)))
  }
}

test('what an earlier build kept is read: sessions, runs, settings, limits and what was spent', async () => {
  const world = await createWorld(text('I go on.'))
  await bringData(world)
  const { out: sessions } = await world.run(['sessions', '--json'])
  const { out: runs } = await world.run(['agent-ps', '--json'])
  expect([
    JSON.parse(sessions)
      .map(({ sessionId, title, state }: Record<string, unknown>) => [sessionId, title, state])
      .sort(),
    JSON.parse(runs),
  ]).toEqual([
    [
      ['369c4dxixj', 'explain sum.js', 'idle'],
      ['j5lcpcmwj4', 'say hello twice', 'budget'],
      ['rz8apbghte', 'background task', 'idle'],
      ['u20zkh6o62', 'write notes', 'idle'],
    ],
    [
      expect.objectContaining({
        runId: 't60zzlabew',
        status: 'completed',
        exitCode: 0,
        usage: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }),
      }),
    ],
  ])
  const { out: profiles } = await world.run(['profiles', 'list'])
  const { out: budget } = await world.run(['budget', '--since', '2026-11-30'])
  const { out: limits } = await world.run(['budget'])
  expect([
    /kept-model/.test(profiles),
    /^2026-11-30 .*: 6 model calls, 240 in, 60 out/m.test(budget),
    /50,000/.test(limits),
  ]).toEqual([true, true, true])
  const { code, out } = await world.run(['agent-resume', 'u20z', 'Go on.', '--json'])
  expect([code, jsonLines(out).at(-1)?.finalText]).toEqual([0, 'I go on.'])
  const request = world.backend.requests.findLast(({ path }) => path.endsWith('/chat/completions'))
  const messages = request?.body.messages
  expect(Array.isArray(messages) ? messages.map(({ role }) => role) : messages).toEqual([
    ...['system', 'user', 'assistant', 'tool', 'assistant', 'user'],
  ])
})

test('a run of an earlier build that goes on is listed, shown and killed', async () => {
  const held = gate()
  const world = await createWorld(text('It is being written.', { chunks: 2, gate: held.opened }))
  endWithTest(world)
  const worker = await startKeptWorker(world)
  const running = await runIs(world, worker.runId, (run) => run.phase === 'writing')
  const listed = JSON.parse((await world.run(['agent-ps', '--json'])).out)
  expect(listed).toMatchObject([{ runId: worker.runId, status: 'running', prompt: 'Write.' }])
  const attached = world.start(['agent-attach', worker.runId])
  await attached.out.seen('It is')
  const { code } = await world.run(['agent-kill', worker.runId])
  await processGone(running.worker.pid)
  await attached.exit
  const after = JSON.parse((await world.run(['agent-ps', '--json'])).out)
  expect([code, after]).toMatchObject([0, [{ runId: worker.runId, status: 'killed' }]])
})

test('a run of an earlier build is steered: it understands what it is asked, and what it does is seen', async () => {
  const held = gate()
  const world = await createWorld(text('It is being written.', { chunks: 2, gate: held.opened }))
  endWithTest(world)
  const worker = await startKeptWorker(world)
  await runIs(world, worker.runId, (run) => run.phase === 'writing')
  const engine = await openEngine(world)
  const session = await engine.sessions.open(SessionId.parse('keptsess01'))
  expect(session.runId).toBe(worker.runId)
  const begun = await session.request('send', { text: 'And more.' })
  const [message] = session.view().queued
  if (message) await session.request('takeBack', { messageId: message.messageId })
  await session.request('rename', { title: 'Steered' })
  await session.request('setPermissions', { permissions: { write: 'deny', shell: 'deny', sandbox: true } })
  await session.request('stop', { turnId: session.view().turns[0]?.turnId })
  const end = await begun?.end
  await engine.close()
  const { queued, title, permissions } = session.view()
  expect([message?.text, queued, title, permissions.write, end?.reason]).toEqual([
    ...['And more.', [], 'Steered', 'deny', 'aborted'],
  ])
})

/** Starts the worker of the earlier build as that build did: published as `starting`, told on its input what to do. */
async function startKeptWorker(world: World): Promise<{ runId: string }> {
  const program = join(dirname(world.home), 'kept-worker', 'worker.js')
  await mkdir(dirname(program))
  await writeFile(join(dirname(program), 'package.json'), '{ "type": "module" }')
  await writeFile(program, await promisify(brotliDecompress)(await readFile(join(kept, 'worker.js.br'))))
  await mkdir(runsFolder(world), { recursive: true, mode: 0o700 })
  const runId = 'keptrun001'
  const child = spawn(process.execPath, [program], {
    cwd: runsFolder(world),
    env: { ...world.env, CLAW_BACKGROUND_RUN: runId },
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  const identity = await workerIdentity(await identityOf(child.pid ?? 0), 'kept-instance')
  const permissions = { write: 'ask', shell: 'ask', sandbox: true }
  const run = {
    ...{ ...unstartedRun, runId, sessionId: 'keptsess01', status: 'starting', pid: child.pid, cwd: world.work },
    ...{ profileId: 'environment', profileName: 'Environment', model: 'scripted', prompt: 'Write.', title: 'Write.' },
    ...{ permissions, origin: 'a terminal', startedAt: Date.now(), limits: {} },
  }
  const entry = { version: 1, protocol: 2, run, worker: identity, endpoint: null, afterSeq: 0 }
  await writeFile(join(runsFolder(world), `${runId}.json`), JSON.stringify(entry))
  const { OPENAI_BASE_URL = '', OPENAI_MODEL = '' } = world.env
  child.stdin?.end(
    JSON.stringify({
      ...{ dataFolder: world.home, entry, env: { OPENAI_BASE_URL, OPENAI_MODEL }, key: null, overrides: {} },
      ...{
        session: { kind: 'new', addedFolders: [] },
        turn: { kind: 'prompt', text: 'Write.' },
        permissions,
        send: {},
      },
    }),
  )
  const report = await new Promise<string>((resolve) => child.stdio[3]?.once('data', (data) => resolve(String(data))))
  expect(JSON.parse(report)).toEqual({ ok: true })
  child.unref()
  return { runId }
}
