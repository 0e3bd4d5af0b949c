import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProfileId } from '#shared/ids.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Backend, ChatRequest, StreamEvent } from '../electron/engine/backend/contract/backend.ts'
import { Ledger } from '../electron/engine/budget/ledger.ts'
import { Instructions } from '../electron/engine/instructions/instructions.ts'
import { Policies } from '../electron/engine/policy/policies.ts'
import { SessionStore } from '../electron/engine/sessions/session-store.ts'
import type { NewSession, Session } from '../electron/engine/sessions/sessions.ts'
import { builtinTools } from '../electron/engine/tools/builtin-tools.ts'
import { freeSlot } from './free-slot.ts'

type Answer = readonly StreamEvent[]

const stop: StreamEvent = {
  type: 'message_stop',
  finish: 'stop',
  rawFinish: 'stop',
  toolCalls: [],
  brokenToolCalls: [],
}

/** An answer of words alone. */
export const says = (text: string): Answer => [{ type: 'content_delta', text }, stop]

let calls = 0
/** An answer that calls one tool. */
export const uses = (name: string, args: object): Answer => [
  {
    ...stop,
    finish: 'tool_calls',
    toolCalls: [{ callId: `call${calls++}`, name, arguments: JSON.stringify(args), recovered: false }],
  },
]

/** May do everything, outside of the sandbox. */
export const allowed: Permissions = { write: 'allow', shell: 'allow', sandbox: false }

/** Real sessions in folders of their own, with the real tools; only the model is a script. */
export class SessionWorld {
  /** What the model answers, in order. */
  readonly answers: Answer[] = []
  readonly requests: ChatRequest[] = []
  profile: Profile = {
    id: ProfileId.parse('local'),
    name: 'Local',
    kind: 'vllm',
    baseUrl: 'http://127.0.0.1:1/v1',
    model: 'm',
    key: { source: 'none' },
  }
  readonly work: string
  readonly policies: Policies
  readonly instructions: Instructions
  readonly #top: string
  readonly #data: string
  readonly #ledger: Ledger
  store: SessionStore

  private constructor(top: string) {
    this.#top = top
    this.work = join(top, 'work')
    this.#data = join(top, 'data')
    const clock = { now: Date.now }
    this.#ledger = new Ledger(join(this.#data, 'ledger'), clock)
    this.policies = new Policies({ dataFolder: this.#data, clock, keyVariables: () => new Set() })
    this.instructions = new Instructions(this.#data, this.policies.trust)
    this.store = this.#open()
  }

  static async create(): Promise<SessionWorld> {
    const top = await realpath(await mkdtemp(join(tmpdir(), 'claw-session-world-')))
    await mkdir(join(top, 'work'))
    return new SessionWorld(top)
  }

  newSession(more: Partial<NewSession> = {}): Promise<Session> {
    const { work, profile } = this
    return this.store.create({ cwd: work, profileId: profile.id, permissions: allowed, canAnswer: false, ...more })
  }

  /** As after the end of the process: what was open is closed, and read again from its files. */
  async restart(): Promise<void> {
    await this.store.close()
    this.store = this.#open()
  }

  async close(): Promise<void> {
    await this.store.close()
    await this.#ledger.close()
    await rm(this.#top, { recursive: true })
  }

  #open(): SessionStore {
    const { answers, requests } = this
    const backend: Backend = {
      async *chat(request) {
        requests.push({ ...request, messages: [...request.messages] })
        const answer = answers.shift()
        if (!answer) throw new Error('The script is over.')
        yield* answer
      },
      listModels: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    }
    const services = {
      learnWindow: () => undefined,
      noteReach: () => undefined,
      backendFor: () => Promise.resolve({ backend, profile: this.profile }),
      tools: builtinTools,
      ledger: this.#ledger,
      limitSources: () => [],
      onLimitsChange: () => () => undefined,
      slots: { holder: () => freeSlot },
      background: false,
      policyFor: this.policies.policyFor.bind(this.policies),
      instructions: this.instructions,
      clock: { now: Date.now },
      platform: 'linux',
    }
    return new SessionStore({ dataFolder: this.#data, holder: 'a test', services })
  }
}
