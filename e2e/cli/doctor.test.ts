import { expect, onTestFinished, test } from 'vitest'
import {
  chunk,
  httpError,
  json,
  type RecordedRequest,
  raw,
  type ScriptStep,
  startScriptedBackend,
  text,
  toolCall,
  toolCalls,
} from '../../test-support/scripted-backend.ts'
import { createWorld } from './support/world.ts'

function answer(request: RecordedRequest) {
  const question = String(request.messages.at(-1)?.content)
  if (question.includes('twice')) {
    return toolCalls([
      ['get_weather', { city: 'Paris' }],
      ['get_weather', { city: 'Rome' }],
    ])
  }
  if (request.body.tools) return toolCall('get_weather', { city: 'Paris' })
  if (question.includes('300')) return raw([chunk({ content: '1' }), chunk({ content: ' 2' })], { end: 'hold' })
  return text('1 2 3 4', { chunks: 4 })
}

/** `claw doctor` against a server with these routes. */
async function doctor(routes: Record<string, ScriptStep>, ...args: string[]) {
  const world = await createWorld()
  const backend = await startScriptedBackend({ routes: { '/v1/chat/completions': answer, ...routes } })
  onTestFinished(() => backend.close())
  const env = { OPENAI_BASE_URL: backend.baseUrl, OPENAI_MODEL: 'scripted' }
  return { ...(await world.run(['doctor', ...args], { env })), backend }
}

const signs = (out: string) => out.split('\n').filter((line) => /^[✓!✗–] /.test(line))

test('doctor prints a row for each check, the sum of it, and ends with 0 when there is no problem', async () => {
  const { code, out } = await doctor({})
  expect(code).toBe(0)
  expect(signs(out).map((line) => line.slice(0, 26).trim())).toEqual([
    '✓ Reachable',
    '✓ Key',
    '✓ Model',
    '✓ Streams',
    '✓ Usage in the stream',
    '✓ Reasoning',
    '✓ Tool calls',
    '✓ Tool calls, whole reply',
    '✓ Two calls at once',
    '✓ System message',
    '– Context window',
    '✓ Cancel',
  ])
  expect(out).toMatch(/\n11 of 12 pass; took .+, used about \d+ tokens\.\n$/)
})

test('a problem comes with the words of the server and what to do, and the exit code is 1', async () => {
  const words = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
  const refusal = httpError(400, { error: { message: words, type: 'BadRequestError', param: null, code: 400 } })
  const { code, out } = await doctor({
    '/v1/models': json({ object: 'list', data: [{ id: 'scripted', root: 'Qwen/Qwen3-8B', owned_by: 'vllm' }] }),
    '/v1/chat/completions': (request) => (request.body.tools ? refusal : answer(request)),
  })
  expect(code).toBe(1)
  expect(out).toContain(`    It said: ${words}\n`)
  expect(out).toContain(' --enable-auto-tool-choice --tool-call-parser hermes --reasoning-parser qwen3\n')
})

test('--json is one object, and a server that is not there is exit code 5', async () => {
  const world = await createWorld()
  await world.backend.close()
  const { code, out } = await world.run(['doctor', '--json'])
  const report = JSON.parse(out) as { checks: { id: string; state: string }[] }
  expect([code, report.checks.length, report.checks[0]]).toEqual([
    5,
    12,
    expect.objectContaining({ id: 'reachable', state: 'problem' }),
  ])
})

test('a model that is not loaded is not loaded by a script without --load', async () => {
  const ollama = {
    '/v1/models': json({ object: 'list', data: [{ id: 'scripted', owned_by: 'library' }] }),
    '/api/ps': json({ models: [] }),
  }
  const without = await doctor(ollama)
  expect([without.code, without.backend.chatRequests().length]).toEqual([4, 0])
  const allowed = await doctor(ollama, '--load')
  expect([allowed.code, allowed.backend.chatRequests().length > 0]).toEqual([0, true])
})
