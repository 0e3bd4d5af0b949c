import { randomUUID } from 'node:crypto'
import { lstat, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { assertNever } from '#shared/lib/assert-never.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import { type GitSetting, gitSettings, settingLine } from '../../lib/git-config-text.ts'
import { unlessShort } from '../../lib/unless-short.ts'
import { hasIdleCommondir } from './commondir.ts'
import { entryAt } from './way.ts'

/** A link, a file with its rights, or a file too large to be held, which is known again by what the system keeps of it. */
type Entry =
  | { kind: 'link'; target: string }
  | { kind: 'file'; bytes: Buffer; mode: number }
  | { kind: 'large-file'; stamp: string }

/** What lay at the paths of git folders from which git runs something by itself. */
export type GitSnapshot = ReadonlyMap<string, Entry>

/** Bytes of a file that are held. */
const LARGEST = 1024 * 1024

/** Of a repository that a command made, settings that say what it is; those that name programs are not among them. */
const KEPT_SECTIONS = /^(remote|branch|submodule|init|user|author|committer|extensions)(\.|$)/
const KEPT_NAMES =
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|worktree)$/
const PROGRAM_NAMES = /^(vcs|uploadpack|receivepack|proxy|update|helper)$/

/** Files that lead git to other settings. */
const ELSEWHERE = ['commondir', 'gitdir', 'config.worktree']

/** What git runs by itself, or is led to, from a git folder, as it is now. */
export async function snapshotOf(git: string): Promise<GitSnapshot> {
  const hooks = join(git, 'hooks')
  const inHooks = (await entryAt(hooks)) === 'folder' ? await hookNames(git) : []
  const worktrees = await readdir(join(git, 'worktrees')).catch(unlessShort([]))
  const paths = [
    ...['config', 'hooks', ...ELSEWHERE].map((name) => join(git, name)),
    ...inHooks.map((name) => join(hooks, name)),
    ...worktrees.map((name) => join(git, 'worktrees', name, 'commondir')),
  ]
  const found = await Promise.all(paths.map(async (path) => [path, await snapshotAt(path)] as const))
  return new Map(found.flatMap(([path, standing]) => (standing ? [[path, standing]] : [])))
}

/**
 * Removes from a git folder what git would run by itself and what leads it elsewhere, unless it stood there before. Nothing is
 * lost: it lies beside, under a name that git does not look for, and what it stood in place of is put back. Resolves with
 * whether there was any.
 */
export async function removePrograms(git: string, before: GitSnapshot): Promise<boolean> {
  const hooks = join(git, 'hooks')
  const isFolder = (await entryAt(hooks)) === 'folder'
  const paths = [
    ...ELSEWHERE.map((name) => join(git, name)),
    ...(isFolder ? (await hookNames(git)).map((name) => join(hooks, name)) : [hooks]),
  ]
  // What cannot be removed saves nothing else.
  const taken = await Promise.allSettled([
    removeSettings(join(git, 'config'), before),
    removeWorktrees(git, before),
    ...paths.map(async (path) => !(await isIdleCommondir(git, path)) && (await putBack(path, before))),
  ])
  const failed = taken.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return taken.some((one) => one.status === 'fulfilled' && one.value)
}

/** Of a command in another folder that goes on. */
async function isIdleCommondir(git: string, path: string): Promise<boolean> {
  return path === join(git, 'commondir') && (await hasIdleCommondir(git))
}

async function removeWorktrees(git: string, before: GitSnapshot): Promise<boolean> {
  let found = false
  for (const name of await readdir(join(git, 'worktrees')).catch(unlessShort([]))) {
    const worktree = join(git, 'worktrees', name)
    const common = await snapshotAt(join(worktree, 'commondir'))
    const named = common?.kind === 'file' ? common.bytes.toString().trim() : ''
    if (resolve(worktree, named) === git || (await isAsBefore(join(worktree, 'commondir'), before))) continue
    await rm(worktree, { recursive: true, force: true })
    found = true
  }
  return found
}

async function removeSettings(config: string, before: GitSnapshot): Promise<boolean> {
  if (await isAsBefore(config, before)) return false
  const now = await snapshotAt(config)
  if (now?.kind !== 'file') return await putBack(config, before)
  const stood = before.get(config)
  const own = new Set((stood?.kind === 'file' ? gitSettings(stood.bytes.toString()) : []).map(settingLine))
  const settings = gitSettings(now.bytes.toString())
  const kept = settings.filter((setting) => isHarmless(setting) || own.has(settingLine(setting)))
  if (kept.length === settings.length) return false
  await writeFile(besides(config), now.bytes, { flag: 'wx' })
  await writeFile(config, kept.map(settingLine).join(''))
  return true
}

function isHarmless({ section, name }: GitSetting): boolean {
  if (section === 'core') return KEPT_NAMES.test(`core.${name}`)
  return KEPT_SECTIONS.test(section) && !PROGRAM_NAMES.test(name) && name !== 'worktreeconfig'
}

async function hookNames(git: string): Promise<string[]> {
  const names = await readdir(join(git, 'hooks')).catch(unlessShort([]))
  return names.filter((name) => !name.endsWith('.sample') && !name.includes(MADE_BY_A_COMMAND))
}

/** What stands there goes aside where it is not what stood there before, which comes back. */
async function putBack(path: string, before: GitSnapshot): Promise<boolean> {
  const stood = before.get(path)
  if (await isAsBefore(path, before)) return false
  if ((await entryAt(path)) !== null) await rename(path, besides(path))
  if (stood?.kind === 'link') await symlink(stood.target, path)
  else if (stood?.kind === 'file') await writeFile(path, stood.bytes, { flag: 'wx', mode: stood.mode })
  return true
}

async function isAsBefore(path: string, before: GitSnapshot): Promise<boolean> {
  const stood = before.get(path)
  const now = await snapshotAt(path)
  if (!stood || !now) return stood === now && (await entryAt(path)) === null
  switch (stood.kind) {
    case 'link':
      return now.kind === 'link' && stood.target === now.target
    case 'large-file':
      return now.kind === 'large-file' && stood.stamp === now.stamp
    case 'file':
      return now.kind === 'file' && stood.mode === now.mode && stood.bytes.equals(now.bytes)
    default:
      return assertNever(stood)
  }
}

async function snapshotAt(path: string): Promise<Entry | undefined> {
  const entry = await entryAt(path)
  if (entry === 'link') return { kind: 'link', target: await readlink(path) }
  if (entry !== 'file') return undefined
  const { mode, size, ino, ctimeMs } = await lstat(path)
  // Nobody sets this time to what he likes.
  if (size > LARGEST) return { kind: 'large-file', stamp: `${ino} ${size} ${ctimeMs}` }
  return { kind: 'file', bytes: await readFile(path), mode: mode & 0o777 }
}

export const MADE_BY_A_COMMAND = '.made-by-a-command'

/** Characters of its name that the new name begins with: names have an end. */
const KEPT_OF_NAME = 40

/** Where it goes: a name that no command can have known. */
function besides(path: string): string {
  const name = beginningOf(basename(path), KEPT_OF_NAME)
  return join(dirname(path), `${name}${MADE_BY_A_COMMAND}-${randomUUID().slice(0, 8)}`)
}
