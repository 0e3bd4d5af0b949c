import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeWorktreeCommands } from '#shared/worktree-commands.ts'
import { canHaveWorktree, createWorktree } from './worktree.ts'

let folder: string
let repo: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-worktree-')))
  repo = join(folder, 'parcel api')
  await mkdir(join(repo, 'server'), { recursive: true })
  await writeFile(join(repo, 'server/a.txt'), 'one\n')
  await shell('git init -qb main')
  await commit()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const shell = (command: string, cwd = repo) => promisify(execFile)('bash', ['-c', command], { cwd })
const commit = () => shell('git add -A && git -c user.name=a -c user.email=a@b.c commit -qm first')

test('a worktree is made beside the repository, on a branch named after the work', async () => {
  const made = await createWorktree(repo, 'Move webhooks to a queue!')
  const path = join(folder, 'parcel api.worktrees/move-webhooks-to-a-queue')
  expect(made).toEqual({ path, branch: 'move-webhooks-to-a-queue', cwd: path, uncommitted: 0 })
  expect([
    await readFile(join(path, 'server/a.txt'), 'utf8'),
    (await shell('git branch --show-current', path)).stdout.trim(),
    (await shell('git branch --show-current')).stdout.trim(),
  ]).toEqual(['one\n', 'move-webhooks-to-a-queue', 'main'])
})

test('a run of a folder inside works in the same folder of the worktree, if the commit has it', async () => {
  await mkdir(join(repo, 'new'))
  const [inside, missing] = [
    await createWorktree(join(repo, 'server'), 'x'),
    await createWorktree(join(repo, 'new'), 'x'),
  ]
  expect([inside.cwd, missing.cwd]).toEqual([join(inside.path, 'server'), missing.path])
})

test('what is in no commit is counted, and is not there', async () => {
  await writeFile(join(repo, 'server/a.txt'), 'two\n')
  await writeFile(join(repo, 'server/b.txt'), 'new\n')
  const { path, uncommitted } = await createWorktree(repo, 'x')
  expect([uncommitted, await readFile(join(path, 'server/a.txt'), 'utf8')]).toEqual([2, 'one\n'])
})

test('names that are taken get a number, also of branches that have names below', async () => {
  await shell('git branch fix/it && git branch other')
  const made = []
  for (const title of ['Fix', 'Fix', 'Other', '///']) made.push((await createWorktree(repo, title)).branch)
  expect(made).toEqual(['fix-2', 'fix-3', 'other-2', 'run'])
})

test('two at once get one each', async () => {
  const made = await Promise.all(['Same', 'Same', 'Same'].map((title) => createWorktree(repo, title)))
  expect(new Set(made.map(({ path }) => path)).size).toBe(3)
})

test('a worktree of a worktree is one of the repository', async () => {
  const { path } = await createWorktree(repo, 'First')
  await writeFile(join(path, 'server/c.txt'), 'third\n')
  await shell('git add -A && git -c user.name=a -c user.email=a@b.c commit -qm second', path)
  const second = await createWorktree(path, 'Second')
  expect([second.path, await readFile(join(second.path, 'server/c.txt'), 'utf8')]).toEqual([
    join(folder, 'parcel api.worktrees/second'),
    'third\n',
  ])
})

test('the commands that are told take it away again', async () => {
  const made = await createWorktree(repo, 'Gone')
  const commands = removeWorktreeCommands(made)
  await shell(commands.join(' && '))
  const { stdout } = await shell('git worktree list; git branch --format="%(refname:short)"')
  expect([stdout.split('\n').length, await canHaveWorktree(made.path)]).toEqual([3, false])
})

test('where there is no commit there is no worktree, and it is said', async () => {
  const empty = join(folder, 'empty')
  await mkdir(empty)
  expect(await canHaveWorktree(empty)).toBe(false)
  await shell('git init -q', empty)
  expect([await canHaveWorktree(empty), await canHaveWorktree(join(repo, 'server'))]).toEqual([false, true])
  await expect(createWorktree(empty, 'x')).rejects.toThrow(
    `${empty} cannot have a worktree: it needs git, and a repository with a commit in it.`,
  )
})

test('what goes wrong is said, and leaves nothing behind', async () => {
  const left = async () => (await shell('git branch --format="%(refname:short)"; git worktree list | wc -l')).stdout
  const before = await left()
  await writeFile(join(repo, '.git/worktrees'), 'in the way')
  await expect(createWorktree(repo, 'x')).rejects.toThrow(
    /^git could not make a worktree: could not create .*worktrees/,
  )
  await rm(join(repo, '.git/worktrees'))
  expect([await left(), await readdir(`${repo}.worktrees`)]).toEqual([before, []])
  await rm(`${repo}.worktrees`, { recursive: true })
  await writeFile(`${repo}.worktrees`, 'in the way')
  await expect(createWorktree(repo, 'x')).rejects.toThrow(/^The app could not make the folder .*: /)
})

test('nothing that the settings of a repository name runs when a worktree is made', async () => {
  const trap = join(repo, '..', 'sprung')
  const program = `touch ${trap}`
  await writeFile(join(repo, '.gitattributes'), '* filter=trap diff=trap merge=trap\n')
  await shell('git add -A && git -c user.name=a -c user.email=a@b.c commit -qm attributes')
  await mkdir(join(repo, 'hooks'))
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    await writeFile(join(repo, 'hooks', hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
  }
  const settings = {
    'core.hooksPath': join(repo, 'hooks'),
    'core.fsmonitor': program,
    'filter.trap.clean': `${program}; cat`,
    'filter.trap.smudge': `${program}; cat`,
    'filter.trap.required': 'true',
    'diff.trap.textconv': program,
    'diff.external': program,
    'core.pager': program,
    'credential.helper': `!${program}`,
  }
  for (const [name, value] of Object.entries(settings)) await shell(`git config ${name} '${value}'`)
  const made = await createWorktree(repo, 'x')
  expect([await readdir(made.path), await readdir(join(repo, '..'))]).toEqual([
    expect.arrayContaining(['.gitattributes']),
    expect.not.arrayContaining(['sprung']),
  ])
})
