import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import {
  gate,
  httpError,
  json,
  raw,
  type ScriptedBackend,
  type ScriptedBackendOptions,
  silent,
  startScriptedBackend,
} from '../../../../test-support/scripted-backend.ts'
import { discoverLocalServers, identifyServer, localPorts } from './discover.ts'

const backends: ScriptedBackend[] = []
afterEach(() => Promise.all(backends.splice(0).map((backend) => backend.close())))

async function start(options: ScriptedBackendOptions): Promise<ScriptedBackend> {
  const backend = await startScriptedBackend(options)
  backends.push(backend)
  return backend
}

const listOf = (...data: object[]) => json({ object: 'list', data })
const text = (content: string, status = 200) => raw([content], { status, headers: { 'content-type': 'text/plain' } })
const loading = httpError(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })

it.each<[string, NonNullable<ScriptedBackendOptions['routes']>, object | null]>([
  [
    'vLLM',
    { '/v1/models': listOf({ id: 'a', owned_by: 'vllm', max_model_len: 9 }) },
    { kind: 'vllm', state: 'ready', models: ['a'] },
  ],
  [
    'vLLM that has no model yet',
    { '/v1/models': listOf(), '/version': json({ version: '0.20.2' }) },
    { kind: 'vllm', state: 'loading', models: [] },
  ],
  [
    'vLLM that wants a key',
    { '/v1/models': httpError(401, { error: 'Unauthorized' }), '/version': json({ version: '1' }) },
    { kind: 'vllm', state: 'ready', models: [] },
  ],
  [
    'Ollama without a model',
    { '/v1/models': json({ object: 'list', data: null }), '/api/version': json({ version: '0.0.0' }) },
    { kind: 'ollama', state: 'ready', models: [] },
  ],
  [
    'llama-server',
    { '/v1/models': listOf({ id: 'a' }), '/props': json({ total_slots: 1 }) },
    { kind: 'llama-server', state: 'ready', models: ['a'] },
  ],
  [
    'llama-server while it loads',
    { '/v1/models': loading, '/props': loading },
    { kind: 'llama-server', state: 'loading', models: [] },
  ],
  [
    'LiteLLM',
    { '/v1/models': listOf({ id: 'a', owned_by: 'openai' }), '/health/liveliness': json("I'm alive!") },
    { kind: 'litellm', state: 'ready', models: ['a'] },
  ],
  [
    'LM Studio, which answers 200 to any path',
    {
      '/v1/models': listOf({ id: 'a' }),
      '/api/v0/models': listOf({ id: 'a', type: 'llm' }),
      '/version': json({ error: 'Unexpected endpoint or method. (GET /version)' }),
      '/api/version': json({ error: 'Unexpected endpoint or method. (GET /api/version)' }),
    },
    { kind: 'lm-studio', state: 'ready', models: ['a'] },
  ],
  ['an unknown server with models', {}, { kind: 'custom', state: 'ready', models: ['scripted'] }],
  ['a web server', { '/v1/models': text('<html></html>') }, null],
  ['a web server without that page', { '/v1/models': text('Not found', 404) }, null],
  ['some other API behind a key', { '/v1/models': httpError(401, 'who are you') }, null],
])('knows %s', async (_name, routes, expected) => {
  const backend = await start({ routes })
  const found = await identifyServer(backend.baseUrl, null)
  expect(found && { kind: found.kind, state: found.state, models: found.models.map(({ id }) => id) }).toEqual(expected)
  const asked = backend.requests.map(({ method }) => method)
  expect(asked.every((method) => method === 'GET')).toBe(true)
})

it('finds the /v1 that is missing in the address', async () => {
  const backend = await start({})
  const found = await identifyServer(new URL(backend.baseUrl).origin, null)
  expect(found?.baseUrl).toBe(backend.baseUrl)
})

it('shows the key to the server that is asked for', async () => {
  const backend = await start({})
  await identifyServer(backend.baseUrl, 'k')
  expect(backend.requests[0]?.headers.authorization).toBe('Bearer k')
})

it('looks at all ports at once and leaves out what is silent, closed or no web server', async () => {
  const first = await start({ models: ['a'] })
  const second = await start({ models: ['b'] })
  const mute = await start({ routes: { '/v1/models': silent(gate().opened) } })
  const noise = createServer((socket) => socket.end('SSH-2.0\r\n'))
  await new Promise<void>((resolve) => noise.listen(0, '127.0.0.1', resolve))
  const address = noise.address()
  const noisePort = address && typeof address === 'object' ? address.port : 0
  const gone = await startScriptedBackend()
  await gone.close()
  const port = ({ baseUrl }: ScriptedBackend) => Number(new URL(baseUrl).port)
  const found = await discoverLocalServers([port(gone), port(second), noisePort, port(mute), port(first)])
  expect(found.map(({ baseUrl, models }) => [baseUrl, models.map(({ id }) => id)])).toEqual([
    [second.baseUrl, ['b']],
    [first.baseUrl, ['a']],
  ])
  noise.close()
})

it('takes ports from the environment', () => {
  expect(
    [undefined, '', 'none', '8000', ' 1, 2 ,x,70000'].map((ports) => localPorts({ CLAW_LOCAL_PORTS: ports })),
  ).toEqual([[8000, 11434, 4000, 8080, 1234], [8000, 11434, 4000, 8080, 1234], [], [8000], [1, 2]])
})
