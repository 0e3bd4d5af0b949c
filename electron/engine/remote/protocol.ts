import { z } from 'zod'
import { Failure } from '#shared/failure.ts'
import { MessageId, ProfileId, SessionId } from '#shared/ids.ts'
import { Permissions } from '#shared/policy/permissions.ts'
import { SessionEntry } from '#shared/session/session-entry.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'

/** From a viewer. The first must be `hello`. */
export const ToWorker = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.number(),
    token: z.string().max(200),
    instanceId: z.string().max(200),
  }),
  z.object({ type: z.literal('ping') }),
  /** One of `sessionVerbs`. */
  z.object({ type: z.literal('request'), id: z.number().int(), name: z.string(), input: z.unknown() }),
])
export type ToWorker = z.infer<typeof ToWorker>

const stamp = { seq: z.number().int(), at: z.number() }
const Transient = z.discriminatedUnion('type', [
  z.object({ type: z.literal('tool-output'), ...stamp, callId: z.string(), text: z.string() }),
  z.looseObject({ type: z.literal('phase'), ...stamp, phase: z.string(), detail: z.string().optional() }),
])
/** The fields of a phase are words for people: one that is not known yet is shown as it is. */
const anyEvent = z.union([SessionEntry, Transient])

/** Only what this side relies on to fold further. */
const foldable = z.looseObject({
  sessionId: SessionId,
  cwd: z.string(),
  title: z.string(),
  seq: z.number().int(),
  updatedAt: z.number(),
  profile: z.looseObject({ profileId: ProfileId, profileName: z.string(), model: z.string() }),
  permissions: Permissions,
  turns: z.array(
    z.looseObject({ turnId: z.string(), text: z.string(), items: z.array(z.looseObject({ kind: z.string() })) }),
  ),
  approvals: z.array(z.looseObject({ since: z.number() })),
  queued: z.array(z.object({ messageId: MessageId, text: z.string(), at: z.number() })),
})
/** To a viewer: the messages of the feed, and what belongs to the line itself. What the feed carries is not examined yet. */
const FromWorker = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    sessionId: SessionId,
    view: z.custom<SessionView>((value) => typeof value === 'object' && value !== null),
    /** The build of the worker; older ones do not say it. */
    build: z.string().optional(),
  }),
  z.object({
    type: z.literal('events'),
    sessionId: SessionId,
    events: z.custom<readonly SessionEvent[]>((value) => Array.isArray(value)),
  }),
  /** The run is over: its journal is closed and free. */
  z.object({ type: z.literal('closed'), sessionId: SessionId, message: z.string() }),
  z.object({ type: z.literal('refused'), message: z.string() }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('reply'), id: z.number().int(), failure: Failure.nullable() }),
])
export type FromWorker = z.infer<typeof FromWorker>

/**
 * Reads what one worker says. Views and events of another build are examined whole; those of a worker of our own build
 * were made by this very code, so they are taken as they are.
 */
export class WorkerMessages {
  readonly #build: string
  #isOwn = false

  /** `build`: our own; empty = nobody is of it. */
  constructor(build: string) {
    this.#build = build
  }

  /** Reads a message of a worker; null = this version does not understand it. */
  read(value: unknown): FromWorker | null {
    const message = FromWorker.safeParse(value)
    if (!message.success) return null
    const { data } = message
    if (data.type === 'snapshot') this.#isOwn = this.#build !== '' && data.build === this.#build
    return this.#isOwn || isUnderstood(data) ? data : null
  }
}

function isUnderstood(message: FromWorker): boolean {
  if (message.type === 'snapshot') return foldable.safeParse(message.view).success
  return message.type !== 'events' || message.events.every((event) => anyEvent.safeParse(event).success)
}
