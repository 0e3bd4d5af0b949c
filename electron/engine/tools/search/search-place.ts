import { lstat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../../lib/storage-failure.ts'
import { withFolder } from '../contain/contained-path.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { isAllowed, type Workspace } from '../contract/workspace.ts'

/** Whether a folder of the workspace stands at a real path; a file, a pipe or a link is none. */
export async function isFolder(workspace: Workspace, real: string): Promise<boolean> {
  return await withFolder(workspace, real, () => Promise.resolve(true)).catch((error) => {
    if (errorCode(error) === 'ENOTDIR') return false
    throw error
  })
}

/**
 * Those of the real paths where a regular file of the workspace stands. ripgrep goes by names, and while it runs a folder
 * can become a link that leads out; what it found that way is not there for somebody who holds the folders.
 */
export async function realFiles(workspace: Workspace, paths: readonly string[]): Promise<string[]> {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const names = folders.get(dirname(path)) ?? []
    folders.set(dirname(path), names)
    names.push(basename(path))
  }
  const there = new Set<string>()
  for (const [folder, names] of folders) {
    const found = await unlessGone([], () =>
      withFolder(workspace, folder, (held) =>
        Promise.all(
          names.map((name) => unlessGone(null, async () => ((await lstat(join(held, name))).isFile() ? name : null))),
        ),
      ),
    )
    for (const name of found)
      if (name !== null && isAllowed(workspace, join(folder, name))) there.add(join(folder, name))
  }
  return paths.filter((path) => there.has(path))
}

/** What was there a moment ago need not be there, or not be what it was. */
export async function unlessGone<Value, Other>(other: Other, work: () => Promise<Value>): Promise<Value | Other> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ToolProblem || GONE.has(errorCode(error) ?? '')) return other
    throw error
  }
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM'])
