import { z } from 'zod'
import { ProfileId } from '../ids.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '../verify/verify-command.ts'

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

/** How OpenRouter picks who serves a model (docs/servers.md F); what it adds later passes as it is. */
export const ProviderRouting = z.looseObject({
  order: z.array(z.string()).optional(),
  only: z.array(z.string()).optional(),
  ignore: z.array(z.string()).optional(),
  quantizations: z.array(z.string()).optional(),
  allow_fallbacks: z.boolean().optional(),
  require_parameters: z.boolean().optional(),
  zdr: z.boolean().optional(),
  data_collection: z.enum(['allow', 'deny']).optional(),
  sort: z.union([z.enum(['price', 'throughput', 'latency']), z.record(z.string(), z.json())]).optional(),
  max_price: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
})

/** Names that a sampling field must not have: they have a place of their own, or are not the person's to set. */
export const reservedSampling: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'stream',
  'temperature',
  'top_p',
  'seed',
  'max_tokens',
])

/** Sampling fields that not every server knows, such as `top_k`, `min_p`, `repetition_penalty`: as on the wire. */
const Sampling = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), z.number())
  .refine((fields) => !Object.keys(fields).some((name) => reservedSampling.has(name)))

const milliseconds = z.number().int().positive().max(86_400_000)

/**
 * What a server was found to want although its kind does not say so; it counts for this address and model only. Set by
 * the doctor.
 */
export const ServerCompat = z.object({
  baseUrl: z.string(),
  model: z.string(),
  /** Parameters that it refuses: they are left out. */
  leaveOut: z.array(z.string().max(100)).max(50).optional(),
  /** The name under which it wants `max_tokens`. */
  outputLimitName: z.string().max(100).optional(),
  /** It wants its reasoning back in the history. */
  returnReasoning: z.boolean().optional(),
  /** User and assistant have to take turns. */
  takeTurns: z.boolean().optional(),
})
export type ServerCompat = z.infer<typeof ServerCompat>

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
  topP: z.number().positive().max(1).optional(),
  seed: z.number().int().optional(),
  sampling: Sampling.optional(),
  /** The answer ends before any of these. */
  stop: z.array(z.string().min(1).max(200)).min(1).max(16).optional(),
  /** Commands that must pass before a turn that this profile answered counts as done. */
  verify: z.array(VerifyCommand).min(1).max(MOST_VERIFY_COMMANDS).optional(),
  /** OpenRouter only. */
  provider: ProviderRouting.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  extraBody: z.record(z.string(), z.json()).optional(),
  inputCostPerMillion: z.number().nonnegative().optional(),
  outputCostPerMillion: z.number().nonnegative().optional(),
  /** Of input that the server had in its cache; unset = as other input. */
  cachedInputCostPerMillion: z.number().nonnegative().optional(),
  /** Of output that went into reasoning; unset = as other output. */
  reasoningCostPerMillion: z.number().nonnegative().optional(),
  /** `wholeMs` is off unless it is set: a long answer is no fault. */
  timeouts: z
    .object({
      connectMs: milliseconds.optional(),
      firstByteMs: milliseconds.optional(),
      idleMs: milliseconds.optional(),
      wholeMs: milliseconds.optional(),
      /** How long a background run waits for a person's answer before it ends. */
      approvalMs: milliseconds.optional(),
    })
    .optional(),
  /** Its model sees images. Unset = it does not, and is told of them in words. */
  vision: z.boolean().optional(),
  /** How many answers the server writes at once. */
  slots: z.number().int().min(1).max(256).optional(),
  /** PEM file of the authority that signed the server's certificate; trusted beside the usual ones. */
  caFile: z.string().min(1).max(4096).optional(),
  compat: ServerCompat.optional(),
  /** Offered, never taken silently, when this one does not answer. */
  fallbackProfileId: ProfileId.optional(),
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
  cachedInputCostPerMillion: z.number().optional(),
  reasoningCostPerMillion: z.number().optional(),
  /** What the model was made for, where that is more than the server allots to it. */
  modelWindow: z.number().optional(),
  /** Beside text; a member that is not there = the server does not say. */
  abilities: z
    .object({ tools: z.boolean().optional(), vision: z.boolean().optional(), thinking: z.boolean().optional() })
    .optional(),
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
