import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SessionId } from '#shared/ids.ts'
import { RememberedWindow } from './remembered.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-window-'))
})
afterEach(() => rm(folder, { recursive: true }))

const chat = SessionId.parse('aaaaaaaaaa')
const noChoice = { folder: null, profileId: null, permissions: null }

it('what was written and not sent is there for the next process, and each change keeps the rest', async () => {
  const window = new RememberedWindow(folder)
  await Promise.all([
    window.remember({ drafts: { 'new-chat': 'first words', demo: 'kept' } }),
    window.remember({ drafts: { [chat]: 'more' }, open: chat }),
  ])
  await window.remember({ drafts: { 'new-chat': 'other words' }, unseen: [chat] })
  expect(await new RememberedWindow(folder).recall()).toEqual({
    drafts: { 'new-chat': 'other words', demo: 'kept', [chat]: 'more' },
    newChat: noChoice,
    open: chat,
    unseen: [chat],
  })
  expect(await readdir(folder)).toEqual(['window-memory.json'])
})

it('an empty draft is none, and of a chat that is gone nothing stays', async () => {
  const window = new RememberedWindow(folder)
  await window.remember({ drafts: { 'new-chat': 'words', [chat]: 'more' }, open: chat, unseen: [chat] })
  await window.remember({ drafts: { 'new-chat': ' ' } })
  await window.forget(chat)
  expect(await new RememberedWindow(folder).recall()).toEqual({ drafts: {}, newChat: noChoice, open: null, unseen: [] })
})

it.each([
  ['a file that is no JSON', '{"drafts'],
  ['a file of something else', '{"drafts":[1]}'],
])('%s is as if nothing was kept', async (_what, text) => {
  await writeFile(join(folder, 'window-memory.json'), text)
  expect((await new RememberedWindow(folder).recall()).drafts).toEqual({})
})

it('a disk that refuses is said in words, and the next change is kept when it has room again', async () => {
  const window = new RememberedWindow(join(folder, 'not-a-folder'))
  await writeFile(join(folder, 'not-a-folder'), '')
  await expect(window.remember({ drafts: { 'new-chat': 'words' } })).rejects.toThrow(/what was written and not sent/)
  await rm(join(folder, 'not-a-folder'))
  await window.remember({ open: chat })
  expect((await new RememberedWindow(join(folder, 'not-a-folder')).recall()).drafts).toEqual({})
})
