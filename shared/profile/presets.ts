import type { BackendKind } from './profile.ts'

/** The model that the presets recommend, under the name that each server gives it. */
const RECOMMENDED = 'Qwen3-Coder-30B-A3B-Instruct'

export interface Preset {
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

/** Defaults a person starts from; base URLs and ports from docs/servers.md A. */
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
