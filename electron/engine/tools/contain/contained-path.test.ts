import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import {
  call,
  contextFor,
  havingRead,
  runTool,
  temporaryFolder,
  temporaryWorkspace,
  textOf,
} from '../../../../test-support/tool-calls.ts'
import { openWorkspace } from '../contract/workspace.ts'
import { editFileTool } from '../files/edit-file.ts'
import { readFileTool } from '../files/read-file.ts'
import { writeFileTool } from '../files/write-file.ts'
import { grepSearchTool } from '../search/grep-search.ts'
import { listDirTool } from '../search/list-dir.ts'
import { readWhole, replaceFile } from './contained-file.ts'
import { locate, withFolder } from './contained-path.ts'

const SECRET = 'the-secret-outside'

async function workspaceWithNeighbour() {
  const outside = await temporaryFolder({ 'secret.txt': SECRET, 'folder/secret.txt': SECRET })
  const workspace = await temporaryWorkspace({ 'src/a.txt': 'inside\n' })
  await symlink(join(outside, 'secret.txt'), join(workspace.root, 'link-file'))
  await symlink(outside, join(workspace.root, 'link-folder'))
  await symlink(join(outside, 'not-there.txt'), join(workspace.root, 'link-nowhere'))
  await symlink('link-folder', join(workspace.root, 'link-to-link'))
  await symlink('src', join(workspace.root, 'link-inside'))
  await symlink('loop', join(workspace.root, 'loop'))
  return { workspace, outside }
}

const escapes = (outside: string) => [
  '../secret.txt',
  'src/../../secret.txt',
  `${outside}/secret.txt`,
  'link-file',
  'link-folder/secret.txt',
  'link-folder/new.txt',
  'link-to-link/folder/secret.txt',
  'link-nowhere',
  'src/../link-folder/folder/secret.txt',
  './/src//..//link-folder/secret.txt',
  '/etc/passwd',
  '/proc/self/environ',
  '/proc/self/root/etc/passwd',
  '~/.bashrc',
  'loop/x',
  'a\0b',
  '..',
  '/',
  '',
]

test('no tool reads or writes outside of the workspace, however the path is spelled', async () => {
  const { workspace, outside } = await workspaceWithNeighbour()
  for (const path of escapes(outside)) {
    const results = [
      await call(readFileTool, { path }, workspace),
      await call(writeFileTool, { path, content: 'overwritten' }, workspace),
      await call(editFileTool, { path, old_text: SECRET, new_text: 'overwritten' }, workspace),
    ]
    if (path !== '') results.push(await call(grepSearchTool, { pattern: SECRET, path }, workspace))
    for (const result of results) {
      expect({
        path,
        ok: result.ok,
        leak: result.output.includes(SECRET) && !result.output.includes('outside of'),
      }).toEqual({
        path,
        ok: false,
        leak: false,
      })
    }
  }
  expect(await runTool(listDirTool, { path: 'link-folder' }, contextFor(workspace))).toMatchObject({ ok: false })
  expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(SECRET)
  expect((await readdir(outside)).sort()).toEqual(['folder', 'secret.txt'])
})

test('a search of the whole workspace does not follow links out of it', async () => {
  const { workspace } = await workspaceWithNeighbour()
  expect(await call(grepSearchTool, { pattern: SECRET }, workspace)).toMatchObject({ ok: true, summary: 'no matches' })
})

test('paths inside are taken in any spelling, also absolute and through a link that stays inside', async () => {
  const { workspace } = await workspaceWithNeighbour()
  for (const path of [
    'src/a.txt',
    './src/./a.txt',
    'src/../src/a.txt',
    `${workspace.root}/src/a.txt`,
    'link-inside/a.txt',
  ]) {
    expect(await call(readFileTool, { path }, workspace)).toMatchObject({
      ok: true,
      output: 'inside',
      summary: 'line 1',
    })
  }
})

test('writing through a link that stays inside changes the file and keeps the link', async () => {
  const workspace = await temporaryWorkspace({ 'real.txt': 'old\n' })
  await symlink('real.txt', join(workspace.root, 'link.txt'))
  const context = await havingRead(workspace, 'real.txt')
  expect(await call(writeFileTool, { path: 'link.txt', content: 'new\n' }, workspace, context)).toMatchObject({
    ok: true,
  })
  expect(await textOf(workspace, 'real.txt')).toBe('new\n')
})

test('an added folder belongs to the workspace, a private one inside of it does not', async () => {
  const added = await temporaryFolder({ 'b.txt': 'added', 'private/key': SECRET })
  const workspace = await openWorkspace(await temporaryFolder(), [added], [join(added, 'private'), '/not/there'])
  expect(await call(readFileTool, { path: join(added, 'b.txt') }, workspace)).toMatchObject({
    ok: true,
    output: 'added',
  })
  expect(await call(readFileTool, { path: join(added, 'private/key') }, workspace)).toMatchObject({ ok: false })
  expect(await call(writeFileTool, { path: join(added, 'private/key'), content: '' }, workspace)).toMatchObject({
    ok: false,
  })
  expect(await call(grepSearchTool, { pattern: SECRET }, workspace)).toMatchObject({ summary: 'no matches' })
})

test('a private folder that comes later is private, one around the workspace hides nothing', async () => {
  const root = await temporaryFolder({ 'a.txt': 'inside' })
  const workspace = await openWorkspace(root, [], [join(root, 'data'), dirname(root)])
  await mkdir(join(root, 'data'))
  await writeFile(join(root, 'data/key'), SECRET)
  expect(await call(readFileTool, { path: 'a.txt' }, workspace)).toMatchObject({ ok: true, output: 'inside' })
  expect(await call(readFileTool, { path: 'data/key' }, workspace)).toMatchObject({ ok: false })
  expect(await call(grepSearchTool, { pattern: SECRET, path: 'data' }, workspace)).toMatchObject({ ok: false })
})

test('git runs what is in its folder, so no tool writes there', async () => {
  const workspace = await temporaryWorkspace({ '.git/config': '[core]\n' })
  const input = { path: '.git/hooks/pre-commit', content: '#!/bin/sh\n' }
  expect(await call(writeFileTool, input, workspace)).toEqual({
    ok: false,
    output: 'Error: Files of the .git folder are not written by tools. Use git commands.',
    summary: 'in the .git folder',
  })
  expect(await readdir(join(workspace.root, '.git'))).toEqual(['config'])
})

test('no made-up path reaches a file beside the workspace', async () => {
  const { workspace, outside } = await workspaceWithNeighbour()
  const segment = fc.constantFrom(
    '..',
    '.',
    'src',
    'a.txt',
    'link-folder',
    'link-inside',
    'link-file',
    'new',
    '',
    '~',
    outside.slice(1),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(segment, { maxLength: 6 }), fc.boolean(), async (segments, absolute) => {
      const path = (absolute ? '/' : '') + segments.join('/')
      const read = await call(readFileTool, { path }, workspace)
      expect(read.ok && read.output.includes(SECRET)).toBe(false)
      await call(writeFileTool, { path, content: 'x' }, workspace)
      expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(SECRET)
      expect((await readdir(outside)).sort()).toEqual(['folder', 'secret.txt'])
    }),
    { numRuns: 300 },
  )
})

async function swapForLink(folder: string, outside: string) {
  await rename(folder, `${folder}.real`)
  await symlink(outside, folder)
}

test('a folder that becomes a link after it was looked at is not opened', async () => {
  const outside = await temporaryFolder({ 'a.txt': SECRET, 'deep/a.txt': SECRET })
  const workspace = await temporaryWorkspace({ 'folder/a.txt': 'inside', 'folder/deep/a.txt': 'inside' })
  const places = await Promise.all(['folder/a.txt', 'folder/deep/a.txt'].map((path) => locate(workspace, path)))
  const fresh = await locate(workspace, 'folder/new/b.txt')
  await swapForLink(join(workspace.root, 'folder'), outside)
  for (const place of places) {
    await expect(readWhole(workspace, place)).rejects.toThrow()
    await expect(replaceFile(workspace, place, Buffer.from('x'), null)).rejects.toThrow()
  }
  await expect(replaceFile(workspace, fresh, Buffer.from('x'), null)).rejects.toThrow()
  expect((await readdir(outside)).sort()).toEqual(['a.txt', 'deep'])
})

test.runIf(process.platform === 'linux')(
  'a folder that becomes a link while it is open stays the folder that was opened',
  async () => {
    const outside = await temporaryFolder({ 'a.txt': SECRET })
    const workspace = await temporaryWorkspace({ 'folder/a.txt': 'inside' })
    const folder = join(workspace.root, 'folder')
    const seen = await withFolder(workspace, folder, async (held) => {
      await swapForLink(folder, outside)
      await writeFile(join(held, 'b.txt'), 'new')
      return await readFile(join(held, 'a.txt'), 'utf8')
    })
    expect([seen, await readdir(outside), (await readdir(`${folder}.real`)).sort()]).toEqual([
      'inside',
      ['a.txt'],
      ['a.txt', 'b.txt'],
    ])
  },
)

test('a file that becomes a link after its folder was opened is not followed', async () => {
  const outside = await temporaryFolder({ 'a.txt': SECRET })
  const workspace = await temporaryWorkspace({ 'a.txt': 'inside' })
  const place = await locate(workspace, 'a.txt')
  const before = await readWhole(workspace, place)
  await rm(join(workspace.root, 'a.txt'))
  await symlink(join(outside, 'a.txt'), join(workspace.root, 'a.txt'))
  await expect(readWhole(workspace, place)).rejects.toThrow()
  await expect(replaceFile(workspace, place, Buffer.from('x'), before)).rejects.toThrow()
  expect(await readFile(join(outside, 'a.txt'), 'utf8')).toBe(SECRET)
})

/** Puts a link to the outside in the place of a folder and takes it away again, as fast as it can, until it is ended. */
const SWAPPER = `
  const fs = require('node:fs')
  const [folder, outside] = process.argv.slice(1)
  process.stdout.write('ready')
  for (;;) {
    try {
      fs.renameSync(folder, folder + '.real')
      fs.symlinkSync(outside, folder)
      fs.unlinkSync(folder)
      fs.renameSync(folder + '.real', folder)
    } catch {}
  }
`

test('a folder that is swapped for a link again and again never leads a tool outside', async () => {
  const outside = await temporaryFolder({ 'a.txt': SECRET })
  const workspace = await temporaryWorkspace({ 'folder/a.txt': 'inside\n' })
  const swapper = spawn(process.execPath, ['-e', SWAPPER, join(workspace.root, 'folder'), outside], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    swapper.kill('SIGKILL')
  })
  await once(swapper.stdout, 'data')
  let reached = 0
  // On a busy machine the folder may be away each time for long: it goes on until the file was there once.
  for (let round = 0; round < 150 || reached === 0; round += 1) {
    const read = await call(readFileTool, { path: 'folder/a.txt' }, workspace)
    expect(read.output).not.toContain(SECRET)
    if (read.ok) reached += 1
    await call(writeFileTool, { path: 'folder/a.txt', content: `inside ${round}\n` }, workspace, { isShown: true })
    await call(writeFileTool, { path: `folder/new-${round % 3}/b.txt`, content: 'inside\n' }, workspace)
  }
  const closed = once(swapper, 'close')
  swapper.kill('SIGKILL')
  await closed
  expect(await readdir(outside)).toEqual(['a.txt'])
  expect(await readFile(join(outside, 'a.txt'), 'utf8')).toBe(SECRET)
  expect(reached).toBeGreaterThan(0)
})

test('a workspace that was removed is said so', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'x' })
  await rm(workspace.root, { recursive: true })
  expect(await call(readFileTool, { path: 'a.txt' }, workspace)).toMatchObject({ ok: false, summary: 'not found' })
  expect(await call(writeFileTool, { path: 'a.txt', content: '' }, workspace)).toMatchObject({ ok: false })
})

test('missing parents are made, a file in their way is said', async () => {
  const workspace = await temporaryWorkspace({ file: 'x' })
  expect(await call(writeFileTool, { path: 'a/b/c/d.txt', content: 'deep' }, workspace)).toMatchObject({ ok: true })
  expect(await textOf(workspace, 'a/b/c/d.txt')).toBe('deep')
  expect(await call(writeFileTool, { path: 'file/x.txt', content: '' }, workspace)).toEqual({
    ok: false,
    output: 'Error: A part of file/x.txt is a file, not a folder.',
    summary: 'not a folder',
  })
})

test('a file that somebody changes between the look and the write is left alone', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'old\n' })
  const place = await locate(workspace, 'a.txt')
  const before = await readWhole(workspace, place)
  await writeFile(join(workspace.root, 'other'), 'theirs\n')
  await rename(join(workspace.root, 'other'), join(workspace.root, 'a.txt'))
  expect(await replaceFile(workspace, place, Buffer.from('ours\n'), before)).toBe(false)
  expect(await readdir(workspace.root)).toEqual(['a.txt'])
  expect(await textOf(workspace, 'a.txt')).toBe('theirs\n')
})

test('a folder that appears in the place of a new file is no place to write to', async () => {
  const workspace = await temporaryWorkspace()
  await mkdir(join(workspace.root, 'a'))
  expect(await call(writeFileTool, { path: 'a', content: '' }, workspace)).toMatchObject({
    ok: false,
    summary: 'is a folder',
  })
})
