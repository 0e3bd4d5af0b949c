import { z } from 'zod'
import { ProfileId, SessionId } from '../ids.ts'
import { Permissions } from '../policy/permissions.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '../verify/verify-command.ts'

/** About 1 MB, like a message. */
const DraftText = z.string().max(1_000_000)

/** What a person chose for the chat that they are about to begin; null = what the settings propose. */
export const NewChatChoice = z.object({
  folder: z.string().max(4096).nullable(),
  profileId: ProfileId.nullable(),
  permissions: Permissions.nullable(),
  /** Missing in memories from before verification. */
  verify: z.array(VerifyCommand).max(MOST_VERIFY_COMMANDS).nullable().optional(),
})
export type NewChatChoice = z.infer<typeof NewChatChoice>

/** What the window knows beyond its own life: what was written and not sent, and where a person was. */
export const WindowMemory = z.object({
  /** By the chat that they belong to: the id of a session, or `new-chat`. */
  drafts: z.record(z.string().max(100), DraftText),
  newChat: NewChatChoice,
  /** The chat that is open; null = a new one. */
  open: SessionId.nullable(),
  /** What came to its end while nobody looked. */
  unseen: z.array(SessionId).max(10_000),
})
export type WindowMemory = z.infer<typeof WindowMemory>

/** What changed of it. An empty draft is none. */
export const WindowMemoryChange = WindowMemory.partial()
export type WindowMemoryChange = z.infer<typeof WindowMemoryChange>
