import { execFile } from 'node:child_process'
import { chmod, link, mkdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { call, temporaryWorkspace, textOf } from '../../../../test-support/tool-calls.ts'
import { overwriteFile } from '../contain/put-file.ts'
import { editFileTool } from './edit-file.ts'

const run = promisify(execFile)
const edit = { old_text: 'one', new_text: 'two, and a little more' }

async function works(command: string, words: string[]): Promise<boolean> {
  return await run(command, words).then(
    () => true,
    () => false,
  )
}

test('the other names of a file still name it after an edit', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
  await link(join(workspace.root, 'a.txt'), join(workspace.root, 'b.txt'))
  expect(await call(editFileTool, { path: 'a.txt', ...edit }, workspace)).toMatchObject({ ok: true })
  expect(await textOf(workspace, 'b.txt')).toBe('two, and a little more\n')
})

test('a file that gets shorter holds nothing of its old end', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'one and some more\n' })
  await link(join(workspace.root, 'a.txt'), join(workspace.root, 'b.txt'))
  await call(editFileTool, { path: 'a.txt', old_text: ' and some more', new_text: '' }, workspace)
  expect(await textOf(workspace, 'b.txt')).toBe('one\n')
})

test('a file that was touched since it was looked at is not overwritten', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
  const target = join(workspace.root, 'a.txt')
  const stats = await stat(target)
  await utimes(target, 1, 1)
  expect(await overwriteFile(target, Buffer.from('two\n'), { bytes: Buffer.from('one\n'), stats })).toBe(false)
  expect(await textOf(workspace, 'a.txt')).toBe('one\n')
})

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('extended attributes survive an edit', async (context) => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
    const file = join(workspace.root, 'a.txt')
    const set = `import os; os.setxattr(${JSON.stringify(file)}, "user.note", b"kept")`
    if (!(await works('python3', ['-c', set]))) context.skip('this disk keeps no attributes')
    expect(await call(editFileTool, { path: 'a.txt', ...edit }, workspace)).toMatchObject({ ok: true })
    const get = `import os; print(os.getxattr(${JSON.stringify(file)}, "user.note").decode())`
    expect((await run('python3', ['-c', get])).stdout).toBe('kept\n')
  })

  test('a file that is a mount of its own is edited', async (context) => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n', 'source.txt': 'one\n' })
    const file = join(workspace.root, 'a.txt')
    if (!(await works('mount', ['--bind', join(workspace.root, 'source.txt'), file])))
      context.skip('nothing can be mounted here')
    onTestFinished(async () => {
      await run('umount', [file])
    })
    expect(await call(editFileTool, { path: 'a.txt', ...edit }, workspace)).toMatchObject({ ok: true })
    expect(await textOf(workspace, 'source.txt')).toBe('two, and a little more\n')
  })

  test('a file in a folder that takes no new files is edited', async (context) => {
    const workspace = await temporaryWorkspace({ 'folder/a.txt': 'one\n' })
    const folder = join(workspace.root, 'folder')
    if (process.getuid?.() === 0) {
      if (!(await works('chattr', ['+i', folder]))) context.skip('root writes everywhere here')
      onTestFinished(async () => {
        await run('chattr', ['-i', folder])
      })
    } else {
      await chmod(folder, 0o555)
      onTestFinished(() => chmod(folder, 0o755))
    }
    expect(await call(editFileTool, { path: 'folder/a.txt', ...edit }, workspace)).toMatchObject({ ok: true })
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('two, and a little more\n')
  })
})

test('a folder is not what a file is written to', async () => {
  const workspace = await temporaryWorkspace()
  await mkdir(join(workspace.root, 'folder'))
  expect(await call(editFileTool, { path: 'folder', ...edit }, workspace)).toMatchObject({ summary: 'is a folder' })
})
