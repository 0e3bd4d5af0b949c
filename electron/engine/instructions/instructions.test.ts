import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { undecidedInstructions } from '#shared/policy/instructions.ts'
import { TrustStore } from '../policy/trust-store.ts'
import { expandImports } from './expand-imports.ts'
import { Instructions } from './instructions.ts'
import { LARGEST_FILE } from './read-instructions.ts'

let top: string
let repository: string
let work: string
let data: string
let instructions: Instructions
let trust: TrustStore
let now = 1

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'claw-instructions-')))
  repository = join(top, 'repository')
  work = join(repository, 'packages', 'one')
  data = join(top, 'data')
  await mkdir(join(repository, '.git'), { recursive: true })
  await mkdir(work, { recursive: true })
  trust = new TrustStore(data, { now: () => now++ })
  instructions = new Instructions(data, trust)
})
afterEach(() => rm(top, { recursive: true }))

async function put(files: Readonly<Record<string, string | Uint8Array>>, folder = repository): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}
const say = async (said = '', window: number | null = null, folder = work) =>
  await instructions.ofTurn(folder, said, () => Promise.resolve(window))
const paths = async (folder = work) => (await instructions.show(folder)).files.map(({ path }) => path)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('what is found', () => {
  test('is the own file, then one of each folder from the top of the repository down, CLAUDE.md only alone', async () => {
    await put({ 'AGENTS.md': 'a', 'CLAUDE.md': 'b', 'packages/CLAUDE.md': 'c', 'packages/one/AGENTS.md': 'd' })
    await put({ '../AGENTS.md': 'outside', 'packages/two/AGENTS.md': 'beside' })
    await put({ 'AGENTS.md': 'mine', 'CLAUDE.md': 'no' }, data)
    expect(await paths()).toEqual([
      join(data, 'AGENTS.md'),
      join(repository, 'AGENTS.md'),
      join(repository, 'packages/CLAUDE.md'),
      join(work, 'AGENTS.md'),
    ])
  })

  test('outside of a repository is that of the folder alone', async () => {
    const folder = join(top, 'plain', 'inner')
    await put({ 'AGENTS.md': 'above', 'inner/AGENTS.md': 'here' }, join(top, 'plain'))
    expect(await paths(folder)).toEqual([join(folder, 'AGENTS.md')])
  })

  test('where there is none is nothing, and nothing is read of what the person trusts', async () => {
    await put({ 'trust.json': 'broken' }, data)
    expect(await say()).toEqual({ text: '', changed: [] })
  })

  test('in folders below is named by path alone, when the folder is trusted', async () => {
    const below = {
      'a/AGENTS.md': 'Below.',
      'a/b/c/CLAUDE.md': 'x',
      'node_modules/x/AGENTS.md': 'x',
      '.x/AGENTS.md': 'x',
    }
    await put({ 'AGENTS.md': 'Top.', ...below })
    expect((await instructions.show(repository)).nested).toEqual([])
    await instructions.answer(repository, true)
    const { text } = await say('', null, repository)
    expect(text).toContain('More for folders below, to be read before work there: a/AGENTS.md, a/b/c/CLAUDE.md\n')
    expect(text).not.toContain('Below.')
  })

  test('is refused where it leads out, is too large or is no text, and says so', async () => {
    await put({ 'secret.md': 'secret' }, top)
    await symlink(join(top, 'secret.md'), join(repository, 'AGENTS.md'))
    await put({
      'packages/AGENTS.md': 'x'.repeat(LARGEST_FILE + 1),
      'packages/one/AGENTS.md': new Uint8Array([255, 254, 0]),
    })
    await instructions.answer(work, true)
    const { files } = await instructions.show(work)
    expect(files.map(({ problem, used, bytes }) => [problem, used, bytes])).toEqual([
      ['leads out of the folder', false, 0],
      [`is larger than ${LARGEST_FILE} bytes`, false, LARGEST_FILE + 1],
      ['is not text in UTF-8', false, 3],
    ])
    expect((await say()).text).not.toContain('secret\n')
  })

  test('may be a link to a file beside it, and a pipe holds nobody up', async () => {
    await put({ 'CLAUDE.md': 'Use tabs.' })
    await symlink('CLAUDE.md', join(repository, 'AGENTS.md'))
    await promisify(execFile)('mkfifo', [join(work, 'AGENTS.md')])
    await instructions.answer(work, true)
    expect((await instructions.show(work)).files).toMatchObject([{ used: true }, { problem: 'is no regular file' }])
    expect((await say()).text).toContain('Use tabs.')
  })
})

describe('trust', () => {
  test('is asked once a repository, reaches all of it, is kept, and is taken back', async () => {
    await put({ 'AGENTS.md': 'Use tabs.\n' })
    const seen: unknown[] = []
    const look = async () => {
      const view = await instructions.show(work)
      seen.push([view.trust, undecidedInstructions(view).length, (await say()).text.includes('Use tabs.')])
    }
    await look()
    await instructions.answer(repository, false)
    await look()
    await instructions.answer(work, true)
    await look()
    instructions = new Instructions(data, new TrustStore(data, { now: () => now++ }))
    expect(await instructions.answeredFolders()).toEqual([{ folder: repository, trusted: true }])
    await instructions.revoke(work)
    await look()
    expect(seen).toEqual([
      ['untrusted', 1, false],
      ['declined', 0, false],
      ['trusted', 0, true],
      ['untrusted', 1, false],
    ])
  })

  test('of a repository is not that of one inside of it', async () => {
    await put({ 'AGENTS.md': 'Outer.', 'packages/one/AGENTS.md': 'Inner.', 'packages/one/.git/HEAD': '' })
    await instructions.answer(repository, true)
    const { text } = await say()
    expect(text).toBe(
      '<instructions>\nThere, but the user has not trusted this folder, so it does not count: AGENTS.md\n</instructions>',
    )
  })

  test('the own file needs none, and a folder that is not trusted takes nothing from it', async () => {
    await put({ 'AGENTS.md': 'Be kind.' }, data)
    await put({ 'AGENTS.md': 'Obey.' })
    const { text } = await say()
    expect(text).toMatch(/^<instructions-[0-9a-f]{8}>\n/)
    expect(text).toContain("[the user's own file]\nBe kind.\n")
    expect(text).not.toContain('Obey.')
  })

  test('lies beside the trust in manifests, and neither takes the other away', async () => {
    await put({ 'AGENTS.md': 'x' })
    await trust.answer([{ path: '/a', hash: 'b'.repeat(64) }], true)
    await instructions.answer(work, true)
    await trust.forget(['/b'])
    expect([...(await trust.answers()).keys(), ...(await trust.folders()).keys()]).toEqual(['/a', repository])
    await instructions.revoke(work)
    expect([...(await trust.answers()).keys(), ...(await trust.folders()).keys()]).toEqual(['/a'])
  })

  test('of a repository counts in its worktrees, and in none that only says so', async () => {
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repository })
    await rm(join(repository, '.git'), { recursive: true })
    await put({ 'AGENTS.md': 'Use tabs.' })
    await git('init', '-q')
    await git('add', '.')
    await git('commit', '-qm', 'a')
    const linked = join(top, 'linked')
    await git('worktree', 'add', '-q', linked)
    await instructions.answer(repository, true)
    const forged = join(top, 'forged')
    await put({ '.git': `gitdir: ${join(repository, '.git/worktrees/linked')}\n`, 'AGENTS.md': 'Obey.' }, forged)
    expect((await say('', null, linked)).text).toContain('Use tabs.')
    expect((await say('', null, forged)).text).not.toContain('Obey.')
  })
})

describe('a turn', () => {
  test('is told once, again after a change with its name, and of the end', async () => {
    await put({ 'AGENTS.md': 'Use tabs.' })
    await instructions.answer(work, true)
    const first = await say()
    expect(await say(first.text)).toEqual({ text: '', changed: [] })
    await put({ 'AGENTS.md': 'Use spaces.' })
    expect((await instructions.show(work)).files).toEqual([
      {
        ...{ path: join(repository, 'AGENTS.md'), sha256: sha256('Use spaces.'), bytes: 11 },
        ...{ trusted: true, used: true, changed: true, problem: null },
      },
    ])
    const second = await say(first.text)
    expect(second).toEqual({ text: first.text.replace('tabs', 'spaces'), changed: [join(repository, 'AGENTS.md')] })
    // It was named.
    expect(await say(second.text)).toEqual({ text: '', changed: [] })
    await rm(join(repository, 'AGENTS.md'))
    const last = await say(second.text)
    expect(last.text).toContain('do not count any more')
    expect(await say(last.text)).toEqual({ text: '', changed: [] })
  })

  test('asks for the window only where there is much to say, and a window that is learned later changes nothing', async () => {
    await put({ 'AGENTS.md': 'Use tabs.\n' })
    await instructions.answer(work, true)
    const never = () => Promise.reject(new Error('asked'))
    expect((await instructions.ofTurn(work, '', never)).text).toContain('Use tabs.')
    await put({ 'AGENTS.md': 'Use tabs, always.\n'.repeat(300) })
    const { text } = await say('', null)
    expect((await say(text, 4096)).text).toBe('')
    expect(Buffer.byteLength((await say('', 4096)).text)).toBeLessThanOrEqual(1228)
  })
})

describe('an import', () => {
  const expanded = async (text: string, isOwn = false) =>
    await expandImports({ real: join(repository, 'AGENTS.md'), text }, { within: repository, isOwn })

  test('puts the text in the place of its line, three deep, relative to its file', async () => {
    await put({ 'docs/a.md': 'A\n@b.md\n', 'docs/b.md': 'B\n@../c.md', 'c.md': 'C\n@docs/d.md', 'docs/d.md': 'D' })
    expect(await expanded('First\n@docs/a.md\nLast @docs/a.md\n@nobody\n')).toEqual({
      text: 'First\nA\nB\nC\n@docs/d.md\nLast @docs/a.md\n@nobody\n',
      problems: ['@docs/d.md is more than 3 imports deep'],
    })
  })

  test('in a fence is none', async () => {
    await put({ 'a.md': 'A' })
    expect((await expanded('```\n@a.md\n```\n@a.md')).text).toBe('```\n@a.md\n```\nA')
  })

  test('leads nowhere out, not to itself, and to no keys', async () => {
    await put({ 'outside.md': 'SECRET' }, top)
    await put({ '.env': 'SECRET', '.git/config': 'SECRET', 'loop.md': '@loop.md', 'AGENTS.md': '' })
    await symlink(join(top, 'outside.md'), join(repository, 'link.md'))
    await symlink('.env', join(repository, 'innocent.md'))
    await symlink(top, join(repository, 'up'))
    const lines = [
      '../outside.md',
      join(top, 'outside.md'),
      '~/x',
      'link.md',
      'up/outside.md',
      '.env',
      'innocent.md',
      '.git/config',
    ]
    const { text, problems } = await expanded([...lines, 'AGENTS.md', 'loop.md'].map((path) => `@${path}`).join('\n'))
    expect(text).not.toContain('SECRET')
    expect(problems.map((problem) => problem.replace(/^@\S+ /, ''))).toEqual([
      ...Array.from({ length: 5 }, () => 'leads out of the folder'),
      ...Array.from({ length: 3 }, () => 'is not for the model'),
      ...['imports itself', 'imports itself'],
    ])
  })

  test('of the own file is of text alone: keys lie beside it', async () => {
    await put({ 'keys.json': 'SECRET', 'style.md': 'Tabs.' })
    expect(await expanded('@keys.json\n@style.md', true)).toEqual({
      text: '@keys.json\nTabs.',
      problems: ['@keys.json is not for the model'],
    })
  })

  test('never makes more text than its bounds, whatever the files are', async () => {
    const names = ['a.md', 'b.md', 'c.md', 'd.md']
    const line = fc.oneof(fc.constantFrom(...names.map((name) => `@${name}`)), fc.constant('x'.repeat(2000)))
    const content = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'))
    await fc.assert(
      fc.asyncProperty(fc.tuple(content, content, content, content), content, async (contents, text) => {
        await put(Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ''])))
        const made = await expanded(text)
        expect(Buffer.byteLength(made.text)).toBeLessThanOrEqual(LARGEST_FILE + 100)
        expect(made.problems.length).toBeLessThanOrEqual(30 * 21)
      }),
      { numRuns: 40 },
    )
  })
})
