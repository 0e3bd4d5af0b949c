import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Profile } from '#shared/profile/profile.ts'
import { type ImagePart, wordsOf } from '#shared/session/content.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import {
  gate,
  type ScriptedBackend,
  silent,
  startScriptedBackend,
  text,
  toolCall,
} from '../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { prepared } from '../../../test-support/tool-calls.ts'
import { createBackend } from '../backend/client.ts'
import { Ledger } from '../budget/ledger.ts'
import { noPolicy } from '../policy/policy.ts'
import type { Tool } from '../tools/contract/tool.ts'
import { zodArguments } from '../tools/contract/zod-arguments.ts'
import { SessionStore } from './session-store.ts'
import type { Session } from './sessions.ts'

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const url = `data:image/png;base64,${png.toString('base64')}`
const words = 'image (shot.png, 1 KB)'

/** Gives back what it sees. */
const draw: Tool = {
  name: 'draw',
  description: 'Draws.',
  ...zodArguments(z.object({})),
  parse: () => ({ ok: true, input: {} }),
  access: 'read',
  kind: 'other',
  describe: () => ({ verb: 'Draw', target: '' }),
  prepare: (_input, { keepImage }) =>
    prepared(null, async () => {
      const image = await keepImage?.(png, 'drawn.png')
      const parts = [{ type: 'text' as const, text: 'Drawn:' }, ...(image ? [image] : [])]
      return { ok: true, output: wordsOf(parts), summary: 'drawn', parts }
    }),
}

let folder: string
let server: ScriptedBackend
let profile: Profile
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-images-')))
  await mkdir(join(folder, 'work'))
  server = await startScriptedBackend()
  profile = testProfile(server.baseUrl, { kind: 'custom', vision: true })
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await server.close()
  await rm(folder, { recursive: true })
})

/** As a program that was just started. */
function openStore(): SessionStore {
  const backend = createBackend({ profile, key: null })
  const clock = { now: () => Date.now() }
  const ledger = new Ledger(join(folder, 'ledger'), clock)
  const store = new SessionStore({
    dataFolder: join(folder, 'data'),
    holder: 'a test',
    services: {
      clock,
      ledger,
      limitSources: () => [],
      onLimitsChange: () => () => undefined,
      platform: 'linux',
      slots: { holder: () => freeSlot },
      background: false,
      tools: [draw],
      policyFor: () => Promise.resolve(noPolicy),
      learnWindow: () => undefined,
      noteReach: () => undefined,
      backendFor: () => Promise.resolve({ backend, profile }),
    },
  })
  closing.push(async () => {
    await store.close()
    await backend.close()
    await ledger.close()
  })
  return store
}

function create(store: SessionStore): Promise<Session> {
  const permissions = { write: 'deny', shell: 'deny', sandbox: true } as const
  return store.create({ cwd: join(folder, 'work'), profileId: profile.id, permissions, canAnswer: false })
}

const blobs = () => readdir(join(folder, 'data/sessions/blobs')).catch(() => [])
const journalOf = ({ id }: Session) => readFile(join(folder, 'data/sessions', `${id}.jsonl`), 'utf8')
const versionOf = async (session: Session) => JSON.parse((await journalOf(session)).split('\n')[0] ?? '').version
const lookAt = (image: ImagePart) => [{ type: 'text' as const, text: 'Look:' }, image]

test('a message with an image reaches the server with its data, and again in the same bytes after a restart', async () => {
  server.script(text('I see.'), text('Still.'))
  let store = openStore()
  const session = await create(store)
  const image = await store.addImage(png, '/home/me/shot.png')
  expect(await session.send(lookAt(image))).toMatchObject({ reason: 'completed' })
  await store.close()

  store = openStore()
  const again = await store.open(session.id)
  await again.send('And now?')
  const [first, second] = server.chatRequests()
  expect(first?.messages[1]).toEqual({
    role: 'user',
    content: [
      { type: 'text', text: expect.stringMatching(/^<context>/) },
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: { url } },
    ],
  })
  const sent = JSON.stringify(first?.messages)
  expect(second?.bodyText).toContain(sent.slice(1, -1))
  expect(second?.messages.at(-1)).toEqual({ role: 'user', content: 'And now?' })
  const [turn] = again.view().turns
  expect([again.view().title, turn?.text, turn?.parts]).toEqual(['Look:', `Look:\n${words}`, lookAt(image)])
})

test('a model that does not see reads of it in words', async () => {
  profile = { ...profile, vision: false }
  server.script(text('I cannot.'))
  const store = openStore()
  const session = await create(store)
  await session.send(lookAt(await store.addImage(png, 'shot.png')))
  expect(server.chatRequests()[0]?.messages[1]?.content).toMatch(
    new RegExp(`Look:\n${words.replace(/[()]/g, '\\$&')}$`),
  )
})

test('one that is written while a turn runs waits as it is, and is read with its image', async () => {
  const held = gate()
  server.script(silent(held.opened, text('Working.')), text('I see.'))
  const store = openStore()
  const session = await create(store)
  const image = await store.addImage(png, 'shot.png')
  const { end } = await session.begin('Go.')
  const queued = await session.begin(lookAt(image))
  expect(session.view().queued).toMatchObject([{ text: `Look:\n${words}`, parts: lookAt(image) }])
  held.open()
  await Promise.all([end, queued.end])
  expect(server.chatRequests()[1]?.messages.at(-1)).toEqual({
    role: 'user',
    content: [
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: { url } },
    ],
  })
})

test('what a tool gives back as an image is shown to the model behind its result', async () => {
  server.script(toolCall('draw', {}), text('Nice.'))
  const store = openStore()
  const session = await create(store)
  await session.send('Draw.')
  expect(server.chatRequests()[1]?.messages.slice(-2)).toEqual([
    { role: 'tool', tool_call_id: expect.any(String), content: 'Drawn:\nimage (drawn.png, 1 KB)' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Images from the results above:' },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ])
  expect(await versionOf(session)).toBe(2)
})

test('a journal is of version 1 until something in it has parts', async () => {
  server.script(text('Hello.'), text('I see.'))
  const store = openStore()
  const session = await create(store)
  await session.send('Hi.')
  const before = await journalOf(session)
  expect(await versionOf(session)).toBe(1)
  await session.send(lookAt(await store.addImage(png, 'shot.png')))
  const after = await journalOf(session)
  expect([await versionOf(session), after.startsWith(before.replace('"version":1', '"version":2'))]).toEqual([2, true])
})

test('an image is kept once, for the user alone, and goes with the last session that names it', async () => {
  server.script(text('One.'), text('Two.'))
  const store = openStore()
  const [one, two] = [await create(store), await create(store)]
  const image = await store.addImage(png, 'shot.png')
  await one.send(lookAt(image))
  await two.send(lookAt(await store.addImage(png, 'again.png')))
  const path = join(folder, 'data/sessions/blobs', image.blob)
  expect([await blobs(), (await stat(path)).mode & 0o777, await readFile(path)]).toEqual([[image.blob], 0o600, png])
  await store.remove(one.id)
  expect(await blobs()).toEqual([image.blob])
  await store.remove(two.id)
  expect(await blobs()).toEqual([])
})

test('what is no image, or not there any more, is said before anything is sent', async () => {
  const store = openStore()
  const session = await create(store)
  await expect(store.addImage(Buffer.from('GIF of mine'), 'a.gif')).rejects.toThrow('This is no PNG')
  const image = await store.addImage(png, 'shot.png')
  await unlink(join(folder, 'data/sessions/blobs', image.blob))
  await expect(session.send(lookAt(image))).rejects.toThrow('The image shot.png is not there any more. Add it again.')
  expect([session.view().turns, server.requests]).toEqual([[], []])
})

test('an image that is there and cannot be read is not called gone', async () => {
  const store = openStore()
  const session = await create(store)
  const image = await store.addImage(png, 'shot.png')
  const path = join(folder, 'data/sessions/blobs', image.blob)
  await unlink(path)
  // Leads to itself, so that nobody can read it, not even the administrator who runs these tests.
  await symlink(path, path)
  await expect(session.send(lookAt(image))).rejects.toMatchObject({
    failure: { code: 'storage', message: expect.stringMatching(/^The app could not read the image shot\.png: ELOOP/) },
  })
  expect([session.view().turns, server.requests]).toEqual([[], []])
})

test('half an image that a process left behind is swept away', async () => {
  const store = openStore()
  const { blob } = await store.addImage(png, 'shot.png')
  const path = join(folder, 'data/sessions/blobs', `${blob}.1.tmp`)
  await writeFile(path, png.subarray(0, 9))
  await utimes(path, 1, 1)
  await store.load()
  expect(await blobs()).toEqual([blob])
})
