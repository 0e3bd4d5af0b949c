import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  call,
  contextFor,
  havingRead,
  previewOf,
  temporaryWorkspace,
  textOf,
} from '../../../../test-support/tool-calls.ts'
import { listDirTool } from '../search/list-dir.ts'
import { contentVersion } from './content-version.ts'
import { editFileTool } from './edit-file.ts'
import { readFileTool } from './read-file.ts'
import { decodeTextFile, rewritten } from './text-file.ts'
import { writeFileTool } from './write-file.ts'

describe('read_file', () => {
  test('gives the text as it stands, without numbers, so that it can be copied into an edit', async () => {
    const workspace = await temporaryWorkspace({ 'a.ts': '\tone\n  two\n\nlast' })
    expect(await call(readFileTool, { path: 'a.ts' }, workspace)).toEqual({
      ok: true,
      output: '\tone\n  two\n\nlast',
      summary: 'lines 1–4',
      file: { path: 'a.ts', version: contentVersion(Buffer.from('\tone\n  two\n\nlast')) },
    })
  })

  test('gives the lines asked for and says where they are', async () => {
    const workspace = await temporaryWorkspace({ 'a.ts': '1\n2\n3\n4\n5\n' })
    const read = (start_line?: number, end_line?: number) =>
      call(readFileTool, { path: 'a.ts', start_line, end_line }, workspace)
    const file = (lines?: object) => ({ path: 'a.ts', version: expect.any(String), ...(lines && { lines }) })
    expect([
      await read(2, 3),
      await read(5),
      await read(4, 99),
      await read(1, 5),
      await read(6),
      await read(3, 2),
    ]).toEqual([
      { ok: true, output: '2\n3\n[lines 2-3 of 5]', summary: 'lines 2–3', file: file({ first: 2, last: 3, of: 5 }) },
      { ok: true, output: '5\n[lines 5-5 of 5]', summary: 'line 5', file: file({ first: 5, last: 5, of: 5 }) },
      { ok: true, output: '4\n5\n[lines 4-5 of 5]', summary: 'lines 4–5', file: file({ first: 4, last: 5, of: 5 }) },
      { ok: true, output: '1\n2\n3\n4\n5', summary: 'lines 1–5', file: file() },
      { ok: false, output: 'Error: a.ts has 5 lines; line 6 is past its end.', summary: 'past the end' },
      { ok: false, output: 'Error: end_line 2 is before start_line 3.', summary: 'wrong lines' },
    ])
  })

  test('stops after 2000 lines and says how to go on', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'x\n'.repeat(4321) })
    const { output, summary } = await call(readFileTool, { path: 'a.txt' }, workspace)
    expect([output.split('\n').length, output.split('\n').at(-1), summary]).toEqual([
      2001,
      '[lines 1-2000 of 4321; go on with start_line 2001]',
      'lines 1–2000',
    ])
  })

  test('stops after 50,000 characters, at a line end', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': `${'x'.repeat(999)}\n`.repeat(150) })
    const { output } = await call(readFileTool, { path: 'a.txt' }, workspace)
    expect(output.slice(output.lastIndexOf('\n') + 1)).toBe('[lines 1-50 of 150; go on with start_line 51]')
  })

  test('cuts lines that no person wrote', async () => {
    const workspace = await temporaryWorkspace({ 'a.min.js': `short\n${'y'.repeat(500_000)}` })
    const { output, file } = await call(readFileTool, { path: 'a.min.js' }, workspace)
    expect(output).toBe(`short\n${'y'.repeat(2000)}… [498000 more characters]\n[1 very long lines are cut]`)
    // Who was shown the beginning of a line must not replace the file with it.
    expect(file?.lines).toEqual({ first: 1, last: 1, of: 2 })
  })

  test('reads of a huge file only what it gives', async () => {
    const workspace = await temporaryWorkspace()
    await writeFile(join(workspace.root, 'huge.log'), `${'z'.repeat(99)}\n`.repeat(300_000))
    const { output } = await call(readFileTool, { path: 'huge.log', end_line: 1 }, workspace)
    expect(output).toBe(`${'z'.repeat(99)}\n[lines 1-1, more follow]`)
  })

  test('keeps characters whole at the borders of what it reads at once', async () => {
    const text = `${'ä€😀'.repeat(11_000)}`.replace(/(.{60})/gsu, '$1\n')
    const workspace = await temporaryWorkspace({ 'a.txt': text })
    const { output } = await call(readFileTool, { path: 'a.txt' }, workspace)
    expect(output).toBe(text.replace(/\n$/, ''))
  })

  test('says of a binary file, a folder, a missing or an empty one what it is', async () => {
    const workspace = await temporaryWorkspace({ 'a.bin': Buffer.from([1, 0, 2]), empty: '', 'dir/x': '' })
    const outputs = await Promise.all(
      ['a.bin', 'dir', 'missing', 'empty'].map(async (path) => (await call(readFileTool, { path }, workspace)).output),
    )
    expect(outputs).toEqual([
      'Error: a.bin is a binary file.',
      'Error: dir is a folder, not a file. Use list_dir.',
      'Error: missing does not exist. Look with list_dir or glob_search.',
      '(the file is empty)',
    ])
  })
})

describe('edit_file', () => {
  test('says where and how much it changed, with a diff of three lines around', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n' })
    expect(
      await call(editFileTool, { path: 'a.txt', old_text: '5', new_text: 'five\nfive and a half' }, workspace),
    ).toEqual({
      ok: true,
      output: 'Edited a.txt at line 5: +2 −1.',
      summary: '+2 −1',
      diff: {
        path: 'a.txt',
        added: 2,
        removed: 1,
        hunks: [
          {
            oldStart: 2,
            newStart: 2,
            lines: [
              { sign: ' ', text: '2' },
              { sign: ' ', text: '3' },
              { sign: ' ', text: '4' },
              { sign: '-', text: '5' },
              { sign: '+', text: 'five' },
              { sign: '+', text: 'five and a half' },
              { sign: ' ', text: '6' },
              { sign: ' ', text: '7' },
              { sign: ' ', text: '8' },
            ],
          },
        ],
      },
    })
  })

  test.each([
    ['CRLF line ends', 'a\r\nb\r\nc\r\n', 'a\nb', 'x\ny\nz', 'x\r\ny\r\nz\r\nc\r\n'],
    ['CRLF given by the model', 'a\r\nb\r\n', 'a\r\nb', 'x\r\ny', 'x\r\ny\r\n'],
    ['a missing last line end', 'a\nb', 'b', 'c', 'a\nc'],
    ['a byte-order mark', '\uFEFFa\r\nb\r\n', 'a\nb', 'c', '\uFEFFc\r\n'],
    ['mixed line ends', 'a\r\nb\nc\n', 'b', 'x', 'a\r\nx\nc\n'],
    ['mixed line ends across lines', 'a\r\nb\nc\r\nd\n', 'b\nc', 'x\ny\nz', 'a\r\nx\ny\nz\r\nd\n'],
    ['the line ends of what is replaced in a mixed file', 'a\nb\r\nc\r\nd\n', 'b\nc', 'x\ny', 'a\nx\r\ny\r\nd\n'],
  ])('keeps %s', async (_name, before, old_text, new_text, after) => {
    const workspace = await temporaryWorkspace({ 'a.txt': before })
    expect(await call(editFileTool, { path: 'a.txt', old_text, new_text }, workspace)).toMatchObject({ ok: true })
    expect(await textOf(workspace, 'a.txt')).toBe(after)
  })

  test('keeps the rights of the file', async () => {
    const workspace = await temporaryWorkspace({ 'run.sh': '#!/bin/sh\n' })
    await chmod(join(workspace.root, 'run.sh'), 0o750)
    await call(editFileTool, { path: 'run.sh', old_text: 'sh', new_text: 'bash', replace_all: true }, workspace)
    expect((await stat(join(workspace.root, 'run.sh'))).mode & 0o7777).toBe(0o750)
  })

  test('leaves what it cannot read whole alone', async () => {
    const cyrillic = Buffer.from([0x61, 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2])
    const workspace = await temporaryWorkspace({ 'cyrillic.txt': cyrillic, 'a.bin': Buffer.from([0, 1]) })
    const results = await Promise.all(
      ['cyrillic.txt', 'a.bin', 'missing.txt'].map((path) =>
        call(editFileTool, { path, old_text: 'a', new_text: 'b' }, workspace),
      ),
    )
    expect(results.map(({ output }) => output)).toEqual([
      'Error: cyrillic.txt is not whole UTF-8 text, so it cannot be changed safely here. Use bash.',
      'Error: a.bin is a binary file.',
      'Error: missing.txt does not exist. To create it, use write_file.',
    ])
    expect(await readFile(join(workspace.root, 'cyrillic.txt'))).toEqual(cyrillic)
  })

  test('shows before it happens what would happen, and changes nothing', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'old\n' })
    const input = { path: 'a.txt', old_text: 'old', new_text: 'new' }
    const preview = await previewOf(editFileTool, input, contextFor(workspace))
    expect({ preview, file: await textOf(workspace, 'a.txt') }).toEqual({
      preview: {
        purpose: expect.stringMatching(/^to change a file in claw-tools-/),
        subject: { kind: 'change', diff: expect.objectContaining({ path: 'a.txt', added: 1, removed: 1 }) },
        facts: [
          { name: 'Changes', text: 'a.txt, +1 −1' },
          { name: 'This session', text: expect.stringContaining('would also allow every other change of files in') },
        ],
        sessionRule: 'write',
      },
      file: 'old\n',
    })
    expect(await previewOf(editFileTool, { ...input, old_text: 'none' }, contextFor(workspace))).toMatchObject({
      ok: false,
    })
  })
})

describe('write_file', () => {
  test('creates a file and says how long it is', async () => {
    const workspace = await temporaryWorkspace()
    expect(await call(writeFileTool, { path: 'src/a.txt', content: 'a\nb' }, workspace)).toMatchObject({
      ok: true,
      output: 'Created src/a.txt, 2 lines.',
      summary: 'new file, 2 lines',
      diff: { path: 'src/a.txt', added: 2, removed: 0 },
    })
  })

  test('replaces a file, keeping the line ends and the mark that the model never saw', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': '\uFEFFa\r\nb\r\n' })
    const context = await havingRead(workspace, 'a.txt')
    expect(await call(writeFileTool, { path: 'a.txt', content: 'a\nc\n' }, workspace, context)).toMatchObject({
      output: 'Replaced a.txt: +1 −1. Its CRLF line ends are kept.',
      summary: '+1 −1',
    })
    expect(await textOf(workspace, 'a.txt')).toBe('\uFEFFa\r\nc\r\n')
  })

  test('does nothing when the content is there already', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'a\n' })
    const before = await stat(join(workspace.root, 'a.txt'))
    expect(await call(writeFileTool, { path: 'a.txt', content: 'a\n' }, workspace)).toEqual({
      ok: true,
      output: 'a.txt already has this content.',
      summary: 'no change',
      file: { path: 'a.txt', version: contentVersion(Buffer.from('a\n')) },
    })
    expect((await stat(join(workspace.root, 'a.txt'))).ino).toBe(before.ino)
  })

  test('does not replace a file that the model does not know as it is', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\ntwo\n' })
    const input = { path: 'a.txt', content: 'three\n' }
    const version = contentVersion(Buffer.from('one\ntwo\n'))
    const results = await Promise.all([
      call(writeFileTool, input, workspace),
      call(writeFileTool, input, workspace, { known: () => ({ version: 'other', unseen: null }) }),
      call(writeFileTool, input, workspace, { known: () => ({ version, unseen: { line: 2, of: 2 } }) }),
    ])
    expect([results.map(({ output, summary }) => [summary, output]), await textOf(workspace, 'a.txt')]).toEqual([
      [
        [
          'not read before',
          'Error: a.txt exists and you have not read it, so replacing it could lose what is in it. Read it first with read_file, or change a part of it with edit_file.',
        ],
        [
          'changed since it was read',
          'Error: a.txt was changed since you last saw it; nothing was written. Read it again with read_file, or change a part of it with edit_file.',
        ],
        [
          'read in part only',
          'Error: You have not seen all of a.txt, so replacing it could lose what is in it. Read on from start_line 2 of 2, or change a part of it with edit_file, as it must be where a line is too long to be shown.',
        ],
      ],
      'one\ntwo\n',
    ])
    const shown = await previewOf(writeFileTool, input, contextFor(workspace, { isShown: true }))
    expect(shown).toMatchObject({
      facts: [
        { name: 'Changes', text: 'a.txt, +1 −2' },
        { name: 'Unseen', text: 'the model does not know all that it replaces: not read before' },
        { name: 'This session' },
      ],
    })
  })

  test('fills an empty file that nobody has read', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': '' })
    expect(await call(writeFileTool, { path: 'a.txt', content: 'x' }, workspace)).toMatchObject({ ok: true })
  })

  test('does not replace what nobody can compare', async () => {
    const bytes = Buffer.from([0, 255])
    const workspace = await temporaryWorkspace({ 'a.bin': bytes })
    expect(await call(writeFileTool, { path: 'a.bin', content: 'text' }, workspace)).toMatchObject({
      ok: false,
      summary: 'not text',
    })
    expect(await readFile(join(workspace.root, 'a.bin'))).toEqual(bytes)
  })

  test('counts what it leaves out of a very large change', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'x\n' })
    const context = await havingRead(workspace, 'a.txt')
    const { diff } = await call(writeFileTool, { path: 'a.txt', content: 'y\n'.repeat(3000) }, workspace, context)
    expect([diff?.added, diff?.removed, diff?.omittedLines]).toEqual([3000, 1, 1001])
  })
})

test('list_dir shows folders first, in one order, hidden files as well', async () => {
  const workspace = await temporaryWorkspace({
    'b.ts': '',
    'a/x': '',
    '.env.example': '',
    'Z/y': '',
    'node_modules/z/q': '',
  })
  expect(await call(listDirTool, { path: '.' }, workspace)).toEqual({
    ok: true,
    output: 'Z/\na/\nnode_modules/\n.env.example\nb.ts',
    summary: '5 entries',
  })
})

test('any text survives being read for an edit and written back', () => {
  const unit = fc.constantFrom('a', '\r', '\n', '\r\n', '\uFEFF', 'ä', '😀')
  const encoded = [
    (text: string) => Buffer.from(text),
    (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    (text: string) => Buffer.from(`${text.replace(/[\uFEFF😀]/gu, '')}ä b`, 'latin1'),
  ]
  fc.assert(
    fc.property(fc.string({ unit }), fc.constantFrom(...encoded), (text, encode) => {
      const bytes = encode(text)
      fc.pre(bytes.indexOf(Buffer.from('ääää', 'latin1')) === -1)
      const file = decodeTextFile(bytes, 'a')
      expect(rewritten(file, { places: [], length: 0, text: '' }, 'a')).toEqual(bytes)
    }),
  )
})
