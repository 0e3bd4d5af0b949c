import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, readlink, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { errorCode } from '../../lib/storage-failure.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { isAllowed, shownPath, type Workspace } from '../contract/workspace.ts'
import { differsInCase, knownByLook } from './look-alikes.ts'
import { newFileSpelling, spellingsOf } from './path-spellings.ts'

/** A path of a call after all links on it were followed, known to be inside at that moment. */
export interface ContainedPath {
  /** Absolute; nothing on it was a link when it was resolved. */
  real: string
  /** For people and models. */
  shown: string
  exists: boolean
}

/**
 * Resolves the path of a call, also where it is written as no path is: in quotes, with an `@` in front, as `file://`. A name
 * that looks the same as the one that is there means that one. Throws `ToolProblem` for one that leads outside. What is
 * opened later can be something else by then, so go on with `withFolder`, which looks again.
 */
export async function locate(workspace: Workspace, path: string): Promise<ContainedPath> {
  const spellings = spellingsOf(path)
  let first: ContainedPath | ToolProblem | undefined
  for (const spelling of spellings) {
    const place = await locateSpelling(workspace, spelling).catch((error) => {
      if (error instanceof ToolProblem) return error
      throw error
    })
    if (!(place instanceof ToolProblem) && place.exists) return place
    first ??= place
  }
  if (first instanceof ToolProblem) throw first
  if (!first) throw new ToolProblem('The path is empty.', 'wrong path')
  return await knownByLook(workspace, first, listNames(workspace))
}

/**
 * Resolves the path of a file that may be new, as `locate` does for one that is there: no twin of one that is there is made
 * unasked, and no file called like a folder.
 */
export async function locateForWriting(workspace: Workspace, path: string): Promise<ContainedPath> {
  const there = await locate(workspace, path)
  if (there.exists) return there
  const spelling = newFileSpelling(path)
  if (/[/\\]$/.test(spelling)) {
    throw new ToolProblem(`${path} ends like a folder. Name the file that is meant.`, 'names a folder')
  }
  const place = await knownByLook(workspace, await locateSpelling(workspace, spelling), listNames(workspace))
  const other = await differsInCase(workspace, place, listNames(workspace))
  if (other) {
    throw new ToolProblem(
      `There is ${other} already, which differs only in small and capital letters. Write that one; if both are wanted, create this one with bash.`,
      'differs only in case',
    )
  }
  return place
}

/** Checks that a path leads to something. Throws `ToolProblem` where nothing is there, with what else may be meant. */
export async function assertThere(
  workspace: Workspace,
  place: ContainedPath,
  advice = 'Look with list_dir or glob_search.',
): Promise<void> {
  if (place.exists) return
  const other = await differsInCase(workspace, place, listNames(workspace))
  const hint = other ? `There is ${other}.` : advice
  throw new ToolProblem(`${place.shown} does not exist. ${hint}`, 'not found')
}

function listNames(workspace: Workspace): (folder: string) => Promise<string[]> {
  return (folder) =>
    withFolder(workspace, folder, (held) => readdir(held)).catch((error) => {
      // Only names that are like the one asked for come from here; opening says what is wrong.
      if (error instanceof ToolProblem || errorCode(error) !== undefined) return []
      throw error
    })
}

async function locateSpelling(workspace: Workspace, path: string): Promise<ContainedPath> {
  if (path.includes('\0')) throw new ToolProblem('A path cannot contain a NUL character.', 'wrong path')
  const absolute = resolve(workspace.root, path.replace(/^~(?=\/|$)/, homedir()))
  const { real, exists } = await followLinks(absolute, path)
  if (!isAllowed(workspace, real)) throw await outside(workspace, path)
  return { real, shown: shownPath(workspace, real), exists }
}

/**
 * Opens a folder of the workspace and hands out a name for it that stays this folder, whatever is put in its place on
 * disk meanwhile. Throws `ToolProblem` if it is not inside any more.
 */
export async function withFolder<Value>(
  workspace: Workspace,
  real: string,
  use: (held: string) => Promise<Value>,
): Promise<Value> {
  const folder = await openFolder(workspace, real, real)
  try {
    return await use(folder.held)
  } finally {
    await folder.handle.close()
  }
}

/** Holds a folder as `withFolder` does, after making it and its parents where they are missing. */
export async function withMadeFolder<Value>(
  workspace: Workspace,
  real: string,
  use: (held: string) => Promise<Value>,
): Promise<Value> {
  let folder = await deepestFolder(workspace, real)
  try {
    while (folder.missing.length > 0) {
      const [name = '', ...missing] = folder.missing
      const path = join(folder.held, name)
      await mkdir(path).catch((error) => {
        if (errorCode(error) !== 'EEXIST') throw error
      })
      const next = await openFolder(workspace, path, join(folder.real, name))
      await folder.handle.close()
      folder = { ...next, missing }
    }
    return await use(folder.held)
  } finally {
    await folder.handle.close()
  }
}

interface OpenFolder {
  handle: FileHandle
  /** A path that leads to the open folder itself. */
  held: string
  real: string
}

async function openFolder(workspace: Workspace, path: string, real: string): Promise<OpenFolder> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    return { handle, held: await heldPath(workspace, handle, real), real }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Linux names an open folder itself (proc(5)), so nothing can come between; elsewhere it is compared once more. */
async function heldPath(workspace: Workspace, handle: FileHandle, real: string): Promise<string> {
  if (process.platform === 'linux') {
    const held = `/proc/${process.pid}/fd/${handle.fd}`
    const now = await readlink(held).catch((error) => {
      if (errorCode(error) === 'ENOENT') return null // no /proc here
      throw error
    })
    if (now !== null) {
      if (!isAllowed(workspace, now)) throw moved()
      return held
    }
  }
  const now = await realpath(real)
  const [opened, there] = await Promise.all([handle.stat(), lstat(now)])
  if (!isAllowed(workspace, now) || opened.ino !== there.ino || opened.dev !== there.dev) throw moved()
  return now
}

async function deepestFolder(workspace: Workspace, real: string): Promise<OpenFolder & { missing: string[] }> {
  const missing: string[] = []
  for (let path = real; ; path = dirname(path)) {
    try {
      return { ...(await openFolder(workspace, path, path)), missing }
    } catch (error) {
      // Never above a folder that tools may touch.
      if (errorCode(error) !== 'ENOENT' || !isAllowed(workspace, dirname(path))) throw error
      missing.unshift(basename(path))
    }
  }
}

async function followLinks(absolute: string, path: string): Promise<{ real: string; exists: boolean }> {
  const missing: string[] = []
  for (let current = absolute; ; current = dirname(current)) {
    try {
      return { real: join(await realpath(current), ...missing), exists: missing.length === 0 }
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || current === dirname(current)) throw error
      const dangling = await lstat(current).then(
        (stat) => stat.isSymbolicLink(),
        () => false,
      )
      if (dangling) throw new ToolProblem(`${path} is a symbolic link to nothing.`, 'broken link')
      missing.unshift(basename(current))
    }
  }
}

async function outside(workspace: Workspace, path: string): Promise<ToolProblem> {
  const relativePath = path.replace(/^\/+/, '')
  const meant =
    relativePath !== path &&
    (await followLinks(resolve(workspace.root, relativePath), path).then(
      ({ real, exists }) => exists && isAllowed(workspace, real),
      () => false,
    ))
  const folders = [workspace.root, ...workspace.addedFolders].join(', ')
  const hint = meant ? ` Did you mean ${relativePath}?` : ' Use paths relative to the workspace.'
  return new ToolProblem(`${path} is outside of the workspace (${folders}).${hint}`, 'outside of the workspace')
}

function moved(): ToolProblem {
  return new ToolProblem(
    'This path was changed while it was opened and leads outside of the workspace.',
    'path changed',
  )
}
