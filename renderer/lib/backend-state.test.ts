import { expect, test } from 'vitest'
import { type FailureCode, failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { type ModelInfo, Profile } from '#shared/profile/profile.ts'
import { chosenModel, hostOf, learnedWords, prices, remedyFor, stateLine, tokens } from './backend-state.ts'

const profile = Profile.parse({
  id: 'one',
  name: 'One',
  kind: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  model: 'qwen3-coder',
  key: { source: 'none' },
})
const model = (id: string, change: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  contextWindow: null,
  maxOutputTokens: null,
  inputCostPerMillion: null,
  outputCostPerMillion: null,
  ...change,
})
const backend = (change: Partial<BackendStatus>): BackendStatus => ({
  profile,
  origin: 'saved',
  reach: 'ready',
  failure: null,
  models: [],
  checkedAt: null,
  ...change,
})
const failed = (code: FailureCode) => backend({ reach: 'failed', failure: failure(code, 'x') })

test('a backend says in a few words how it is', () => {
  const demo = Profile.parse({ ...profile, kind: 'demo', model: 'demo' })
  const states = [
    backend({ profile: demo }),
    backend({ reach: 'unknown' }),
    backend({ reach: 'checking' }),
    backend({ models: [model('qwen3-coder:latest')] }),
    backend({ models: [model('other'), model('another')] }),
    backend({ profile: { ...profile, model: '' }, models: [model('a'), model('b')] }),
    failed('unreachable'),
    failed('auth'),
    failed('timeout'),
    failed('server-error'),
  ]
  expect(states.map((state) => [stateLine(state).tone, stateLine(state).text])).toEqual([
    ['off', 'demo, no model'],
    ['off', 'not asked yet'],
    ['off', 'asking…'],
    ['ok', '1 model'],
    ['warn', 'its model is not listed'],
    ['ok', '2 models'],
    ['off', 'not reachable'],
    ['danger', 'key refused'],
    ['warn', 'no answer in time'],
    ['danger', 'failed'],
  ])
})

test('the chosen model is the named one as the server spells it, or its first', () => {
  const models = [model('a'), model('qwen3-coder:latest')]
  expect([
    chosenModel({ profile, models }),
    chosenModel({ profile: { ...profile, model: '' }, models }),
    chosenModel({ profile: { ...profile, model: 'gone' }, models }),
    chosenModel({ profile: { ...profile, model: '' }, models: [] }),
  ]).toEqual(['qwen3-coder:latest', 'a', null, null])
})

test('a price that nobody knows is never $0, and a server of one’s own is free', () => {
  const hosted: Profile = { ...profile, kind: 'openrouter' }
  expect([
    prices(model('a'), profile),
    prices(model('a'), hosted),
    prices(model('a', { inputCostPerMillion: 0, outputCostPerMillion: 0 }), hosted),
    prices(model('a', { inputCostPerMillion: 0.07, outputCostPerMillion: 1.5 }), hosted),
    prices(model('a', { inputCostPerMillion: 3 }), hosted),
    prices(model('a', { inputCostPerMillion: 3 }), { ...hosted, inputCostPerMillion: 2, outputCostPerMillion: 4 }),
  ]).toEqual(['free', 'not known', 'free', '$0.070 / $1.50', '$3.00 / not known', '$2.00 / $4.00'])
  expect([tokens(65536), tokens(null)]).toEqual(['65,536', 'not known'])
})

test('a server on this computer that does not answer gets the command that starts it', () => {
  const away: Profile = { ...profile, baseUrl: 'http://10.0.0.7:11434/v1' }
  const down = failure('unreachable', 'x')
  expect([remedyFor(profile, down).command, remedyFor(away, down).command]).toEqual([
    'ollama pull qwen3-coder:30b && OLLAMA_CONTEXT_LENGTH=32768 ollama serve',
    undefined,
  ])
  expect(remedyFor(profile, failure('auth', 'x')).action).toBe('key')
})

test('a host is shown with its port, and text that is no URL as it is', () => {
  expect([hostOf('https://openrouter.ai/api/v1'), hostOf('http://127.0.0.1:8000/v1'), hostOf('local')]).toEqual([
    'openrouter.ai',
    '127.0.0.1:8000',
    'local',
  ])
})

test('what was learned of a server is told while it is about this address and model', () => {
  const compat = { baseUrl: profile.baseUrl, model: profile.model }
  const words = (more: object, change: Partial<Profile> = {}) =>
    learnedWords({ ...profile, compat: { ...compat, ...more }, ...change })
  expect([
    learnedWords(profile),
    words({ leaveOut: ['seed', 'temperature'], outputLimitName: 'max_completion_tokens' }),
    words({ returnReasoning: true, takeTurns: true }),
    words({ takeTurns: true }, { model: 'another' }),
  ]).toEqual([
    '',
    'asked without seed, temperature, answer length as max_completion_tokens',
    'gets its reasoning back, user and assistant take turns',
    '',
  ])
})
