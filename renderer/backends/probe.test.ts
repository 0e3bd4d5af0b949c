import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import { asksAgain, readProbe } from './probe.ts'

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

test('a server is asked again while it is silent, loading or busy, but not with a key that it refused', () => {
  const busy = { ...failure('overloaded', 'x'), retryable: true }
  const replies = [
    { state: 'silent', failure: null },
    { state: 'loading', failure: null },
    { state: 'failed', failure: busy },
    { state: 'failed', failure: failure('auth', 'x') },
    { state: 'locked', failure: failure('auth', 'x') },
    { state: 'answers', failure: null },
  ] as const
  expect(replies.map(asksAgain)).toEqual([true, true, true, false, false, false])
})
