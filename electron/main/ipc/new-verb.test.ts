import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { answerTable } from '#shared/answer-table.ts'
import { sessionRequestHandlers, sessionRequests } from '#shared/feed/session-requests.ts'
import { sessionVerbs } from '#shared/session/session-verbs.ts'
import { FakeSession, sessionId } from '../../../test-support/fake-sessions.ts'
import { entryOf, surroundings } from '../../../test-support/run-entries.ts'
import { connectHere } from '../../engine/remote/connect-here.ts'
import { WorkerConnection } from '../../engine/remote/worker-connection.ts'
import { workerSocket } from '../../engine/runs/worker-socket.ts'
import { Endpoint } from '../../engine/worker/endpoint.ts'
import { requestRouter } from './router.ts'

// What a new verb costs: this entry, this handler, and whoever asks it. The rest of this file is what is there already.
const verbs = {
  ...sessionVerbs,
  pin: { input: z.object({ note: z.string() }), fromWindow: z.object({ note: z.string().max(5) }), begins: false },
}
class PinnedSession extends FakeSession {
  readonly pins: string[] = []
  async pin({ note }: { note: string }): Promise<void> {
    this.pins.push(note)
  }
}

const onDefect = (error: unknown) => {
  throw error
}
const misfit = { code: 'invalid-input', message: expect.stringContaining('does not fit'), retryable: false }

test('a new verb of the table is asked by the window', async () => {
  const session = new PinnedSession(sessionId(1))
  const handlers = sessionRequestHandlers(verbs, async (_name, request) => {
    await session.pin(verbs.pin.input.parse(request))
    return null
  })
  const ask = requestRouter<Record<keyof typeof handlers, { sessionId: typeof session.id }>>(
    sessionRequests(verbs),
    handlers,
    onDefect,
  )
  const replies = [
    await ask('session.pin', { sessionId: session.id, note: 'here' }),
    await ask('session.pin', { sessionId: session.id, note: 'too long' }),
    await ask('session.pin', { note: 'here' }),
  ]
  expect([replies, session.pins]).toEqual([
    [
      { ok: true, value: null },
      { ok: false, failure: { ...misfit, message: '"session.pin" was asked in a way that does not fit.' } },
      { ok: false, failure: misfit },
    ],
    ['here'],
  ])
})

test('and of the worker of a run, where one that does not know it says so', async () => {
  const { registry } = await surroundings()
  const session = new PinnedSession(sessionId(1))
  const socket = await workerSocket(registry.folder, 'run1', process.platform)
  const entry = { ...(await entryOf(process.pid)), endpoint: { host: null, path: socket.path, token: 'secret' } }
  const endpoint = await Endpoint.listen({
    ...{ session, socket, platform: process.platform, token: 'secret', build: '', instanceId: entry.worker.instanceId },
    answer: answerTable<{ pin: { note: string } }>(verbs, { answer: (name, input) => session[name](input), onDefect }),
    onViewers: () => undefined,
    onDefect,
  })
  onTestFinished(() => endpoint.close(''))
  const connection = new WorkerConnection(connectHere(entry.endpoint), entry, 2_000, {
    onMessage: () => undefined,
    onEnd: () => undefined,
  })
  onTestFinished(() => connection.close())
  await connection.request('pin', { note: 'over there' })
  await expect(connection.request('pin', {})).rejects.toMatchObject({ failure: misfit })
  await expect(connection.request('unpin', {})).rejects.toThrow('Something was asked that this app does not know.')
  expect(session.pins).toEqual(['over there'])
})
