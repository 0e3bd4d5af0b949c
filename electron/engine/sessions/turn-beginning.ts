import type { MessageId, TurnId } from '#shared/ids.ts'
import { inQueue } from '#shared/session/queue.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { QueuedMessage } from '#shared/session/session-view.ts'
import { turnFacts } from '../agent/prompt.ts'
import { newMessageId } from '../lib/new-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import type { SessionServices } from './session-services.ts'
import type { SessionState } from './session-state.ts'
import { titleFrom } from './summary.ts'
import { keptOptions } from './turn-budget.ts'

interface NewTurn {
  turnId: TurnId
  text: string
  options: SendOptions
}

/**
 * What the model reads as one message: the messages that wait, and `text` behind them, or before the one named if that still
 * waits. An empty text adds nothing.
 */
export function messageOf(queued: readonly QueuedMessage[], text: string, before: MessageId | undefined): string {
  const waiting = queued.map((message) => ({ messageId: message.messageId, text: message.text }))
  const said = text === '' ? waiting : inQueue(waiting, { messageId: newMessageId(), text }, before)
  return said.map((message) => message.text).join('\n\n')
}

/** The events with which a turn begins: the title of the session where it has none, and the message with its facts. */
export function turnBeginning(
  { view, facts: knownFacts }: SessionState,
  { root, addedFolders }: Workspace,
  { clock, platform }: Pick<SessionServices, 'clock' | 'platform'>,
  policy: Policy,
  { turnId, text, options }: NewTurn,
): UnstampedEvent[] {
  const here = { cwd: root, addedFolders, platform, now: new Date(clock.now()), policy: policy.messageFacts() }
  const facts = turnFacts(here, knownFacts)
  const queued = view.queued.map(({ messageId }) => messageId)
  return [
    ...(view.title ? [] : [{ type: 'title' as const, title: titleFrom(text) }]),
    {
      ...{ type: 'turn-start', turnId, text, facts, ...keptOptions(options) },
      ...(queued.length > 0 && { queued }),
    },
  ]
}
