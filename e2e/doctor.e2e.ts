import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import {
  chunk,
  gate,
  httpError,
  json,
  type RecordedRequest,
  raw,
  type ScriptStep,
  startScriptedBackend,
  text,
  toolCall,
  toolCalls,
  usage,
} from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

const used = usage(20, 10, { prompt_tokens_details: { cached_tokens: 4 } })

/** A vLLM that does all that the doctor asks for. */
function answer(request: RecordedRequest) {
  const question = String(request.messages.at(-1)?.content)
  if (question.includes('twice')) {
    const cities = ['Paris', 'Rome'].map((city) => ['get_weather', { city }] as const)
    return toolCalls(cities, { usage: used })
  }
  if (request.body.tools) return toolCall('get_weather', { city: 'Paris' }, { usage: used })
  if (question.includes('300')) return raw([chunk({ content: '1' }), chunk({ content: ' 2' })], { end: 'hold' })
  return text('1 2 3 4 5 6 7 8 9 10', { chunks: 10, usage: used })
}

const plain = { headers: { 'content-type': 'text/plain' } }
const vllm: Record<string, ScriptStep> = {
  '/v1/models': json({
    object: 'list',
    data: [
      { id: 'scripted', root: 'Qwen/Qwen3-Coder-30B-A3B-Instruct', owned_by: 'vllm', max_model_len: 65536 },
      { id: 'other', root: 'other', owned_by: 'vllm', max_model_len: 65536 },
    ],
  }),
  '/version': json({ version: '0.28.0' }),
  '/metrics': raw(['vllm:num_requests_running{model_name="scripted"} 0.0\n'], plain),
}

test('a vLLM without tool flags is found out, and the command that mends it can be copied', async ({ machine }) => {
  const words = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
  const refusal = httpError(400, { error: { message: words, type: 'BadRequestError', param: null, code: 400 } })
  const backend = await startScriptedBackend({
    routes: { ...vllm, '/v1/chat/completions': (request) => (request.body.tools ? refusal : answer(request)) },
  })
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const doctor = page.getByRole('region', { name: 'Doctor' })
  await expect(doctor).toContainText('1 problem')
  const rows = doctor.getByRole('listitem')
  await expect(rows.first()).toContainText('Tool calls')
  await expect(rows.first()).toContainText(words)
  // What was not tried for one reason is one row.
  await expect(rows.filter({ hasText: '2 not tried' })).toHaveCount(1)
  await expect(rows).toHaveCount(11)
  await expect(doctor.locator('mark')).toHaveText('--enable-auto-tool-choice --tool-call-parser qwen3_coder')
  await rows.first().getByRole('button', { name: 'Copy' }).click()
  await expect(rows.first().getByRole('button', { name: 'Copied' })).toBeVisible()
  const port = new URL(backend.baseUrl).port
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(
    `vllm serve Qwen/Qwen3-Coder-30B-A3B-Instruct --served-model-name scripted --port ${port} --max-model-len 65536` +
      ' --api-key "$VLLM_API_KEY" --enable-auto-tool-choice --tool-call-parser qwen3_coder',
  )
  await expect(page.getByRole('region', { name: 'Profiles' })).toContainText('tool calls are refused')
  await expect(page.getByRole('main')).toContainText('1 needs attention')
  await backend.close()
})

test('a server that does everything right passes, and says so after a restart too', async ({ machine }) => {
  const backend = await startScriptedBackend({ routes: { ...vllm, '/v1/chat/completions': answer } })
  const env = environmentFor(backend)
  const first = await machine.launch({ env })
  await first.page.getByRole('link', { name: 'Backends' }).click()
  await first.page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(first.page.getByRole('region', { name: 'Profiles' })).toContainText('12 of 12 pass')
  await expect(first.page.getByRole('region', { name: 'Doctor' })).toContainText(
    /today \d\d:\d\d, took .*, used about \d+ tokens/,
  )
  await first.app.close()
  const { page } = await machine.launch({ env })
  await page.getByRole('link', { name: 'Backends' }).click()
  await expect(page.getByRole('region', { name: 'Profiles' })).toContainText('12 of 12 pass')
  await backend.close()
})

test('a running test shows how far it is and can be stopped', async ({ machine }) => {
  const never = gate()
  const backend = await startScriptedBackend({
    routes: { ...vllm, '/v1/chat/completions': text('1', { gate: never.opened }) },
  })
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const doctor = page.getByRole('region', { name: 'Doctor' })
  await expect(doctor).toContainText('4 of 12')
  const request = await backend.chatRequest(0)
  await page.getByRole('button', { name: 'Stop test' }).click()
  await request.closed
  await expect(doctor).toBeHidden()
  await expect(page.getByRole('button', { name: 'Test', exact: true })).toBeVisible()
  await backend.close()
})

test('a model that is not loaded is loaded only when a person says so', async ({ machine }) => {
  let loaded = false
  const backend = await startScriptedBackend({
    routes: {
      '/v1/models': json({ object: 'list', data: [{ id: 'scripted', object: 'model', owned_by: 'library' }] }),
      '/api/version': json({ version: '0.33.0' }),
      '/api/ps': () => json({ models: loaded ? [{ name: 'scripted', context_length: 4096 }] : [] }),
      '/api/show': json({ model_info: { 'general.architecture': 'q', 'q.context_length': 262144 } }),
      '/v1/chat/completions': (request) => {
        loaded = true
        return answer(request)
      },
    },
  })
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const load = page.getByRole('button', { name: 'Load the model and test' })
  await expect(load).toBeVisible()
  expect(backend.chatRequests()).toEqual([])
  await load.click()
  const doctor = page.getByRole('region', { name: 'Doctor' })
  await expect(doctor).toContainText('4,096 tokens are in use, the model could do 262,144.')
  await expect(doctor.locator('mark')).toHaveText('OLLAMA_CONTEXT_LENGTH=32768')
  await backend.close()
})

test('a remedy that changes the profile is one button, and the test runs again', async ({ machine }) => {
  const backend = await startScriptedBackend({ routes: { ...vllm, '/v1/chat/completions': answer } })
  const key = { source: 'none' } as const
  const box = { id: 'box', name: 'Box', kind: 'custom', baseUrl: backend.baseUrl, model: 'gone', key }
  await writeFile(
    join(machine.home, 'settings.json'),
    JSON.stringify({ ...defaultSettings, profiles: [box], defaultProfileId: 'box' }),
  )
  const { page } = await machine.launch()
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const doctor = page.getByRole('region', { name: 'Doctor' })
  await expect(doctor).toContainText('gone is not there. The server has scripted, other.')
  await doctor.getByRole('button', { name: 'Use scripted' }).click()
  await expect(page.getByRole('region', { name: 'Profiles' })).toContainText('12 of 12 pass')
  await page.getByRole('button', { name: 'Edit' }).click()
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('scripted')

  // What was found is about that server and that model: another name changes nothing, another model does.
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Crate')
  await page.getByRole('button', { name: 'Save changes', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Profiles' })).toContainText('Crate')
  await expect(doctor).toBeVisible()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('combobox', { name: 'Model' }).fill('other')
  await page.getByRole('button', { name: 'Save changes', exact: true }).click()
  await expect(doctor).toBeHidden()
  await backend.close()
})
