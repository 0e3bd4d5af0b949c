import { expect, test } from 'vitest'
import type { ModelInfo } from '#shared/profile/profile.ts'
import { emptySetup, readSetup, setKind } from './setup.ts'

const model = (id: string): ModelInfo => ({
  id,
  contextWindow: null,
  maxOutputTokens: null,
  inputCostPerMillion: null,
  outputCostPerMillion: null,
})

test('another kind brings its address, but not over one that a person wrote', () => {
  const ollama = setKind(emptySetup, 'ollama')
  const custom = setKind(ollama, 'custom')
  const own = setKind({ ...ollama, baseUrl: 'http://lab:11434/v1' }, 'vllm')
  expect([ollama.baseUrl, custom.baseUrl, setKind(custom, 'vllm').baseUrl, own.baseUrl]).toEqual([
    'http://127.0.0.1:11434/v1',
    '',
    'http://127.0.0.1:8000/v1',
    'http://lab:11434/v1',
  ])
})

test('the model is the recommended one where the server has it or says nothing, else its first', () => {
  const models = [[], [model('a'), model('Qwen/Qwen3-Coder-30B-A3B-Instruct')], [model('a'), model('b')]].map(
    (listed) => {
      const result = readSetup(emptySetup, listed, [], true)
      return result.ok && result.input.profile.model
    },
  )
  expect(models).toEqual(['Qwen/Qwen3-Coder-30B-A3B-Instruct', 'Qwen/Qwen3-Coder-30B-A3B-Instruct', 'a'])
})

test('a key goes to the keychain, without one to a file after a yes, and OpenRouter wants one', () => {
  const openRouter = setKind(emptySetup, 'openrouter')
  const keyed = { ...openRouter, key: 'sk-1' }
  const shape = (...args: Parameters<typeof readSetup>) => {
    const result = readSetup(...args)
    return result.ok ? [result.input.profile.key.source, result.input.key, result.input.storage] : result.problems
  }
  expect([
    shape(openRouter, [], [], true),
    shape(keyed, [], [], true),
    shape(keyed, [], [], false),
    shape({ ...keyed, fileConsent: true }, [], [], false),
    shape(emptySetup, [], [], false),
  ]).toEqual([
    { newKey: 'OpenRouter needs a key. Get one and paste it here.' },
    ['keychain', 'sk-1', 'keychain'],
    { fileConsent: 'Say yes to the file, or choose another place for the key.' },
    ['file', 'sk-1', 'file'],
    ['none', undefined, undefined],
  ])
})
