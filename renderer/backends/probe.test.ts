import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import { readProbe } from './probe.ts'

const model = {
  id: 'a',
  contextWindow: null,
  maxOutputTokens: null,
  inputCostPerMillion: null,
  outputCostPerMillion: null,
}
const server = { kind: 'vllm', baseUrl: 'http://127.0.0.1:8000/v1', state: 'ready', models: [model] } as const

test('an answer of the server becomes one of six states', () => {
  const replies = [
    { ok: true, value: { server: { ...server, models: [model] }, models: [model] } },
    { ok: true, value: { server: null, models: [model] } },
    { ok: true, value: { server: { ...server, state: 'loading', models: [] }, models: [] } },
    { ok: true, value: { server: null, models: [] } },
    { ok: false, failure: failure('unreachable', 'x') },
    { ok: false, failure: failure('auth', 'x') },
    { ok: false, failure: failure('server-error', 'x') },
  ] satisfies Parameters<typeof readProbe>[0][]
  expect(replies.map((reply) => readProbe(reply, false)).map(({ state, models }) => [state, models.length])).toEqual([
    ['answers', 1],
    ['answers', 1],
    ['loading', 0],
    ['silent', 0],
    ['silent', 0],
    ['locked', 0],
    ['failed', 0],
  ])
  const refused = readProbe({ ok: false, failure: failure('auth', 'x') }, true)
  expect(refused.state).toBe('failed')
})
