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

/** The model that the presets recommend, under the name that each server gives it. */
const RECOMMENDED = 'Qwen3-Coder-30B-A3B-Instruct'

interface Preset {
  kind: BackendKind
  name: string
  baseUrl: string
  model: string
  needsKey: boolean
  /** One line for the card: who this is for. */
  tagline: string
  /** The command that starts the server; empty where there is none. */
  command: string
}

/** Defaults a person starts from; base URLs and ports from backends.md A. */
export const presets: readonly Preset[] = [
  {
    kind: 'vllm',
    name: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    model: `Qwen/${RECOMMENDED}`,
    needsKey: false,
    tagline: 'Your own GPU server',
    command: `vllm serve Qwen/${RECOMMENDED} --max-model-len 65536 --enable-auto-tool-choice --tool-call-parser qwen3_coder`,
  },
  {
    kind: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    model: 'qwen3-coder:30b',
    needsKey: false,
    tagline: 'On this computer, easy',
    command: 'ollama pull qwen3-coder:30b && OLLAMA_CONTEXT_LENGTH=32768 ollama serve',
  },
  {
    kind: 'litellm',
    name: 'LiteLLM',
    baseUrl: 'http://127.0.0.1:4000/v1',
    model: RECOMMENDED,
    needsKey: true,
    tagline: 'Your team’s proxy',
    command: 'litellm --config config.yaml --port 4000',
  },
  {
    kind: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'qwen/qwen3-coder-30b-a3b-instruct',
    needsKey: true,
    tagline: 'Hosted, pay per token',
    command: '',
  },
  {
    kind: 'llama-server',
    name: 'llama-server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    model: '',
    needsKey: false,
    tagline: 'llama.cpp, one GGUF file',
    command: `llama-server -m ${RECOMMENDED}-Q4_K_M.gguf --jinja -c 65536 --port 8080`,
  },
  {
    kind: 'lm-studio',
    name: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    model: '',
    needsKey: false,
    tagline: 'Desktop app with a server',
    command: 'lms server start',
  },
  {
    kind: 'custom',
    name: 'Another server',
    baseUrl: 'http://127.0.0.1:8000/v1',
    model: '',
    needsKey: false,
    tagline: 'Any OpenAI-compatible URL',
    command: '',
  },
]

/** Servers that run on the person's own machine or network by nature: patient timeouts, no price. */
export const localKinds: ReadonlySet<BackendKind> = new Set(['vllm', 'ollama', 'llama-server', 'lm-studio', 'demo'])

/** The words that stand wherever the demo backend answers. */
export const DEMO_LABEL = 'demo, no model'
