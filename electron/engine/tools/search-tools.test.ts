import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { globSearchTool } from './glob-search.ts'
import { grepSearchTool } from './grep-search.ts'
import { call, contextFor, runTool, temporaryFolder, temporaryWorkspace } from './testing.ts'
import { openWorkspace } from './workspace.ts'

const FILES = {
  '.gitignore': 'dist/\n*.log\n',
  '.github/ci.yml': 'run: needle\n',
  '.git/config': 'needle\n',
  'a.ts': 'const needle = 1\nother\nneedle again\n',
  'src/b.ts': 'line\nNeedle\n  needle(2)\n',
  'src/c.md': 'nothing\n',
  'dist/a.js': 'needle\n',
  'debug.log': 'needle\n',
}

describe('grep_search', () => {
  test('gives matches by file, with line numbers, without ignored and hidden files', async () => {
    const workspace = await temporaryWorkspace(FILES)
    expect(await call(grepSearchTool, { pattern: 'needle' }, workspace)).toEqual({
      ok: true,
      output: 'a.ts\n1: const needle = 1\n3: needle again\n\nsrc/b.ts\n3:   needle(2)',
      summary: '3 matches in 2 files',
    })
  })

  test.each([
    ['src', 'src/b.ts\n3:   needle(2)'],
    ['src/b.ts', 'src/b.ts\n3:   needle(2)'],
    ['.github', '.github/ci.yml\n1: run: needle'],
    ['.github/ci.yml', '.github/ci.yml\n1: run: needle'],
    ['dist', 'dist/a.js\n1: needle'],
    ['debug.log', 'debug.log\n1: needle'],
    ['./a.ts', 'a.ts\n1: const needle = 1\n3: needle again'],
  ])('looks only in the path given: %s', async (path, output) => {
    const workspace = await temporaryWorkspace(FILES)
    expect(await call(grepSearchTool, { pattern: 'needle', path }, workspace)).toMatchObject({ ok: true, output })
  })

  test('takes regular expressions, look-around and several lines as well', async () => {
    const workspace = await temporaryWorkspace(FILES)
    const output = async (pattern: string) => (await call(grepSearchTool, { pattern }, workspace)).output
    expect(
      await Promise.all([output('^needle\\s'), output('needle(?=\\()'), output('other\\nneedle'), output('--files')]),
    ).toEqual([
      'a.ts\n3: needle again',
      'src/b.ts\n3:   needle(2)',
      'a.ts\n2: other\n3: needle again',
      'Nothing matches --files.',
    ])
  })

  test('gives the words of ripgrep about a wrong expression to the model', async () => {
    const result = await call(grepSearchTool, { pattern: 'needle(' }, await temporaryWorkspace(FILES))
    expect(result).toMatchObject({
      ok: false,
      summary: 'search failed',
      output: expect.stringContaining('unclosed group'),
    })
  })

  test('stops after 200 matches and cuts long lines', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'x\n'.repeat(500), 'b.min.js': `x${'y'.repeat(5000)}` })
    const many = await call(grepSearchTool, { pattern: 'x' }, workspace)
    expect([many.summary, many.output.split('\n').at(-1)]).toEqual([
      'over 200 matches in 1 file',
      '[more than 200 matches; use a narrower pattern or path]',
    ])
    const long = await call(grepSearchTool, { pattern: 'x', path: 'b.min.js' }, workspace)
    expect(long.output.length).toBeLessThan(400)
  })

  test('gives the same answer every time', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`d${index % 7}/f${index}.txt`, 'needle\n']),
    )
    const workspace = await temporaryWorkspace(files)
    const outputs = new Set<string>()
    for (let round = 0; round < 5; round += 1)
      outputs.add((await call(grepSearchTool, { pattern: 'needle' }, workspace)).output)
    expect(outputs.size).toBe(1)
  })

  test('looks in added folders as well, and says of a missing path that it is missing', async () => {
    const added = await temporaryFolder({ 'b.txt': 'needle' })
    const workspace = await openWorkspace(await temporaryFolder({ 'a.txt': 'needle' }), [added])
    expect(await call(grepSearchTool, { pattern: 'needle' }, workspace)).toMatchObject({
      output: `a.txt\n1: needle\n\n${added}/b.txt\n1: needle`,
    })
    expect(await call(grepSearchTool, { pattern: 'needle', path: 'none' }, workspace)).toEqual({
      ok: false,
      output: 'Error: none does not exist.',
      summary: 'not found',
    })
  })

  test('ends with an abort', async () => {
    const context = contextFor(await temporaryWorkspace(FILES), { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(runTool(grepSearchTool, { pattern: 'needle' }, context)).rejects.toThrow('stopped')
  })
})

describe('glob_search', () => {
  test.each([
    ['*.ts', 'a.ts\nsrc/b.ts', '2 files'],
    ['src/**', 'src/b.ts\nsrc/c.md', '2 files'],
    ['src', 'src/b.ts\nsrc/c.md', '2 files'],
    ['**/*.{md,js}', 'src/c.md', '1 file'],
    ['.github/**', '.github/ci.yml', '1 file'],
    ['.gitignore', '.gitignore', '1 file'],
    ['*.log', 'No file matches *.log. Ignored and hidden files were left out.', 'no files'],
  ])('finds %s', async (pattern, output, summary) => {
    const workspace = await temporaryWorkspace(FILES)
    expect(await call(globSearchTool, { pattern }, workspace)).toEqual({ ok: true, output, summary })
  })

  test('takes an absolute pattern inside, refuses one that climbs out', async () => {
    const workspace = await temporaryWorkspace(FILES)
    expect(await call(globSearchTool, { pattern: `${workspace.root}/src/*.ts` }, workspace)).toMatchObject({
      output: 'src/b.ts',
    })
    expect(await call(globSearchTool, { pattern: '../*' }, workspace)).toMatchObject({
      ok: false,
      summary: 'wrong pattern',
    })
  })

  test('shows 200 files and says how many more there are', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [`f${String(index).padStart(3, '0')}.txt`, '']),
    )
    const { output, summary } = await call(globSearchTool, { pattern: '*' }, await temporaryWorkspace(files))
    expect([output.split('\n').slice(199), summary]).toEqual([
      ['f199.txt', '[50 more; use a narrower pattern]'],
      '250 files',
    ])
  })

  test('does not follow links out of the workspace', async () => {
    const workspace = await temporaryWorkspace(FILES)
    await symlink(await temporaryFolder({ 'secret.ts': '' }), join(workspace.root, 'link'))
    expect(await call(globSearchTool, { pattern: 'secret.ts' }, workspace)).toMatchObject({ summary: 'no files' })
  })
})
