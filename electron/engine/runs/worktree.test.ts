import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { worktreeCommands, worktreeWords } from '#shared/run/worktree-commands.ts'
import { canHaveWorktree, createWorktree, withLeft } from './worktree.ts'

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
  expect(made).toEqual({ path, branch: 'move-webhooks-to-a-queue', repository: repo, cwd: path, uncommitted: 0 })
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

test('one that another process is just making is waited for', async () => {
  const half = join(repo, '.git/worktrees/half')
  await mkdir(half, { recursive: true })
  await writeFile(join(half, 'gitdir'), `${join(folder, 'half/.git')}\n`)
  await writeFile(join(half, 'HEAD'), 'ref: refs/heads/half\n')
  await writeFile(join(half, 'commondir'), '')
  await expect(shell('git worktree add -b other-one ../other-one HEAD')).rejects.toThrow('failed to read')
  const making = createWorktree(repo, 'Mine')
  // The other process is as slow as a busy machine.
  setTimeout(() => rm(half, { recursive: true }).catch(expect.unreachable), 200)
  expect((await making).branch).toBe('mine')
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

test('the commands that are told show, keep and throw away, as they are printed and from anywhere', async () => {
  const made = await createWorktree(repo, "Rob's task")
  await writeFile(join(made.path, 'server/c.txt'), 'changed\n')
  await writeFile(join(made.path, 'new file.txt'), 'new\n')
  const before = await withLeft(made)
  expect([before.left, worktreeWords(before)]).toEqual([
    { uncommitted: 2, commits: 0 },
    '2 changed files are in no commit.',
  ])
  const { show, keep } = worktreeCommands(before)
  const shown = (await shell(show, folder)).stdout
  expect([shown.includes('+changed'), shown.includes('+new')]).toEqual([true, true])
  const author = 'export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b.c GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b.c; '
  await shell(author + keep, folder)
  expect([
    await readFile(join(repo, 'new file.txt'), 'utf8'),
    (await shell('git worktree list; git branch --format="%(refname:short)"')).stdout.includes(made.branch),
  ]).toEqual(['new\n', false])

  const other = await createWorktree(repo, 'Not wanted')
  await writeFile(join(other.path, 'junk.txt'), 'junk\n')
  await shell(worktreeCommands(await withLeft(other)).discard, folder)
  const { stdout } = await shell('git worktree list; git branch --format="%(refname:short)"')
  expect([stdout.includes(other.branch), await canHaveWorktree(other.path)]).toEqual([false, false])
})

test('what a run committed itself is told, and an untouched copy is said to be one', async () => {
  const made = await createWorktree(repo, 'Committed')
  const nothing = await withLeft(made)
  await writeFile(join(made.path, 'd.txt'), 'd\n')
  await shell('git add -A && git -c user.name=a -c user.email=a@b.c commit -qm d', made.path)
  const left = await withLeft(made)
  expect([worktreeWords(nothing), worktreeWords(left), await withLeft({ path: '/gone', branch: 'x' })]).toEqual([
    'Nothing was changed in it.',
    'One commit is on the branch committed alone.',
    { path: '/gone', branch: 'x' },
  ])
  await shell(worktreeCommands(left).keep, folder)
  expect(await readFile(join(repo, 'd.txt'), 'utf8')).toBe('d\n')
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
