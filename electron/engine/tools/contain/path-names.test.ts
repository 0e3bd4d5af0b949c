import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { call, temporaryFolder, temporaryWorkspace } from '../../../../test-support/tool-calls.ts'
import { editFileTool } from '../files/edit-file.ts'
import { readFileTool } from '../files/read-file.ts'
import { writeFileTool } from '../files/write-file.ts'

const output = async (path: string, files: Record<string, string>) =>
  (await call(readFileTool, { path }, await temporaryWorkspace(files))).output

describe('a path that is written as something around a path', () => {
  test.each(['@a b.txt', '`a b.txt`', '"a b.txt"', "'a b.txt'", ' a b.txt\n', '`@a b.txt`'])(
    'means that path: %j',
    async (path) => {
      expect(await output(path, { 'a b.txt': 'here' })).toBe('here')
    },
  )

  test('means that path as a URL as well, and leads nowhere else', async () => {
    const outside = await temporaryFolder({ 'secret.txt': 'secret' })
    const workspace = await temporaryWorkspace({ 'a b.txt': 'here' })
    const read = (path: string) => call(readFileTool, { path }, workspace)
    expect([
      (await read(`file://${workspace.root}/a%20b.txt`)).output,
      (await read(`file://${outside}/secret.txt`)).ok,
      (await read(`\`${outside}/secret.txt\``)).ok,
    ]).toEqual(['here', false, false])
  })

  test('is taken as it is where such a file is there', async () => {
    expect(await output('@a.txt', { 'a.txt': 'plain', '@a.txt': 'with the sign' })).toBe('with the sign')
  })

  test.each([
    ['`new.txt`', ['new.txt']],
    [' new.txt\n', ['new.txt']],
    ['@new.txt', ['@new.txt']],
  ])('makes a file of the name that is meant: %j', async (path, names) => {
    const workspace = await temporaryWorkspace()
    await call(writeFileTool, { path, content: 'x' }, workspace)
    expect(await readdir(workspace.root)).toEqual(names)
  })

  test('is refused where it ends like a folder', async () => {
    const workspace = await temporaryWorkspace()
    expect(await call(writeFileTool, { path: 'new/', content: 'x' }, workspace)).toEqual({
      ok: false,
      output: 'Error: new/ ends like a folder. Name the file that is meant.',
      summary: 'names a folder',
    })
    expect(await readdir(workspace.root)).toEqual([])
  })
})

describe('a name that looks the same as the one that is there', () => {
  const cases = [
    ['an accent put together', 'cafe\u0301.txt', 'caf\u00e9.txt'],
    ['an accent taken apart', 'caf\u00e9.txt', 'cafe\u0301.txt'],
    ['a blank that does not break', 'a\u00a0b.txt', 'a b.txt'],
    ['a narrow blank', 'Shot 10.00\u202fAM.txt', 'Shot 10.00 AM.txt'],
    ['a letter without width', 'a\u200bb.txt', 'ab.txt'],
    ['a folder on the way', 'cafe\u0301/a.txt', 'caf\u00e9/a.txt'],
  ] as const

  test.each(cases)('means that one: %s', async (_name, there, asked) => {
    const workspace = await temporaryWorkspace({ [there]: 'here\n' })
    expect(await call(readFileTool, { path: asked }, workspace)).toMatchObject({
      output: 'here',
      file: { path: there },
    })
    expect(await call(editFileTool, { path: asked, old_text: 'here', new_text: 'x' }, workspace)).toMatchObject({
      output: expect.stringContaining(`Edited ${there}`),
    })
  })

  test.each(cases)('gets no twin: %s', async (_name, there, asked) => {
    const workspace = await temporaryWorkspace({ [there]: 'here\n' })
    expect(await call(writeFileTool, { path: asked, content: 'x' }, workspace)).toMatchObject({
      summary: 'not read before',
    })
    expect(await readdir(workspace.root, { recursive: true })).toHaveLength(there.split('/').length)
  })

  test('is said where there are several', async () => {
    const files = { 'a\u00a0b.txt': '1', 'a\u2009b.txt': '2' }
    expect(await output('a b.txt', files)).toBe(
      'Error: Several names here look like a b.txt: "a\u00a0b.txt", "a\u2009b.txt". Use bash to rename one.',
    )
  })

  test('but for small and capital letters is named, and is not made beside it', async () => {
    const workspace = await temporaryWorkspace({ 'README.md': 'x', 'src/a.ts': '' })
    const results = [
      await call(readFileTool, { path: 'readme.md' }, workspace),
      await call(editFileTool, { path: 'Readme.md', old_text: 'a', new_text: 'b' }, workspace),
      await call(writeFileTool, { path: 'readme.md', content: 'x' }, workspace),
      await call(writeFileTool, { path: 'Src/b.ts', content: 'x' }, workspace),
    ]
    expect([results.map(({ output: text }) => text), (await readdir(workspace.root)).sort()]).toEqual([
      [
        'Error: readme.md does not exist. There is README.md.',
        'Error: Readme.md does not exist. There is README.md.',
        'Error: There is README.md already, which differs only in small and capital letters. Write that one; if both are wanted, create this one with bash.',
        'Error: There is src already, which differs only in small and capital letters. Write that one; if both are wanted, create this one with bash.',
      ],
      ['README.md', 'src'],
    ])
  })
})

test.runIf(process.platform !== 'win32')('a pipe, a socket and a device are no files to read or write', async () => {
  const workspace = await temporaryWorkspace()
  await promisify(execFile)('mkfifo', [join(workspace.root, 'pipe')])
  const results = await Promise.all([
    call(readFileTool, { path: 'pipe' }, workspace),
    call(editFileTool, { path: 'pipe', old_text: 'a', new_text: 'b' }, workspace),
    call(writeFileTool, { path: 'pipe', content: 'x' }, workspace),
  ])
  expect(results.map(({ summary }) => summary)).toEqual(Array(3).fill('not a regular file'))
})
