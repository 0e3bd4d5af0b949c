import { FailureError } from '#shared/failure.ts'
import type { MessageId, TurnId } from '#shared/ids.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import { type Content, contentOf, joinedContent, kept } from '#shared/session/content.ts'
import { inQueue } from '#shared/session/queue.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { QueuedMessage } from '#shared/session/session-view.ts'
import { turnFacts } from '../agent/prompt.ts'
import type { TurnInstructions } from '../instructions/instructions.ts'
import { newMessageId } from '../lib/new-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import type { SessionServices } from './session-services.ts'
import type { SessionState } from './session-state.ts'
import { titleFrom } from './summary.ts'
import { keptOptions } from './turn-budget.ts'
import { assertFoldersThere } from './usable-folder.ts'

interface NewTurn {
  turnId: TurnId
  content: Content
  options: SendOptions
  instructions: TurnInstructions
}

/**
 * What the model reads as one message: the messages that wait, and what is said behind them, or before the one named if that
 * still waits. An empty text adds nothing.
 */
export function messageOf(queued: readonly QueuedMessage[], said: Content, before: MessageId | undefined): Content {
  const waiting = queued.map((message) => ({ messageId: message.messageId, content: contentOf(message) }))
  const all = said === '' ? waiting : inQueue(waiting, { messageId: newMessageId(), content: said }, before)
  return joinedContent(all.map(({ content }) => content))
}

/**
 * What is allowed in a turn that begins now. `FailureError`: `not-found` a folder of the session is gone, `invalid-input` a
 * manifest cannot be read, `storage`.
 */
export async function policyOfTurn(
  services: Pick<SessionServices, 'policyFor'>,
  workspace: Workspace,
): Promise<Policy> {
  await assertFoldersThere(workspace)
  return await services.policyFor(workspace)
}

/**
 * What the files of the folder say, as far as the model has not read it. `FailureError` `storage`: what the person trusts
 * cannot be read.
 */
export async function instructionsOfTurn(
  services: Pick<SessionServices, 'instructions' | 'backendFor'>,
  { root }: Workspace,
  { view, instructions: said }: SessionState,
  overrides: ProfileOverrides | undefined,
): Promise<TurnInstructions> {
  if (!services.instructions) return { text: '', changed: [] }
  return await services.instructions.ofTurn(root, said, async () => {
    try {
      const { profile, listedWindow } = await services.backendFor(view.profile.profileId, overrides)
      return profile.contextWindow ?? listedWindow ?? null
    } catch (error) {
      // The turn itself says why nobody can answer.
      if (error instanceof FailureError) return null
      throw error
    }
  })
}

/** The events with which a turn begins: the title of the session where it has none, and the message with its facts. */
export function turnBeginning(
  { view, facts: knownFacts }: SessionState,
  { root, addedFolders }: Workspace,
  { clock, platform }: Pick<SessionServices, 'clock' | 'platform'>,
  policy: Policy,
  { turnId, content, options, instructions }: NewTurn,
): UnstampedEvent[] {
  const here = { cwd: root, addedFolders, platform, now: new Date(clock.now()), policy: policy.messageFacts() }
  const said = kept(content)
  const facts = turnFacts(here, knownFacts)
  const queued = view.queued.map(({ messageId }) => messageId)
  return [
    ...(view.title ? [] : [{ type: 'title' as const, title: titleFrom(said.text) }]),
    {
      ...{ type: 'turn-start', turnId, ...said, facts, ...keptOptions(options) },
      ...(instructions.text !== '' && { instructions: instructions.text }),
      ...(queued.length > 0 && { queued }),
    },
    ...instructions.changed.map((path) => ({
      type: 'warning' as const,
      code: 'instructions-changed',
      message: `${path} changed since it was used last in this folder. It counts as it is now.`,
    })),
  ]
}
