import { randomBytes } from 'node:crypto'
import { answerTable } from '#shared/answer-table.ts'
import { FailureError, failure } from '#shared/failure.ts'
import { endWasChosen } from '#shared/session/session-state.ts'
import { type SessionVerb, sessionVerbs, type VerbInput, type VerbInputs } from '#shared/session/session-verbs.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'
import { systemClock } from '../lib/clock.ts'
import { ENGINE_BUILD } from '../lib/engine-build.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import { noLongerTrue } from '../runs/reconcile.ts'
import type { RunRegistry } from '../runs/registry.ts'
import { killedBy, outcomeOf, type RunOutcome } from '../runs/run-outcome.ts'
import type { StartData } from '../runs/start-data.ts'
import { type WorkerSocket, workerSocket } from '../runs/worker-socket.ts'
import type { Begun, Session } from '../sessions/sessions.ts'
import { Endpoint } from './endpoint.ts'
import { RunProgress } from './run-progress.ts'
import type { RunPublisher } from './run-publisher.ts'

/** How long a run that was given no message waits for its first one. Milliseconds. */
const FIRST_MESSAGE_MS = 30 * 60_000

export interface RunHostOptions {
  session: Session
  start: StartData
  registry: RunRegistry
  publisher: RunPublisher
  /** How many look on now; kept current here. */
  audience: { viewers: number }
  platform: string
  onEndRequest(listener: () => void): void
  onDefect(error: unknown): void
}

/** One open session as a background run: its turns one after the other, its viewers, its entry in the registry. */
export class RunHost {
  readonly #options: RunHostOptions
  readonly #progress: RunProgress
  readonly #socket: WorkerSocket
  /** The ends of the turns so far, in order; a message begins one or belongs to the running one. */
  readonly #turns: Promise<TurnEnd | null>[] = []
  #endpoint: Endpoint | null = null
  #closing = false
  /** Who wanted it to end, or where it went. */
  #outcome: RunOutcome | null = null

  private constructor(options: RunHostOptions, socket: WorkerSocket) {
    this.#options = options
    this.#socket = socket
    const view = options.session.view()
    const { turn, entry } = options.start
    this.#progress = new RunProgress(view, view.activity !== null || turn.kind === 'resume', entry.run.limits)
  }

  /** Listens, begins the turn, and publishes the run. `FailureError` `storage`. */
  static async begin(options: RunHostOptions): Promise<RunHost> {
    const { session, start, registry, publisher, platform, onDefect } = options
    const { runId } = start.entry.run
    const host = new RunHost(options, await workerSocket(registry.folder, runId, platform))
    try {
      const token = randomBytes(32).toString('base64url')
      const afterSeq = session.view().seq
      await host.#listen(token)
      options.onEndRequest(() => host.#endRequested().catch(onDefect))
      session.subscribe((event) => {
        host.#progress.apply(event, session.view())
        host.#publish()
      })
      await host.#first()
      publisher.begin(afterSeq, { host: null, path: host.#socket.path, token })
      await publisher.now(host.#progress.of(session.view()))
      return host
    } catch (error) {
      await host.removeSocket()
      if (error instanceof FailureError) throw error
      throw new FailureError(storageFailure('start a background run', error), { cause: error })
    }
  }

  /** When no turn runs and no message waits. */
  async ended(): Promise<RunOutcome> {
    let end: TurnEnd | null = null
    for (let index = 0; index < this.#turns.length; index++) {
      try {
        end = (await this.#turns[index]) ?? end
      } catch (error) {
        if (!(error instanceof FailureError)) throw error
        end = { reason: 'failed', failure: error.failure, budget: null, at: 0 }
      }
      if (end && end.reason !== 'completed' && this.#outcome) break
    }
    this.#closing = true
    if (this.#outcome || !end) return this.#outcome ?? nothingCame
    return outcomeOf(end, endWasChosen(this.#options.session.view().turns.at(-1)?.items ?? []))
  }

  /** Tells everybody that it is over. The session must be closed. */
  async close(outcome: RunOutcome): Promise<void> {
    const { publisher, session, onDefect, start } = this.#options
    const usage = this.#progress.usage(session.view())
    const endedAt = Math.max(systemClock.now(), start.entry.run.startedAt)
    const { worktree } = start.entry.run
    const left = worktree && { worktree: await (await import('../runs/worktree.ts')).withLeft(worktree) }
    // Where the disk refuses, whoever looks next finds the same in the journal.
    const { title } = session.view()
    await publisher.now({ ...noLongerTrue, ...outcome, ...left, usage, endedAt, title }, null).catch(onDefect)
    await this.#endpoint?.close(outcome.note)
  }

  async removeSocket(): Promise<void> {
    await this.#endpoint?.close('')
    await this.#socket.remove()
  }

  async #listen(token: string): Promise<void> {
    const { session, start, platform, publisher, audience, onDefect } = this.#options
    this.#endpoint = await Endpoint.listen({
      session,
      socket: this.#socket,
      platform,
      token,
      instanceId: start.entry.worker.instanceId,
      build: ENGINE_BUILD,
      onViewers: (viewers) => {
        audience.viewers = viewers
        publisher.soon({ viewers })
      },
      onDefect,
      answer: answerTable<VerbInputs>(sessionVerbs, {
        answer: (name, input) => this.#answer(name, input),
        onDefect,
      }),
    })
  }

  async #answer<Name extends SessionVerb>(name: Name, input: VerbInput<Name>): Promise<void> {
    const { session } = this.#options
    if (sessionVerbs[name].begins) await this.#begin(() => session.request(name, input))
    else if (name === 'leave') {
      const { to } = sessionVerbs.leave.input.parse(input)
      this.#outcome = { status: 'completed', exitCode: null, note: `went on in ${to}`, ending: 'moved' }
      await this.#stopWaiting(() => session.request('leave', { to }))
    } else await session.request(name, input)
  }

  async #begin(begin: () => Promise<Begun | undefined>): Promise<void> {
    if (this.#closing) throw new FailureError(ending)
    const begun = begin()
    // What could not begin is no turn of this run: who asked for it hears why.
    this.#turns.push(
      begun.then(
        (turn) => turn?.end ?? null,
        () => null,
      ),
    )
    await begun
  }

  #stopWaiting: (stop: () => Promise<unknown>) => Promise<void> = async (stop) => {
    this.#closing = true
    await stop()
  }

  async #first(): Promise<void> {
    const { session, start } = this.#options
    const { turn, send } = start
    if (turn.kind === 'prompt') this.#turns.push((await session.begin(turn.text, send)).end)
    else if (turn.kind === 'continue') {
      const going = await session.continueOpenTurn(send)
      // It came to its end while it was moved.
      const last = session.view().turns.at(-1)?.end
      if (going) this.#turns.push(going.end)
      else if (last) this.#turns.push(Promise.resolve(last))
    } else if (turn.kind === 'resume') this.#turns.push((await session.resume(send)).end)
    else this.#awaitMessage()
  }

  /** Something must be awaited until the first message is there. */
  #awaitMessage(): void {
    const { session } = this.#options
    const waiting = new Promise<TurnEnd>((resolve) => {
      const endUnbegun = () => resolve({ reason: 'completed', failure: null, budget: null, at: 0 })
      const timer = setTimeout(endUnbegun, FIRST_MESSAGE_MS)
      const unsubscribe = session.subscribe(({ type }) => {
        if (type !== 'turn-start' && type !== 'turn-resume') return
        clearTimeout(timer)
        unsubscribe()
        // The turn itself is the next to be awaited.
        endUnbegun()
      })
      this.#stopWaiting = async (stop) => {
        this.#closing = true
        clearTimeout(timer)
        endUnbegun()
        await stop()
      }
    })
    this.#turns.push(waiting)
  }

  #publish(): void {
    const { publisher, session, onDefect } = this.#options
    const before = publisher.entry().run
    const progress = this.#progress.of(session.view())
    // Before the run is published and after it is over, there is nothing to keep current.
    if (!publisher.isPublished()) return
    const isUrgent = before.status !== progress.status || before.approvals.length !== progress.approvals.length
    if (isUrgent) publisher.now(progress).catch(onDefect)
    else publisher.soon(progress)
  }

  async #endRequested(): Promise<void> {
    const { registry, session, start } = this.#options
    const request = await registry.killRequest(start.entry.run.runId)
    this.#outcome = request ? killedBy(request.by) : signalled
    await this.#stopWaiting(() => session.request('stop', {}))
  }
}

const nothingCame: RunOutcome = { status: 'completed', exitCode: 0, note: 'no message came', ending: 'unread' }
const signalled: RunOutcome = {
  status: 'killed',
  exitCode: 130,
  note: 'ended by a signal from outside',
  ending: 'signal',
}
const ending = failure('transport', 'The run ended before this message was read. Send it again.', { retryable: true })
