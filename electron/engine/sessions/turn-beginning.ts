import type { TurnId } from '#shared/ids.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { turnFacts } from '../agent/prompt.ts'
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
