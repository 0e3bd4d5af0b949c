import { copyFile, lstat, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type GitSetting, gitSettings, settingLine } from '../../lib/git-config-text.ts'
import { contentVersion } from '../content-version.ts'
import { hasIdleCommondir } from './commondir.ts'
import { entryAt } from './way.ts'

/** What stood at paths of git folders: a link, or a file with its rights. */
export type Standing = ReadonlyMap<string, { target: string } | { bytes: Buffer; mode: number }>

/** Of a repository that a command made, settings that say what it is; those that name programs are not among them. */
const KEPT_SECTIONS = /^(remote|branch|submodule|init|user|author|committer|extensions)(\.|$)/
const KEPT_NAMES =
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|worktree)$/
const PROGRAM_NAMES = /^(vcs|uploadpack|receivepack|proxy|update|helper)$/

/** Files that lead git to other settings. */
const ELSEWHERE = ['commondir', 'gitdir', 'config.worktree']

/** What git runs by itself, or is led to, from a git folder, as it stands now. */
export async function standingIn(git: string): Promise<Standing> {
  const hooks = join(git, 'hooks')
  const inHooks = (await entryAt(hooks)) === 'folder' ? await hookNames(git) : []
  const worktrees = await readdir(join(git, 'worktrees')).catch(() => [])
  const paths = [
    ...['config', 'hooks', ...ELSEWHERE].map((name) => join(git, name)),
    ...inHooks.map((name) => join(hooks, name)),
    ...worktrees.map((name) => join(git, 'worktrees', name, 'commondir')),
  ]
  const found = await Promise.all(paths.map(async (path) => [path, await standingAt(path)] as const))
  return new Map(found.flatMap(([path, standing]) => (standing ? [[path, standing]] : [])))
}

/**
 * Takes from a git folder what git would run by itself and what leads it elsewhere, unless it stood there before. Nothing is
 * lost: it lies beside, under a name that git does not look for, and what it stood in place of is put back. Resolves with
 * whether there was any.
 */
export async function takePrograms(git: string, before: Standing): Promise<boolean> {
  let found = await takeWorktrees(git, before)
  for (const name of ELSEWHERE) {
    // Of a command in another folder that goes on.
    if (name === 'commondir' && (await hasIdleCommondir(git))) continue
    if (await putBack(join(git, name), before)) found = true
  }
  const hooks = join(git, 'hooks')
  const isFolder = (await entryAt(hooks)) === 'folder'
  for (const path of isFolder ? (await hookNames(git)).map((name) => join(hooks, name)) : [hooks]) {
    if (await putBack(path, before)) found = true
  }
  return (await takeSettings(join(git, 'config'), before)) || found
}

async function takeWorktrees(git: string, before: Standing): Promise<boolean> {
  let found = false
  for (const name of await readdir(join(git, 'worktrees')).catch(() => [])) {
    const worktree = join(git, 'worktrees', name)
    const common = await readFile(join(worktree, 'commondir'), 'utf8').catch(() => '')
    if (resolve(worktree, common.trim()) === git || (await isAsBefore(join(worktree, 'commondir'), before))) continue
    await rm(worktree, { recursive: true, force: true })
    found = true
  }
  return found
}

async function takeSettings(config: string, before: Standing): Promise<boolean> {
  const entry = await entryAt(config)
  if (entry !== 'file') return await putBack(config, before)
  if (await isAsBefore(config, before)) return false
  const stood = before.get(config)
  const own = new Set((stood && 'bytes' in stood ? gitSettings(stood.bytes.toString()) : []).map(settingLine))
  const settings = gitSettings(await readFile(config, 'utf8'))
  const kept = settings.filter((setting) => isHarmless(setting) || own.has(settingLine(setting)))
  if (kept.length === settings.length) return false
  await copyFile(config, await besides(config))
  await writeFile(config, kept.map(settingLine).join(''))
  return true
}

function isHarmless({ section, name }: GitSetting): boolean {
  if (section === 'core') return KEPT_NAMES.test(`core.${name}`)
  return KEPT_SECTIONS.test(section) && !PROGRAM_NAMES.test(name) && name !== 'worktreeconfig'
}

async function hookNames(git: string): Promise<string[]> {
  const names = await readdir(join(git, 'hooks')).catch(() => [])
  return names.filter((name) => !name.endsWith('.sample') && !name.includes(MADE_BY_A_COMMAND))
}

/** What stands there goes aside where it is not what stood there before, which comes back. */
async function putBack(path: string, before: Standing): Promise<boolean> {
  const stood = before.get(path)
  if (await isAsBefore(path, before)) return false
  if ((await entryAt(path)) !== null) await rename(path, await besides(path))
  if (stood && 'target' in stood) await symlink(stood.target, path)
  else if (stood) await writeFile(path, stood.bytes, { flag: 'wx', mode: stood.mode })
  return true
}

async function isAsBefore(path: string, before: Standing): Promise<boolean> {
  const stood = before.get(path)
  const now = await standingAt(path)
  if (!stood || !now) return stood === now && (await entryAt(path)) === null
  if ('target' in stood || 'target' in now) return 'target' in stood && 'target' in now && stood.target === now.target
  return stood.mode === now.mode && stood.bytes.equals(now.bytes)
}

async function standingAt(path: string): Promise<{ target: string } | { bytes: Buffer; mode: number } | undefined> {
  const entry = await entryAt(path)
  if (entry === 'link') return { target: await readlink(path) }
  if (entry !== 'file') return undefined
  const [bytes, { mode }] = await Promise.all([readFile(path), lstat(path)])
  return { bytes, mode: mode & 0o777 }
}

export const MADE_BY_A_COMMAND = '.made-by-a-command'

/** Where it goes; the same content goes to the same place again. */
async function besides(path: string): Promise<string> {
  const standing = await standingAt(path)
  const content = standing && ('bytes' in standing ? standing.bytes : Buffer.from(standing.target))
  // A folder has no content of its own, and is seldom put there.
  const version = contentVersion(content ?? Buffer.from(`${Date.now()}`))
  return join(dirname(path), `${path.slice(dirname(path).length + 1)}${MADE_BY_A_COMMAND}-${version}`)
}
