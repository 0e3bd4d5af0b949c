import fc from 'fast-check'
import { expect, test } from 'vitest'
import { presets } from '#shared/profile/presets.ts'
import { Profile } from '#shared/profile/profile.ts'
import {
  type FormContext,
  fieldsFromPreset,
  fieldsFromProfile,
  type ProfileFields,
  readForm,
  schemeHint,
} from './profile-form.ts'

const empty: FormContext = { original: null, takenIds: [], takenNames: ['Lab'], keychain: true }
const preset = (kind: string) => {
  const found = presets.find((one) => one.kind === kind)
  if (!found) throw new Error(`no preset ${kind}`)
  return found
}
const vllm = fieldsFromPreset(preset('vllm'), [], true)
const problemsOf = (change: Partial<ProfileFields>, context = empty) => {
  const result = readForm({ ...vllm, ...change }, context)
  return result.ok ? {} : result.problems
}

test('every preset that needs no key can be saved as it comes, and the others ask for the key alone', () => {
  const results = presets.map((one) => {
    const result = readForm(fieldsFromPreset(one, [], true), empty)
    return [one.kind, result.ok ? result.input.profile.baseUrl : Object.keys(result.problems)]
  })
  expect(results).toEqual([
    ['vllm', 'http://127.0.0.1:8000/v1'],
    ['ollama', 'http://127.0.0.1:11434/v1'],
    ['litellm', ['newKey']],
    ['openrouter', ['newKey']],
    ['llama-server', 'http://127.0.0.1:8080/v1'],
    ['lm-studio', 'http://127.0.0.1:1234/v1'],
    ['custom', 'http://127.0.0.1:8000/v1'],
  ])
})

test('a whole form becomes a profile with numbers, an id from its name and the key beside it', () => {
  const result = readForm(
    {
      ...vllm,
      name: ' Lab Größe 2 ',
      baseUrl: 'http://10.0.4.12:8000/v1/',
      keySource: 'keychain',
      newKey: ' sk-one ',
      plainHttp: true,
      contextWindow: '65,536',
      maxOutputTokens: '16 384',
      temperature: '0,7',
      inputCost: '$0.25',
      outputCost: '0',
      headers: '{"X-Team": "tools"}',
      extraBody: '{"top_k": 20}',
    },
    { ...empty, takenIds: ['lab-gro-e-2'] },
  )
  expect(result).toEqual({
    ok: true,
    input: {
      profile: {
        id: 'lab-gro-e-2-2',
        name: 'Lab Größe 2',
        kind: 'vllm',
        baseUrl: 'http://10.0.4.12:8000/v1',
        model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
        key: { source: 'keychain' },
        plainHttp: true,
        contextWindow: 65536,
        maxOutputTokens: 16384,
        temperature: 0.7,
        headers: { 'X-Team': 'tools' },
        extraBody: { top_k: 20 },
        inputCostPerMillion: 0.25,
        outputCostPerMillion: 0,
      },
      key: 'sk-one',
      storage: 'keychain',
    },
  })
})

test('each field says in one sentence what is wrong with it', () => {
  expect([
    problemsOf({ name: '  ' }),
    problemsOf({ name: 'lab' }),
    problemsOf({ baseUrl: 'localhost:8000' }),
    problemsOf({ baseUrl: 'http://' }),
    problemsOf({ baseUrl: 'https://me:secret@host/v1' }),
    problemsOf({ baseUrl: 'https://host/v1?key=1' }),
    problemsOf({ contextWindow: '1.5', maxOutputTokens: '0', temperature: '3', inputCost: '-1' }),
    problemsOf({ keySource: 'env', keyVariable: 'MY KEY' }),
    problemsOf({ keySource: 'file', newKey: 'sk-one' }),
    problemsOf({ keySource: 'keychain', newKey: 'sk one' }),
    problemsOf({ keySource: 'keychain', newKey: 'sk-one' }, { ...empty, keychain: false }),
    problemsOf({ headers: '["a"]' }),
    problemsOf({ headers: '{"X-A": 1}' }),
    problemsOf({ headers: '{"X A": "1"}' }),
    problemsOf({ headers: '{"X-A": "1\\n2"}' }),
    problemsOf({ extraBody: '7' }),
  ]).toEqual([
    { name: 'Give the backend a name to know it by.' },
    { name: 'There already is a backend called lab; choose another name.' },
    { baseUrl: 'Start the URL with http:// or https://.' },
    { baseUrl: 'This is not a URL; it should look like http://127.0.0.1:8000/v1.' },
    { baseUrl: 'Take the user and password out of the URL; a key goes into the key field.' },
    { baseUrl: 'Take what follows ? or # out of the URL; requests add their own path to it.' },
    {
      contextWindow: 'Write a whole number of tokens, such as 32,768, or leave it empty.',
      maxOutputTokens: 'Write a whole number of tokens, such as 32,768, or leave it empty.',
      temperature: 'Write a number from 0 to 2, such as 0.7, or leave it empty.',
      inputCost: 'Write dollars per million tokens, such as 0.25, or leave it empty if you do not know.',
    },
    { keyVariable: 'Name an environment variable, in letters, digits and _, such as OPENAI_API_KEY.' },
    { fileConsent: 'Say yes to the file, or choose another place for the key.' },
    { newKey: 'A key has no spaces or line breaks in it; paste the key alone.' },
    { newKey: 'This computer has no keychain that can be used; choose another place for the key.' },
    { headers: 'Write a JSON object, such as {"X-Team": "tools"}.' },
    { headers: 'Put the value of X-A in quotes; headers are text.' },
    { headers: '"X A" is not a header name; letters, digits and - are.' },
    { headers: 'The value of X-A has a line break in it.' },
    { extraBody: 'Write a JSON object, such as {"top_k": 20}.' },
  ])
  expect(problemsOf({ extraBody: '{top_k: 20}' }).extraBody).toMatch(/^This is not JSON yet: .*\.$/)
})

const saved = Profile.parse({
  id: 'lab-2',
  name: 'vLLM · lab-2',
  kind: 'vllm',
  baseUrl: 'http://10.0.4.12:8000/v1',
  model: 'Qwen3',
  key: { source: 'keychain' },
  temperature: 0.2,
  headers: { 'X-Team': 'tools' },
  extraBody: { stop: ['a', { b: null }] },
  timeouts: { connectMs: 500 },
})

test('opening a profile and saving it again changes nothing and sends no key', () => {
  const result = readForm(fieldsFromProfile(saved), { ...empty, original: saved, takenIds: ['lab-2'] })
  expect(result).toEqual({ ok: true, input: { profile: saved } })
})

test('a stored key stays until another is typed or another place is chosen', () => {
  const context = { ...empty, original: saved, takenIds: ['lab-2'], keychain: false }
  const fields = fieldsFromProfile(saved)
  expect([
    readForm({ ...fields, newKey: 'sk-two' }, context),
    readForm({ ...fields, keySource: 'none', newKey: 'sk-two' }, context),
    readForm({ ...fields, keySource: 'file', fileConsent: true }, context),
  ]).toEqual([
    { ok: true, input: { profile: saved, key: 'sk-two', storage: 'keychain' } },
    { ok: true, input: { profile: { ...saved, key: { source: 'none' } } } },
    { ok: false, problems: { newKey: 'Paste the key, or choose that the server has none.' } },
  ])
})

test('a second backend of a kind gets a name and an id of its own, and no name breaks the id', () => {
  expect(fieldsFromPreset(preset('vllm'), ['vLLM', 'VLLM 2'], true).name).toBe('vLLM 3')
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.array(fc.string()), (name, takenIds) => {
      fc.pre(name.trim() !== '' && name.trim().toLowerCase() !== 'lab')
      const result = readForm({ ...vllm, name }, { ...empty, takenIds })
      expect(result.ok && ![...takenIds, 'demo', 'environment'].includes(result.input.profile.id)).toBe(true)
    }),
  )
})

test('without a keychain a preset with a key starts with an environment variable', () => {
  const { keySource, keyVariable } = fieldsFromPreset(preset('openrouter'), [], false)
  expect({ keySource, keyVariable }).toEqual({ keySource: 'env', keyVariable: 'OPENAI_API_KEY' })
})

test('everything that a profile can hold is shown in the form and saved again as it was', () => {
  const full = Profile.parse({
    ...saved,
    kind: 'openrouter',
    temperature: 0,
    topP: 0.95,
    seed: -7,
    sampling: { top_k: 20, presence_penalty: -0.5 },
    stop: ['###', '\nUser:\t', '\\n'],
    provider: { order: ['deepinfra'], data_collection: 'deny', max_price: { prompt: 1 }, future: true },
    cachedInputCostPerMillion: 0.025,
    timeouts: { connectMs: 1500, firstByteMs: 90_000, idleMs: 60_000, wholeMs: 3_600_000, approvalMs: 600_000 },
    slots: 2,
    vision: true,
    caFile: '/etc/ssl/lab-ca.pem',
    fallbackProfileId: 'spare',
    compat: { baseUrl: saved.baseUrl, model: saved.model, leaveOut: ['temperature'] },
  })
  const context = { ...empty, original: full, takenIds: ['spare'] }
  expect(readForm(fieldsFromProfile(full), context)).toEqual({ ok: true, input: { profile: full } })
  const { fallbackProfileId: _gone, ...rest } = full
  expect(readForm(fieldsFromProfile(full), { ...context, takenIds: [] })).toEqual({
    ok: true,
    input: { profile: rest },
  })
})

test('that a model sees images can be taken back', () => {
  const sees = Profile.parse({ ...saved, vision: true })
  const fields = { ...fieldsFromProfile(sees), vision: '' }
  expect(readForm(fields, { ...empty, original: sees })).toEqual({ ok: true, input: { profile: saved } })
})

test.each<[Partial<ProfileFields>, RegExp]>([
  [{ topP: '0' }, /above 0 and up to 1/],
  [{ seed: '4.5' }, /whole number, such as 42/],
  [{ sampling: '{"top_k": "20"}' }, /top_k is no number/],
  [{ sampling: '{"Top-K": 20}' }, /"Top-K" is not the name of a sampling field/],
  [{ sampling: '{"temperature": 1}' }, /temperature has a place of its own/],
  [{ stop: Array.from({ length: 17 }, () => 'x').join('\n') }, /at most 16 lines; these are 17/],
  [{ provider: '{"order": "deepinfra"}' }, /order has to be a list of texts/],
  [{ provider: '{"zdr": "yes"}' }, /zdr has to be true or false/],
  [{ cachedInputCost: 'little' }, /dollars per million tokens/],
  [{ idleTime: '0' }, /number of seconds/],
  [{ wholeTime: '90000' }, /up to 86,400/],
  [{ approvalTime: 'long' }, /number of seconds/],
  [{ slots: '0' }, /from 1 to 256/],
  [{ caFile: 'ca.pem' }, /full path/],
])('%j is said in one sentence', (change, words) => {
  const problems = problemsOf(change)
  expect(Object.keys(problems)).toEqual(Object.keys(change))
  expect(Object.values(problems)[0]).toMatch(words)
  expect(Object.values(problems)[0]?.match(/[.](?= |$)/g)).toHaveLength(1)
})

test('an address without a scheme is told so while it is typed, and one that is only begun is not', () => {
  const hint = (host: string) => `It begins with http:// or https://, such as http://${host}`
  expect(
    ['', 'h', 'htt', 'http://', 'https://a', 'HTTP://a', 'localhost:8000', '192.168.0.2/v1', 'ftp://a', ' //a'].map(
      schemeHint,
    ),
  ).toEqual([
    ...Array.from({ length: 6 }, () => null),
    hint('localhost:8000'),
    hint('192.168.0.2/v1'),
    hint('a'),
    hint('a'),
  ])
})
