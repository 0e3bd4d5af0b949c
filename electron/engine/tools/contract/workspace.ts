import { realpath } from 'node:fs/promises'
import { basename, isAbsolute, relative, resolve, sep } from 'node:path'

/** The folders that tools may touch. */
export interface Workspace {
  /** Absolute, symlinks resolved. */
  root: string
  /** Added by `--add-dir`: absolute, symlinks resolved. */
  addedFolders: readonly string[]
  /** Never touched and hidden from commands, also where they lie inside, such as the app's own data. */
  privateFolders?: readonly string[]
}

/**
 * Opens the folders of a workspace and resolves their links once: later a link in their place is a different folder. A
 * private folder may be missing yet; one around a folder of the workspace hides nothing. Rejects with the system's error if
 * one of the others is not there.
 */
export async function openWorkspace(
  root: string,
  addedFolders: readonly string[] = [],
  privateFolders: readonly string[] = [],
): Promise<Workspace> {
  const work = await Promise.all([root, ...addedFolders].map((folder) => realpath(folder)))
  // One that is not there has no links to follow, and is private when somebody makes it.
  const hidden = await Promise.all(privateFolders.map((folder) => realpath(folder).catch(() => resolve(folder))))
  return {
    root: work[0] ?? root,
    addedFolders: work.slice(1),
    privateFolders: hidden.filter((folder) => !work.some((inside) => isInside(folder, inside))),
  }
}

/** Whether a real path is the folder or below it. Says nothing of links on the way. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Whether tools may touch what stands at a real path. */
export function isAllowed(workspace: Workspace, path: string): boolean {
  return (
    [workspace.root, ...workspace.addedFolders].some((folder) => isInside(folder, path)) &&
    !workspace.privateFolders?.some((folder) => isInside(folder, path))
  )
}

/** A real path as the model and the person see it: relative to the root, absolute in an added folder. */
export function shownPath(workspace: Workspace, path: string): string {
  if (!isInside(workspace.root, path)) return path
  return relative(workspace.root, path).split(sep).join('/') || '.'
}

/** What a person calls a folder. */
export function folderName(folder: string): string {
  return basename(folder) || folder
}
