import { describe, expect, it } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { FoundServer, Profile } from '#shared/profile/profile.ts'
import { demoProfile, environmentProfile } from './built-in-profiles.ts'
import { activeProfile, findProfile, profileFromFound } from './choose-profile.ts'

const id = (text: string) => ProfileId.parse(text)

function profile(name: string): Profile {
  return { ...demoProfile, id: id(name), name, kind: 'custom', baseUrl: 'http://127.0.0.1:1/v1' }
}

const environment = { ...profile('environment'), name: 'Environment' }

function found(
  kind: FoundServer['kind'],
  state: FoundServer['state'] = 'ready',
  models: string[] = ['m'],
): FoundServer {
  const unknown = { contextWindow: null, maxOutputTokens: null, inputCostPerMillion: null, outputCostPerMillion: null }
  return { kind, baseUrl: `http://${kind}/v1`, state, models: models.map((model) => ({ id: model, ...unknown })) }
}

describe('the profile of a new chat', () => {
  const [a, b] = [profile('a'), profile('b')]
  it.each([
    ['nothing is configured, so the demo is not chosen by itself', [demoProfile], null, null, null],
    ['the first saved one where no default counts', [a, b, demoProfile], null, 'gone', 'a'],
    ['the saved default', [a, b, demoProfile], null, 'b', 'b'],
    ['the environment before the saved default', [environment, a, b, demoProfile], null, 'b', 'environment'],
    ['what was chosen just now before the environment', [environment, a, b, demoProfile], 'a', 'b', 'a'],
    ['not a choice that is gone', [environment, a, demoProfile], 'gone', 'a', 'environment'],
    ['the demo where it was chosen', [demoProfile], null, 'demo', 'demo'],
    ['never the demo beside a real one, though it is the default', [a, demoProfile], null, 'demo', 'a'],
    ['never the demo beside a real one, though it was chosen just now', [a, b, demoProfile], 'demo', 'b', 'b'],
  ])('is %s', (_what, profiles, chosen, byDefault, expected) => {
    const active = activeProfile(profiles, chosen ? id(chosen) : null, byDefault ? id(byDefault) : null)
    expect(active?.id ?? null).toBe(expected)
  })
})

describe('the profile of a server that was found', () => {
  it('is the first ready one in the order of likelihood', () => {
    const servers = [found('lm-studio'), found('ollama', 'loading'), found('llama-server'), found('litellm')]
    expect(profileFromFound(servers, [demoProfile])).toEqual({
      id: 'litellm',
      name: 'LiteLLM',
      kind: 'litellm',
      baseUrl: 'http://litellm/v1',
      model: '',
      key: { source: 'none' },
    })
  })

  it('takes the recommended model where the server has it', () => {
    expect(profileFromFound([found('ollama', 'ready', ['a', 'qwen3-coder:30b'])], [])?.model).toBe('qwen3-coder:30b')
  })

  it('is null while none is ready', () => {
    expect(profileFromFound([found('llama-server', 'loading')], [])).toBe(null)
  })

  it('is null where the server lists no model: it wants a key, or none was pulled', () => {
    expect(profileFromFound([found('litellm', 'ready', [])], [])).toBe(null)
  })

  it('is called by its address where it does not say what it is', () => {
    const made = profileFromFound([{ ...found('custom'), baseUrl: 'http://127.0.0.1:8000/v1' }], [])
    expect([made?.id, made?.name]).toEqual(['custom', '127.0.0.1:8000'])
  })

  it('takes an id and a name that are free', () => {
    const made = profileFromFound([found('vllm')], [{ ...profile('vllm'), name: 'vLLM' }])
    expect([made?.id, made?.name]).toEqual(['vllm-2', 'vLLM 2'])
  })
})

describe('finding a profile', () => {
  const profiles = [{ ...profile('gpu-box'), name: 'Work' }, profile('gpu-home'), demoProfile]
  it.each([
    ['gpu-box', 'gpu-box'],
    ['WORK', 'gpu-box'],
    ['gpu-h', 'gpu-home'],
    ['wo', 'gpu-box'],
    ['de', 'demo'],
  ])('"%s" is %s', (wanted, expected) => {
    expect(findProfile(profiles, wanted).id).toBe(expected)
  })

  it.each([
    ['gpu', 'invalid-input', '"gpu" fits more than one profile: gpu-box, gpu-home. Write more of it.'],
    ['vllm', 'not-found', 'There is no profile "vllm". There are: gpu-box, gpu-home, demo.'],
    ['', 'not-found', 'There is no profile "". There are: gpu-box, gpu-home, demo.'],
  ])('"%s" is refused as %s', (wanted, code, message) => {
    expect(() => findProfile(profiles, wanted)).toThrow(
      expect.objectContaining({ failure: { code, message, retryable: false } }),
    )
  })
})

describe('the profile of the environment', () => {
  const made = (env: Record<string, string>) => {
    const profile = environmentProfile(env)
    return profile && [profile.kind, profile.baseUrl, profile.model, profile.key]
  }
  const fromKey = { source: 'env', name: 'OPENAI_API_KEY' }
  it.each([
    [{}, null],
    [{ OPENAI_API_KEY: 'k' }, null],
    [{ OPENAI_MODEL: 'm' }, null],
    [{ OPENAI_BASE_URL: ' ' }, null],
    [{ OPENAI_BASE_URL: 'http://h:8000/v1/' }, ['custom', 'http://h:8000/v1', '', { source: 'none' }]],
    [
      { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', OPENAI_MODEL: 'm' },
      ['ollama', 'http://127.0.0.1:11434/v1', 'm', { source: 'none' }],
    ],
    [
      { OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENAI_API_KEY: 'k' },
      ['openrouter', 'https://openrouter.ai/api/v1', '', fromKey],
    ],
    [{ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' }, ['custom', 'https://api.openai.com/v1', 'm', fromKey]],
  ])('of %o is %o', (env, expected) => {
    expect(made(env)).toEqual(expected)
  })
})
