import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { json, startScriptedBackend, text } from '../../test-support/scripted-backend.ts'
import { createWorld } from './support/world.ts'

const unset = { OPENAI_BASE_URL: undefined, OPENAI_MODEL: undefined }

test('a profile is added, listed, shown, changed, tested, used and removed', async () => {
  const world = await createWorld(text('Hello.'))
  const claw = async (...args: string[]) => await world.run(args, { env: { ...unset, GPU_KEY: 'k-1' } })
  const { baseUrl } = world.backend
  expect(await claw('profiles', 'add', 'GPU Box', '--base-url', baseUrl, '--key-env', 'GPU_KEY')).toEqual({
    code: 0,
    out: '',
    side: `Saved gpu-box: ${baseUrl}. \`claw profiles test gpu-box\` asks the server.\n`,
  })
  await claw('profiles', 'add', '--kind', 'ollama')
  expect((await claw('profiles', 'list')).out.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['id', 'name', 'kind', 'from', 'model', 'address'],
    ['*', 'gpu-box', 'GPU Box', 'custom', 'saved', 'first one', baseUrl],
    ['ollama', 'Ollama', 'ollama', 'saved', 'qwen3-coder:30b', 'http://127.0.0.1:11434/v1'],
    ['demo', 'Demo (demo, no model)', 'demo', 'built-in', 'demo'],
    [''],
  ])
  await claw('profiles', 'set', 'gpu', '--temperature', '0.2', '--header', 'X-Team: blue', '--context-window', '9000')
  expect(JSON.parse((await claw('profiles', 'show', 'gpu-box', '--json')).out)).toEqual({
    id: 'gpu-box',
    name: 'GPU Box',
    kind: 'custom',
    baseUrl,
    model: '',
    key: 'from GPU_KEY',
    temperature: 0.2,
    contextWindow: 9000,
    headers: ['X-Team'],
  })
  expect(await claw('profiles', 'test')).toEqual({
    code: 0,
    out: 'scripted\n',
    side: `GPU Box is reachable at ${baseUrl}.\n`,
  })
  await claw('profiles', 'use', 'ollama')
  const { code } = await claw('agent', '--profile', 'gpu', 'Hi')
  const request = world.backend.chatRequests().at(0)
  expect([code, request?.headers.authorization, request?.headers['x-team'], request?.body.temperature]).toEqual([
    0,
    'Bearer k-1',
    'blue',
    0.2,
  ])
  await claw('profiles', 'remove', 'gpu-box')
  const list = JSON.parse((await claw('profiles', 'list', '--json')).out) as { id: string; active: boolean }[]
  expect(list.map(({ id, active }) => [id, active])).toEqual([
    ['ollama', true],
    ['demo', false],
  ])
})

test('the kind of a server that answers is found out, with its models and what it says of them', async () => {
  const world = await createWorld()
  const server = await startScriptedBackend({
    routes: {
      '/v1/models': json({ data: [{ id: 'coder', owned_by: 'llamacpp', meta: { n_ctx: 4096 } }] }),
      '/props': json({ default_generation_settings: { n_ctx: 4096 }, chat_template_caps: { supports_tools: false } }),
    },
  })
  onTestFinished(() => server.close())
  const claw = async (...args: string[]) => await world.run(args, { env: unset })
  const { baseUrl } = server
  const added = await claw('profiles', 'add', 'box', '--base-url', baseUrl, '--no-key')
  const absent = await claw('profiles', 'add', 'later', '--base-url', 'http://127.0.0.1:9/v1', '--no-key')
  const list = JSON.parse((await claw('profiles', 'list', '--json')).out) as { id: string; kind: string }[]
  expect([added.side, absent.side, list.slice(0, 2).map(({ id, kind }) => [id, kind])]).toEqual([
    `It is llama-server, and lists:\n  coder  4096 tokens  no tools\nSaved box: ${baseUrl}. \`claw profiles test box\` asks the server.\n`,
    'Saved later: http://127.0.0.1:9/v1. `claw profiles test later` asks the server.\n',
    [
      ['box', 'llama-server'],
      ['later', 'custom'],
    ],
  ])
})

test('a key comes from the input, into a private file where that was allowed, and out nowhere', async () => {
  const world = await createWorld(text('Hello.'))
  const add = ['profiles', 'add', 'box', '--base-url', world.backend.baseUrl, '--key-stdin']
  const input = { text: 'k-secret\n' }
  // A machine without a session bus has no keychain.
  const env = { ...unset, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }
  const refused = await world.run(add, { env, input })
  const saved = await world.run([...add, '--key-file'], { env, input })
  if (refused.code === 0) return
  expect([refused.code, refused.side.includes('--key-file'), saved.code]).toEqual([2, true, 0])
  await world.run(['agent', 'Hi'], { env })
  expect(world.backend.chatRequests().at(0)?.headers.authorization).toBe('Bearer k-secret')
  const shown = [
    await world.run(['profiles', 'list', '--json'], { env }),
    await world.run(['profiles', 'show', 'box'], { env }),
  ]
  const settings = await readFile(join(world.home, 'settings.json'), 'utf8')
  expect(JSON.stringify([shown, settings])).not.toContain('k-secret')
  expect(((await stat(join(world.home, 'keys.json'))).mode & 0o777).toString(8)).toBe('600')
})

test('a server that cannot be reached, or does not know the key, is an exit code', async () => {
  const world = await createWorld()
  const gone = await world.run(['profiles', 'test'], { env: { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' } })
  expect([gone.code, gone.side]).toEqual([5, expect.stringContaining('Environment failed: ')])
})

test.each([
  [['profiles', 'paint'], 'profiles cannot paint. It can: list, show, add, set, use, remove, export, import, test.'],
  [['profiles', 'show'], 'profiles show needs the name of a profile.'],
  [['profiles', 'add', 'x'], 'profiles add needs --base-url, or --kind for a preset.'],
  [['profiles', 'add', 'x', '--kind', 'demo'], '--kind needs one of vllm, '],
  [
    ['profiles', 'add', 'x', '--kind', 'ollama', '--sampling', 'top_k'],
    '--sampling needs name=number, such as top_k=20',
  ],
  [['profiles', 'add', 'x', '--kind', 'ollama', '--sampling', 'seed=1'], 'seed has a flag of its own'],
  [['profiles', 'add', 'x', '--kind', 'ollama', '--provider-routing', '[]'], '--provider-routing needs a JSON object'],
  [['profiles', 'add', 'x', '--kind', 'ollama', '--slots', '0'], 'slots of x is not right'],
  [['profiles', 'import'], 'profiles import needs a file.'],
  [['profiles', 'import', '/nowhere.json'], 'cannot be read'],
  [['profiles', 'set', 'environment', '--model', 'm'], 'This profile comes from the environment.'],
  [['profiles', 'remove', 'demo'], 'is not a saved profile'],
])('%j is refused', async (args, words) => {
  const world = await createWorld()
  const { code, side } = await world.run(args)
  expect([code, side.includes(words) ? words : side]).toEqual([2, words])
})

test('what a profile can hold is set and forgotten by flags, and sent', async () => {
  const world = await createWorld(text('Hello.'))
  const claw = async (...args: string[]) => await world.run(args, { env: unset })
  const { baseUrl } = world.backend
  await claw('profiles', 'add', 'Spare', '--base-url', 'http://127.0.0.1:1/v1')
  const sampling = [
    '--top-p',
    '0.9',
    '--seed',
    '7',
    '--sampling',
    'top_k=20',
    '--sampling',
    'min_p=.05',
    '--stop',
    '###',
  ]
  const times = [
    '--first-byte-timeout',
    '2m',
    '--whole-timeout',
    '1h',
    '--slots',
    '2',
    '--vision',
    '--fallback',
    'spare',
  ]
  const routing = ['--extra-body', '{"user":"me"}', '--cached-input-cost-per-million', '0.1']
  const added = await claw('profiles', 'add', 'Box', '--base-url', baseUrl, ...sampling, ...times, ...routing)
  expect(added.code).toBe(0)
  const show = async () => JSON.parse((await claw('profiles', 'show', 'box', '--json')).out) as unknown
  const common = { id: 'box', name: 'Box', kind: 'custom', baseUrl, model: '', key: 'none' }
  const kept = {
    topP: 0.9,
    seed: 7,
    stop: ['###'],
    slots: 2,
    vision: true,
    extraBody: { user: 'me' },
    cachedInputCostPerMillion: 0.1,
  }
  expect(await show()).toEqual({
    ...common,
    ...kept,
    sampling: { top_k: 20, min_p: 0.05 },
    timeouts: { firstByteMs: 120_000, wholeMs: 3_600_000 },
    fallbackProfileId: 'spare',
  })
  await claw('agent', '--profile', 'box', 'Hi')
  expect(world.backend.chatRequests()[0]?.body).toMatchObject({
    top_p: 0.9,
    seed: 7,
    top_k: 20,
    min_p: 0.05,
    stop: ['###'],
    user: 'me',
  })
  const forget = ['--clear', 'whole-timeout', '--clear', 'fallback', '--clear', 'vision', '--sampling', 'min_p=']
  expect((await claw('profiles', 'set', 'box', ...forget)).side).toBe('Saved box.\n')
  const { vision: _forgotten, ...rest } = kept
  expect(await show()).toEqual({ ...common, ...rest, sampling: { top_k: 20 }, timeouts: { firstByteMs: 120_000 } })
  expect((await claw('profiles', 'set', 'box', '--clear', 'name')).code).toBe(2)
})

test('profiles go into a file without keys and come back under free names', async () => {
  const world = await createWorld()
  const claw = async (...args: string[]) => await world.run(args, { env: unset })
  await claw(
    'profiles',
    'add',
    'Box',
    '--kind',
    'vllm',
    '--header',
    'Authorization: Bearer sk-1',
    '--header',
    'X-Team: a',
  )
  const written = await claw('profiles', 'export', 'backends.json')
  expect([written.code, written.out, written.side]).toEqual([
    0,
    '',
    'Wrote 1 profile, without keys.\nLeft out, because it looks like a secret: Authorization of Box.\n',
  ])
  const printed = await claw('profiles', 'export')
  expect(printed.out).not.toContain('sk-1')
  expect(JSON.parse(printed.out)).toMatchObject({ format: 'claw-profiles', profiles: [{ id: 'box' }] })
  const taken = await claw('profiles', 'import', 'backends.json')
  expect([taken.code, taken.side]).toEqual([
    0,
    'Added box-2: http://127.0.0.1:8000/v1.\nThere already is a backend called Box; this one is called Box 2.\n',
  ])
  const show = await claw('profiles', 'show', 'box-2', '--json')
  expect(JSON.parse(show.out)).toMatchObject({ name: 'Box 2', headers: ['X-Team'] })
})

test('a stand-in is named when the backend does not answer, and not asked by itself', async () => {
  const world = await createWorld()
  const claw = async (...args: string[]) => await world.run(args, { env: unset })
  await claw('profiles', 'add', 'Spare', '--base-url', world.backend.baseUrl)
  await claw('profiles', 'add', 'Box', '--base-url', 'http://127.0.0.1:1/v1', '--model', 'm', '--fallback', 'spare')
  const { code, side } = await claw('agent', '--profile', 'box', 'Hi')
  expect([code, side]).toEqual([
    5,
    expect.stringMatching(/Answer with Spare: claw agent-resume [0-9a-z]{10} --profile spare/),
  ])
  expect(world.backend.chatRequests()).toEqual([])
})
