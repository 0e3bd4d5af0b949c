import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rename, symlink, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { call, contextFor, runTool, temporaryFolder, temporaryWorkspace } from '../../../../test-support/tool-calls.ts'
import { openWorkspace } from '../contract/workspace.ts'
import { readFileTool } from '../files/read-file.ts'
import { globSearchTool } from './glob-search.ts'
import { grepSearchTool } from './grep-search.ts'
import { listDirTool } from './list-dir.ts'

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
      output: 'Error: none does not exist. Look with list_dir or glob_search.',
      summary: 'not found',
    })
  })

  test('ends with an abort', async () => {
    const context = contextFor(await temporaryWorkspace(FILES), { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(runTool(grepSearchTool, { pattern: 'needle' }, context)).rejects.toThrow('stopped')
  })
})

describe('what a search finds', () => {
  const IGNORED = {
    '.gitignore': 'node_modules/\n*.log\n/build/**\n',
    'venv/.gitignore': '*\n',
    'venv/lib/m.py': 'needle\n',
    'logs/b.log': 'needle\n',
    'build/x/y.js': 'needle\n',
    'node_modules/e/package.json': '{"needle": 1}\n',
    'src/a.ts': 'other\n',
  }

  test.each([
    ['venv', 'venv/lib/m.py\n1: needle'],
    ['logs', 'logs/b.log\n1: needle'],
    ['build', 'build/x/y.js\n1: needle'],
    ['node_modules', 'node_modules/e/package.json\n1: {"needle": 1}'],
  ])('in a place that is named is not nothing because git ignores it: %s', async (path, output) => {
    const result = await call(grepSearchTool, { pattern: 'needle', path }, await temporaryWorkspace(IGNORED))
    expect(result.output.startsWith(output)).toBe(true)
  })

  test.each([
    ['node_modules/e/package.json', 'node_modules/e/package.json'],
    ['venv/**', 'venv/lib/m.py'],
    ['build/**/*.js', 'build/x/y.js'],
    ['logs', 'logs/b.log'],
    ['b.log', 'logs/b.log'],
    ['*.log', 'No file matches *.log. Ignored and hidden files were left out.'],
  ])('by a name that names an ignored place is what is there: %s', async (pattern, output) => {
    expect((await call(globSearchTool, { pattern }, await temporaryWorkspace(IGNORED))).output).toBe(output)
  })

  test('behind a link that stays inside has the name that was asked for', async () => {
    const workspace = await temporaryWorkspace({ 'real/a.ts': '', 'real/deep/b.ts': '' })
    await symlink('real', join(workspace.root, 'linked'))
    const found = async (pattern: string) => (await call(globSearchTool, { pattern }, workspace)).output
    expect([await found('linked/*'), await found('linked/**')]).toEqual([
      'linked/a.ts',
      'linked/a.ts\nlinked/deep/b.ts',
    ])
  })

  test('under a name with a line break is one file, and its name can be used', async () => {
    const workspace = await temporaryWorkspace({ 'a\nb.txt': 'needle\n' })
    const outputs = [
      await call(listDirTool, { path: '.' }, workspace),
      await call(globSearchTool, { pattern: '*.txt' }, workspace),
      await call(grepSearchTool, { pattern: 'needle' }, workspace),
      await call(readFileTool, { path: '"a\\nb.txt"' }, workspace),
    ].map(({ output }) => output)
    expect(outputs).toEqual(['"a\\nb.txt"', '"a\\nb.txt"', '"a\\nb.txt"\n1: needle', 'needle'])
  })

  test('in a long line shows the match, whole characters around it', async () => {
    const workspace = await temporaryWorkspace({ 'a.min.js': `${'😀'.repeat(3000)}needle${'y'.repeat(5000)}` })
    const { output } = await call(grepSearchTool, { pattern: 'needle' }, workspace)
    expect(output).toMatch(/^a\.min\.js\n1: … (😀)+needley+ …$/u)
    expect(output.length).toBeLessThan(230)
  })

  test('in a UTF-16 file is shown as text', async () => {
    const workspace = await temporaryWorkspace({ 'q.sql': Buffer.from('\uFEFFSELECT 1;\r\nSELECT 2;\r\n', 'utf16le') })
    expect((await call(grepSearchTool, { pattern: 'SELECT 2' }, workspace)).output).toBe('q.sql\n2: SELECT 2;')
  })

  test('beside what cannot be read, whoever asks, says so, and is no failure', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'needle' })
    await makeUnreadable(workspace.root)
    expect([
      await call(grepSearchTool, { pattern: 'needle' }, workspace),
      await call(grepSearchTool, { pattern: 'other' }, workspace),
    ]).toMatchObject([
      { ok: true, output: 'a.txt\n1: needle\n\n[1 file could not be read]' },
      { ok: true, output: 'Nothing matches other.\n[1 file could not be read]' },
    ])
  })
})

/** Its path is longer than the system takes, for root as well: the lower half was made elsewhere and put below the upper one. */
async function makeUnreadable(root: string): Promise<void> {
  const half = Array.from({ length: 12 }, () => 'x'.repeat(200)).join('/')
  await mkdir(join(root, 'upper', half), { recursive: true })
  await mkdir(join(root, 'lower', half), { recursive: true })
  const below = join(root, 'upper', half, 'lower')
  await rename(join(root, 'lower'), below)
  onTestFinished(() => rename(below, join(root, 'lower')))
}

describe('a search', () => {
  test('of a pipe or a device is refused, not waited for', async () => {
    const workspace = await temporaryWorkspace()
    await promisify(execFile)('mkfifo', [join(workspace.root, 'pipe')])
    expect(await call(grepSearchTool, { pattern: 'x', path: 'pipe' }, workspace)).toEqual({
      ok: false,
      output: 'Error: pipe is not a regular file.',
      summary: 'not a regular file',
    })
  })

  test.each([
    ['a\0b', 'cannot contain a NUL character'],
    ['x'.repeat(200_000), 'too long: 200000 characters'],
  ])('for what cannot be a pattern says so', async (pattern, words) => {
    const workspace = await temporaryWorkspace()
    for (const tool of [grepSearchTool, globSearchTool]) {
      expect(await call(tool, { pattern }, workspace)).toMatchObject({
        ok: false,
        output: expect.stringContaining(words),
        summary: 'wrong pattern',
      })
    }
  })

  test('for many alternatives ends', async () => {
    const pattern = `*.{${Array.from({ length: 4000 }, (_, index) => index % 10).join(',')}}`
    expect(await call(globSearchTool, { pattern }, await temporaryWorkspace({ 'a.1': '' }))).toMatchObject({
      output: 'a.1',
    })
  })

  test('that is stopped leaves no process behind', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': '' })
    // So much takes hours: the end is never reached.
    await truncate(join(workspace.root, 'a.txt'), 2 ** 43)
    const abort = new AbortController()
    const result = runTool(
      grepSearchTool,
      { pattern: 'stopped-needle', path: 'a.txt' },
      contextFor(workspace, { signal: abort.signal }),
    )
    const ended = expect(result).rejects.toThrow('stopped')
    while ((await searches('stopped-needle')).length === 0) await nextTick()
    abort.abort(new Error('stopped'))
    await ended
    while ((await searches('stopped-needle')).length > 0) await nextTick()
  })

  test('while a folder is swapped for a link again and again shows nothing from outside', async () => {
    const outside = await temporaryFolder({
      'secret.txt': 'needle from outside\n',
      'deep/secret.txt': 'needle from outside\n',
    })
    const workspace = await temporaryWorkspace({
      'folder/inside.txt': 'needle\n',
      'folder/deep/inside.txt': 'needle\n',
    })
    const swapper = spawn(process.execPath, ['-e', SWAPPER, join(workspace.root, 'folder'), outside], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      swapper.kill('SIGKILL')
    })
    await once(swapper.stdout, 'data')
    let reached = 0
    for (let round = 0; round < 25; round += 1) {
      const outputs = await Promise.all([
        call(grepSearchTool, { pattern: 'needle' }, workspace),
        call(grepSearchTool, { pattern: 'needle', path: 'folder' }, workspace),
        call(grepSearchTool, { pattern: 'needle', path: 'folder/deep' }, workspace),
        call(globSearchTool, { pattern: '**/*.txt' }, workspace),
        call(globSearchTool, { pattern: 'folder/**' }, workspace),
        call(listDirTool, { path: 'folder' }, workspace),
      ])
      const text = outputs.map(({ output }) => output).join('\n')
      expect(text).not.toMatch(/from outside|secret/)
      if (text.includes('inside.txt')) reached += 1
    }
    expect(reached).toBeGreaterThan(0)
  })
})

/** The running processes that search for this word. */
async function searches(word: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args'])
  return stdout.split('\n').filter((line) => line.includes(`--regexp=${word}`))
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve))

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
