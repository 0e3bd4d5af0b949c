import { stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { duplexPair, pipeline } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerTable } from '#shared/answer-table.ts'
import { FailureError, failure } from '#shared/failure.ts'
import { TurnId } from '#shared/ids.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { sessionVerbs, type VerbInputs } from '#shared/session/session-verbs.ts'
import { FakeSession, sessionId } from '../../../test-support/fake-sessions.ts'
import { entryOf, surroundings } from '../../../test-support/run-entries.ts'
import { connectHere } from '../remote/connect-here.ts'
import { WorkerMessages } from '../remote/protocol.ts'
import { RemoteSession } from '../remote/remote-session.ts'
import { type Connect, RunAddress } from '../runs/run-address.ts'
import type { RunEntry } from '../runs/run-entry.ts'
import { RUN_PROTOCOL } from '../runs/run-version.ts'
import { workerSocket } from '../runs/worker-socket.ts'
import { Endpoint } from './endpoint.ts'

const hello = { type: 'hello', protocol: RUN_PROTOCOL, token: 'secret', instanceId: 'instance-1' }
const delta = (text: string) => ({ type: 'text-delta', text }) as const

async function listen() {
  const { registry } = await surroundings()
  const session = new FakeSession(sessionId(1))
  const asked: unknown[] = []
  let late = false
  const viewers: number[] = []
  const socket = await workerSocket(registry.folder, 'run1', process.platform)
  const take = async (name: string, input: unknown) => {
    asked.push([name, input])
    if (name === 'send' && late) throw new FailureError(failure('transport', 'The run ended.'))
    if (name === 'rename') throw new FailureError(failure('storage', 'The disk is full.'))
    if (name === 'stop') throw new TypeError('secret text')
  }
  const defects: unknown[] = []
  const endpoint = await Endpoint.listen({
    ...{ session, socket, build: 'build-1', token: hello.token, instanceId: hello.instanceId },
    platform: process.platform,
    answer: answerTable<VerbInputs>(sessionVerbs, { answer: take, onDefect: (error) => defects.push(error) }),
    onViewers: (count) => viewers.push(count),
    onDefect: (error) => defects.push(error),
  })
  onTestFinished(() => endpoint.close(''))
  const entry: RunEntry = {
    ...(await entryOf(process.pid, { sessionId: session.id })),
    endpoint: { host: null, path: socket.path, token: hello.token },
  }
  const attach = async (change: Partial<RunEntry> = {}, connect = connectHere) => {
    const remote = await RemoteSession.attach({ ...entry, ...change }, connect, 2_000)
    onTestFinished(() => remote.close())
    return remote
  }
  const readNoMore = () => {
    late = true
  }
  return { session, endpoint, socket, entry, asked, viewers, defects, attach, readNoMore }
}

/** All that a visitor is told before the line is closed. */
async function visit(path: string, ...lines: (string | object)[]): Promise<string> {
  const socket: Socket = connect(path)
  let said = ''
  socket.on('data', (bytes) => {
    said += String(bytes)
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  // Hung up on while it still writes.
  socket.on('error', () => undefined)
  for (const line of lines) socket.write(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)
  await closed
  return said
}

async function events(remote: RemoteSession, count: number): Promise<SessionEvent[]> {
  const seen: SessionEvent[] = []
  await new Promise<void>((resolve) => {
    remote.subscribe((event) => {
      seen.push(event)
      if (seen.length === count) resolve()
    })
  })
  return seen
}

describe('the private socket', () => {
  test('is for the user alone', async () => {
    const { socket } = await listen()
    expect((await stat(socket.path)).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['a wrong token', [{ ...hello, token: 'guessed' }], 'This is not the run that was meant.'],
    ['another worker in mind', [{ ...hello, instanceId: 'instance-0' }], 'This run belongs to another version'],
    ['another version', [{ ...hello, protocol: 99 }], 'This run belongs to another version of the app.'],
    ['a request before a greeting', [{ type: 'request', id: 1, name: 'stop', input: {} }], ''],
    ['what is no JSON', ['{"type":\n'], ''],
    ['what is no message', [hello, { type: 'request', name: 'stop' }], 'snapshot'],
    ['a line without an end', [hello, 'x'.repeat(8_100_000)], 'snapshot'],
  ])('hangs up on %s, and does nothing', async (_what, lines, words) => {
    const { socket, asked } = await listen()
    expect([await visit(socket.path, ...lines), asked]).toEqual([expect.stringContaining(words), []])
  })

  test('answers what fits with what came of it, a defect without its details', async () => {
    const { attach, asked, defects } = await listen()
    const remote = await attach()
    const answers = await Promise.allSettled([
      remote.begin('Hi'),
      remote.request('answer', { callId: 'c1', answer: { decision: 'deny', reason: 'No.' } }),
      remote.request('rename', { title: 'x'.repeat(201) }),
      remote.request('rename', { title: 'Title' }),
      remote.request('stop', { turnId: TurnId.parse('turn000001') }),
    ])
    expect(answers.map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.failure.message))).toEqual([
      'done',
      'done',
      '"rename" was asked in a way that does not fit.',
      'The disk is full.',
      'That did not work because of a defect in the app. Try again.',
    ])
    expect([asked, defects]).toEqual([
      [
        ['send', { text: 'Hi' }],
        ['answer', { callId: 'c1', answer: { decision: 'deny', reason: 'No.' } }],
        ['rename', { title: 'Title' }],
        ['stop', { turnId: 'turn000001' }],
      ],
      [new TypeError('secret text')],
    ])
  })
})

describe('what a worker says', () => {
  /** An event that our own schema does not know, as another build may send it. */
  const said = (build: string | undefined) => {
    const view = new FakeSession(sessionId(1)).view()
    const snapshot = { type: 'snapshot', sessionId: sessionId(1), view, ...(build !== undefined && { build }) }
    const events = { type: 'events', sessionId: sessionId(1), events: [{ type: 'dance', seq: 1, at: 1 }] }
    return { snapshot, events }
  }
  const read = (messages: WorkerMessages, value: unknown) => messages.read(value)?.type ?? null

  test.each([
    ['our own build is taken as it is', 'build-1', 'build-1', ['snapshot', 'events']],
    ['another build is examined whole', 'build-1', 'build-0', ['snapshot', null]],
    ['an older build, which does not name itself, is examined whole', 'build-1', undefined, ['snapshot', null]],
    ['a program that runs without a build is examined whole', '', '', ['snapshot', null]],
  ])('by %s', (_what, own, build, understood) => {
    const messages = new WorkerMessages(own)
    const { snapshot, events } = said(build)
    expect([snapshot, events].map((value) => read(messages, value))).toEqual(understood)
  })

  test('is refused where not even its envelope is understood', () => {
    const messages = new WorkerMessages('build-1')
    const { snapshot } = said('build-1')
    const values = [
      snapshot,
      { ...snapshot, view: null },
      { type: 'events', sessionId: sessionId(1), events: {} },
      'hi',
    ]
    expect(values.map((value) => read(messages, value))).toEqual(['snapshot', null, null, null])
  })

  test('names its build', async () => {
    const { socket } = await listen()
    expect(await visit(socket.path, hello, 'no JSON\n')).toContain('"build":"build-1"')
  })
})

describe('a remote session', () => {
  test('is reached over the way that is handed in, for the address in its entry', async () => {
    const { attach, entry, endpoint, socket, asked } = await listen()
    const addresses: RunAddress[] = []
    const tunnel: Connect = (address) => {
      addresses.push(RunAddress.parse(address))
      const [near, far] = duplexPair()
      pipeline(far, connect(socket.path), far, () => undefined)
      return near
    }
    const away = { host: 'box', path: '/run/user/1000/run1.sock', token: hello.token }
    const remote = await attach({ ...entry, endpoint: away }, tunnel)
    await remote.begin('Hi')
    const over = new Promise<void>((resolve) => remote.onEnd(resolve))
    await endpoint.close('')
    await over
    expect([addresses, asked, remote.connectionFailure()]).toEqual([
      [{ host: 'box', path: '/run/user/1000/run1.sock' }],
      [['send', { text: 'Hi' }]],
      null,
    ])
  })

  test('on a host that nothing leads to is refused in words', async () => {
    const { attach, entry } = await listen()
    const away = attach({ ...entry, endpoint: { host: 'box', path: '/run1.sock', token: 'secret' } })
    await expect(away).rejects.toEqual(
      new FailureError(failure('transport', 'That run is on box, which cannot be reached from here.')),
    )
  })

  test('a message that comes too late is given back when the worker has left, so that it can be sent elsewhere', async () => {
    const { endpoint, asked, attach, readNoMore } = await listen()
    const remote = await attach()
    readNoMore()
    const order: string[] = []
    const sent = remote.begin('More.').catch(({ failure: { code } }: FailureError) => order.push(code))
    remote.onEnd(() => order.push('left'))
    // Answered after the message, as one line follows the other.
    await remote.request('persisted', {})
    expect([asked.length, order]).toEqual([2, []])
    await endpoint.close('over')
    await sent
    expect(order).toEqual(['left', 'transport'])
  })

  test('hears what happened in the instant before the goodbye', async () => {
    const { session, endpoint, attach } = await listen()
    session.startTurn()
    const remote = await attach()
    const ended = new Promise<void>((resolve) => remote.onEnd(resolve))
    for (const word of ['one ', 'two ', 'three']) session.emit(delta(word))
    await endpoint.close('over')
    await ended
    expect(remote.view()).toEqual(session.view())
  })

  test('is the same as the one over there, for every viewer, from when it looks', async () => {
    const { session, attach, viewers } = await listen()
    session.startTurn()
    session.emit(delta('before '))
    const [one, two] = [await attach(), await attach()]
    expect([one.view(), two.view()]).toEqual([session.view(), session.view()])
    const seen = [events(one, 3), events(two, 3)]
    session.emit(delta('after '))
    session.emit({ type: 'phase', phase: 'running-tool', detail: 'bash' })
    session.endTurn()
    const [first, second] = await Promise.all(seen)
    expect([first, one.view(), viewers]).toEqual([second, session.view(), [1, 2]])
    expect(first?.map(({ type }) => type)).toEqual(['text-delta', 'phase', 'turn-end'])
  })

  test('ends the promise of a message with its turn', async () => {
    const { session, attach } = await listen()
    const remote = await attach()
    session.startTurn()
    const { end } = await remote.begin('Hi')
    session.endTurn()
    expect(await end).toMatchObject({ reason: 'completed' })
  })

  test('hears the goodbye of its worker, and then nothing is lost', async () => {
    const { endpoint, attach } = await listen()
    const remote = await attach()
    const ended = new Promise<void>((resolve) => remote.onEnd(resolve))
    await endpoint.close('done')
    await ended
    expect([remote.connectionFailure(), await remote.request('stop', {}).catch((error) => error.failure.code)]).toEqual(
      [null, 'transport'],
    )
  })

  test('a viewer that reads slowly gets one snapshot in the place of what it missed', async () => {
    const { session, attach, socket } = await listen()
    session.startTurn()
    const slow = connect(socket.path)
    slow.pause()
    slow.write(`${JSON.stringify(hello)}\n`)
    const quick = await attach()
    for (let index = 0; index < 60; index++) {
      session.emit(delta('x'.repeat(500_000)))
      await new Promise(setImmediate)
    }
    await expect.poll(() => quick.view().seq, { timeout: 20_000 }).toBe(session.view().seq)
    let text = ''
    slow.on('data', (bytes) => {
      text += String(bytes)
    })
    slow.resume()
    await expect.poll(() => text.split('"type":"snapshot"').length, { timeout: 20_000 }).toBe(3)
    slow.destroy()
    expect(text.length).toBeLessThan(60_000_000)
  })

  test('a worker of another version, and one that is gone, say so', async () => {
    const { attach, entry, endpoint } = await listen()
    const code = (attached: Promise<unknown>) =>
      attached.then(
        () => 'attached',
        (error: FailureError) => error.failure.code,
      )
    const other = await code(attach({ worker: { ...entry.worker, instanceId: 'instance-0' } }))
    await endpoint.close('')
    expect([other, await code(attach())]).toEqual(['busy', 'transport'])
  })
})
