import { expect, test } from 'vitest'
import type { BackendKind } from '#shared/profile/profile.ts'
import { httpError, json, type ScriptStep, startScriptedBackend } from '../../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'
import { BackendError } from '../contract/backend-error.ts'

const studio = (...instances: object[]) =>
  json({
    models: [
      { key: 'qwen/qwen3-coder', loaded_instances: instances },
      { key: 'other', loaded_instances: [] },
    ],
  })

test.each<[string, BackendKind, string, ScriptStep, number | null | 'refused']>([
  ['llama-server', 'llama-server', '/props', json({ total_slots: 4, default_generation_settings: {} }), 4],
  ['llama-server without a right to ask', 'llama-server', '/props', httpError(403, 'no'), 'refused'],
  [
    'LM Studio by the key of a model',
    'lm-studio',
    '/api/v1/models',
    studio({ id: 'one', config: { context_length: 8192, parallel: 2 } }),
    2,
  ],
  [
    'LM Studio by the name of what is loaded',
    'lm-studio',
    '/api/v1/models',
    json({ models: [{ key: 'a', loaded_instances: [{ id: 'qwen/qwen3-coder', config: { parallel: 3 } }] }] }),
    3,
  ],
  ['LM Studio that does not say', 'lm-studio', '/api/v1/models', studio({ id: 'one', config: {} }), null],
  ['LM Studio with nothing loaded', 'lm-studio', '/api/v1/models', studio(), null],
  ['an older LM Studio', 'lm-studio', '/api/v1/models', httpError(404, 'Unexpected endpoint'), 'refused'],
])('how many answers %s writes at once', async (_name, kind, path, step, expected) => {
  const server = await startScriptedBackend({ routes: { [path]: step } })
  const backend = createBackend({
    profile: testProfile(server.baseUrl, { kind, model: 'qwen/qwen3-coder' }),
    key: null,
  })
  try {
    const asked = backend.slots?.(AbortSignal.timeout(10_000))
    if (expected === 'refused') await expect(asked).rejects.toThrow(BackendError)
    else expect(await asked).toBe(expected)
  } finally {
    await backend.close()
    await server.close()
  }
})
