import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { call, havingRead, temporaryWorkspace } from '../../../../test-support/tool-calls.ts'
import { editFileTool } from './edit-file.ts'
import { readFileTool } from './read-file.ts'
import { writeFileTool } from './write-file.ts'

const LINES = 'title = "café"\r\nend\r\n'
const encodings: [name: string, bytes: (text: string) => Buffer, told: string][] = [
  ['UTF-16 with the low byte first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'), 'UTF-16'],
  ['UTF-16 with the high byte first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 'UTF-16'],
  ['Windows-1252', (text) => Buffer.from(text, 'latin1'), 'Windows-1252 (Latin-1)'],
]

describe.each(encodings)('a file in %s', (_name, bytes, told) => {
  test('is read as text, and what it is is said', async () => {
    const workspace = await temporaryWorkspace({ 'a.rc': bytes(LINES) })
    expect(await call(readFileTool, { path: 'a.rc' }, workspace)).toMatchObject({
      output: `title = "café"\nend\n[the file is ${told} and stays so when it is written]`,
    })
  })

  test('stays what it is when it is edited, byte for byte', async () => {
    const workspace = await temporaryWorkspace({ 'a.rc': bytes(LINES) })
    const edit = { path: 'a.rc', old_text: '"café"\nend', new_text: '"thé"\nthe end' }
    expect(await call(editFileTool, edit, workspace)).toMatchObject({ ok: true, summary: '+2 −2' })
    expect(await readFile(join(workspace.root, 'a.rc'))).toEqual(bytes('title = "thé"\r\nthe end\r\n'))
  })

  test('stays what it is when it is replaced, and the change shows what was there', async () => {
    const workspace = await temporaryWorkspace({ 'a.rc': bytes(LINES) })
    const context = await havingRead(workspace, 'a.rc')
    const write = { path: 'a.rc', content: 'title = "thé"\nend\n' }
    expect(await call(writeFileTool, write, workspace, context)).toMatchObject({
      output: `Replaced a.rc: +1 −1. Its ${told} encoding and CRLF line ends are kept.`,
      diff: {
        hunks: [
          {
            lines: [
              { sign: '-', text: 'title = "café"' },
              { sign: '+', text: 'title = "thé"' },
              { sign: ' ', text: 'end' },
            ],
          },
        ],
      },
    })
    expect(await readFile(join(workspace.root, 'a.rc'))).toEqual(bytes('title = "thé"\r\nend\r\n'))
  })
})

test('a character that the encoding does not have is said, and nothing is written', async () => {
  const before = Buffer.from('caf\u00e9 au lait\n', 'latin1')
  const workspace = await temporaryWorkspace({ 'a.c': before })
  expect(await call(editFileTool, { path: 'a.c', old_text: 'au', new_text: '→' }, workspace)).toMatchObject({
    ok: false,
    summary: 'wrong encoding',
  })
  expect(await readFile(join(workspace.root, 'a.c'))).toEqual(before)
})

test('a file that begins like UTF-16 and is none is left alone', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x00]) })
  expect(await call(editFileTool, { path: 'a.txt', old_text: 'a', new_text: 'b' }, workspace)).toMatchObject({
    ok: false,
    output: 'Error: a.txt is not whole UTF-16 text, so it cannot be changed safely here. Use bash.',
  })
})

test('a mixed file that is replaced keeps the line ends of what stays', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'a\r\nb\nc\r\nd\n' })
  const context = await havingRead(workspace, 'a.txt')
  expect(await call(writeFileTool, { path: 'a.txt', content: 'a\nx\nc\nd\n' }, workspace, context)).toMatchObject({
    output: 'Replaced a.txt: +1 −1. Its mixed line ends are kept.',
  })
  expect(await readFile(join(workspace.root, 'a.txt'), 'utf8')).toBe('a\r\nx\nc\r\nd\n')
})

test('a line is cut between characters, never through one', async () => {
  const workspace = await temporaryWorkspace({ 'a.md': `${'x'.repeat(1999)}\u{1F600} and more` })
  const { output } = await call(readFileTool, { path: 'a.md' }, workspace)
  expect(output).toBe(`${'x'.repeat(1999)}… [11 more characters]\n[1 very long lines are cut]`)
})

test('half a character in what a model writes is no reason to damage the file silently', async () => {
  const workspace = await temporaryWorkspace()
  const { output } = await call(writeFileTool, { path: 'a.txt', content: 'a\ud83db\n' }, workspace)
  expect([output, await readFile(join(workspace.root, 'a.txt'), 'utf8')]).toEqual([
    'Created a.txt, 1 line. The content had halves of characters; each is a \uFFFD now.',
    'a\uFFFDb\n',
  ])
})
