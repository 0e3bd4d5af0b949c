import { z } from 'zod'
import { ProfileId } from './ids.ts'

export const BackendKind = z.enum([
  'vllm',
  'ollama',
  'litellm',
  'openrouter',
  'llama-server',
  'lm-studio',
  'custom',
  'demo',
])
export type BackendKind = z.infer<typeof BackendKind>

/** Where the key is; never the key itself. */
export const KeyReference = z.discriminatedUnion('source', [
  z.object({ source: z.literal('none') }),
  z.object({ source: z.literal('keychain') }),
  z.object({ source: z.literal('file') }),
  z.object({ source: z.literal('env'), name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
])
export type KeyReference = z.infer<typeof KeyReference>

/** A saved backend. Token counts are tokens, prices USD per million tokens, times milliseconds. */
export const Profile = z.object({
  id: ProfileId,
  name: z.string().min(1).max(60),
  kind: BackendKind,
  /** Up to and with `/v1` where the server has it; http is upgraded to https unless the host is local or `plainHttp` is set. */
  baseUrl: z.string().max(2000),
  /** Empty = the first model that the server lists. */
  model: z.string().max(300),
  key: KeyReference,
  plainHttp: z.boolean().optional(),
  contextWindow: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  extraBody: z.record(z.string(), z.json()).optional(),
  inputCostPerMillion: z.number().nonnegative().optional(),
  outputCostPerMillion: z.number().nonnegative().optional(),
  timeouts: z
    .object({
      connectMs: z.number().int().positive().optional(),
      firstByteMs: z.number().int().positive().optional(),
      idleMs: z.number().int().positive().optional(),
    })
    .optional(),
})
export type Profile = z.infer<typeof Profile>

/** A model as a server lists it. */
export const ModelInfo = z.object({
  id: z.string(),
  contextWindow: z.number().nullable(),
  maxOutputTokens: z.number().nullable(),
  /** USD per million tokens; null = not known. */
  inputCostPerMillion: z.number().nullable(),
  outputCostPerMillion: z.number().nullable(),
})
export type ModelInfo = z.infer<typeof ModelInfo>

/** A server that answered on a usual port. */
export const FoundServer = z.object({
  kind: BackendKind,
  baseUrl: z.string(),
  state: z.enum(['ready', 'loading']),
  models: z.array(ModelInfo),
})
export type FoundServer = z.infer<typeof FoundServer>
