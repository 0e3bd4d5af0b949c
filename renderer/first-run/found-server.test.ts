import { expect, test } from 'vitest'
import type { FoundServer, ModelInfo } from '#shared/profile/profile.ts'
import { canUse, foundWords, profileOfFound } from './found-server.ts'

const model = (id: string, contextWindow: number | null = null): ModelInfo => ({
  id,
  contextWindow,
  maxOutputTokens: null,
  inputCostPerMillion: null,
  outputCostPerMillion: null,
})
const ollama: FoundServer = {
  kind: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  state: 'ready',
  models: [model('llama3.2'), model('qwen3-coder:30b', 4096), model('gemma')],
}
const vllm: FoundServer = {
  kind: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  state: 'loading',
  models: [],
}

test('a found server says what it has, and what it still lacks', () => {
  expect([
    foundWords(ollama),
    foundWords(vllm),
    foundWords({ ...ollama, models: [] }),
    foundWords({ ...vllm, state: 'ready' }),
  ]).toEqual([
    {
      name: 'Ollama',
      badge: { tone: 'ok', text: 'recommended model is there' },
      text: 'qwen3-coder:30b and 2 more, at 127.0.0.1:11434. Its window is 4,096 tokens; Claw asks for 32,768.',
    },
    {
      name: 'vLLM',
      badge: { tone: 'warn', text: 'loading' },
      text: 'Answers at 127.0.0.1:8000, still loading its model.',
    },
    {
      name: 'Ollama',
      badge: { tone: 'warn', text: 'no model' },
      text: 'Answers at 127.0.0.1:11434, but has no model yet. Load one there, then look again.',
    },
    {
      name: 'vLLM',
      badge: { tone: 'warn', text: 'wants a key' },
      text: 'Answers at 127.0.0.1:8000, but lists its models only for a key.',
    },
  ])
  expect([ollama, vllm, { ...vllm, state: 'ready' as const }].map(canUse)).toEqual([true, false, false])
})

test('using a found server saves its recommended model, without a key, under a free name', () => {
  const first = profileOfFound(ollama, [])
  expect(first).toEqual({
    profile: {
      id: 'ollama',
      name: 'Ollama',
      kind: 'ollama',
      baseUrl: 'http://127.0.0.1:11434/v1',
      model: 'qwen3-coder:30b',
      key: { source: 'none' },
      contextWindow: 32768,
    },
  })
  const second = profileOfFound({ ...vllm, state: 'ready', models: [model('a')] }, [{ ...first.profile, name: 'vLLM' }])
  expect([second.profile.name, second.profile.id, second.profile.model]).toEqual(['vLLM 2', 'vllm-2', 'a'])
})
