import { z } from 'zod'
import { ProfileId } from '#shared/ids.ts'
import { Permissions } from '#shared/policy/permissions.ts'
import { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import { SendOptions } from '#shared/session/send-options.ts'
import { RunEntry } from './run-entry.ts'

/** What the session of a run is: a new one, or one that exists, with what changes about it. */
export const RunSession = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('new'),
    addedFolders: z.array(z.string()),
    systemPrompt: z.string().optional(),
    appendSystemPrompt: z.string().optional(),
  }),
  z.object({ kind: z.literal('existing'), addedFolders: z.array(z.string()) }),
])
export type RunSession = z.infer<typeof RunSession>

/** `continue`: a turn that was begun elsewhere and is not over. `resume`: one that ended before it was complete. `await`: the next message, whoever sends it. */
export const RunTurn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt'), text: z.string().min(1) }),
  z.object({ kind: z.literal('continue') }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('await') }),
])
export type RunTurn = z.infer<typeof RunTurn>

/**
 * What a worker is told on its input, once: the only way for a prompt and a key into it. Folder, profile and permissions
 * are those of the entry.
 */
export const StartData = z.object({
  dataFolder: z.string(),
  /** As `starting`; the worker writes it from here on. */
  entry: RunEntry,
  /** Variables that name a backend or hold a key; they are not in the environment of the worker. */
  env: z.record(z.string(), z.string()),
  /** Of the run's profile; null = it needs none, or cannot be read now. */
  key: z.object({ profileId: ProfileId, value: z.string() }).nullable(),
  session: RunSession,
  turn: RunTurn,
  overrides: ProfileOverrides,
  permissions: Permissions,
  send: SendOptions,
})
export type StartData = z.infer<typeof StartData>
