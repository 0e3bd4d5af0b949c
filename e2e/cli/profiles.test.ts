import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { text } from '../support/scripted-backend.ts'
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
  [['profiles', 'paint'], 'profiles cannot paint. It can: list, show, add, set, use, remove, test.'],
  [['profiles', 'show'], 'profiles show needs the name of a profile.'],
  [['profiles', 'add', 'x'], 'profiles add needs --base-url, or --kind for a preset.'],
  [['profiles', 'add', 'x', '--kind', 'demo'], '--kind needs one of vllm, '],
  [['profiles', 'set', 'environment', '--model', 'm'], 'This profile comes from the environment.'],
  [['profiles', 'remove', 'demo'], 'is not a saved profile'],
])('%j is refused', async (args, words) => {
  const world = await createWorld()
  const { code, side } = await world.run(args)
  expect([code, side.includes(words) ? words : side]).toEqual([2, words])
})
