import { access, constants, realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import { openWorkspace, type Workspace } from '../tools/contract/workspace.ts'

/** The absolute path of a folder that can be worked in. `FailureError` `invalid-input`: why it cannot. */
export async function usableFolder(cwd: string): Promise<string> {
  const folder = resolve(cwd)
  try {
    const info = await stat(folder)
    if (!info.isDirectory()) throw new FailureError(failure('invalid-input', `${folder} is a file. Choose a folder.`))
    await access(folder, constants.R_OK | constants.X_OK)
    return folder
  } catch (error) {
    if (error instanceof FailureError) throw error
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new FailureError(
      failure(
        'invalid-input',
        missing
          ? `The folder ${folder} does not exist. Choose another, or make it first.`
          : `The folder ${folder} cannot be read. Check its rights, or choose another.`,
      ),
      { cause: error },
    )
  }
}

/**
 * The folders that a session works in. Keys, settings, journals and what is trusted are nobody's working folder.
 * `FailureError`: `not-found` one of the folders is gone, `invalid-input` one of them is the data folder.
 */
export async function sessionWorkspace(
  dataFolder: string,
  cwd: string,
  addedFolders: readonly string[] = [],
): Promise<Workspace> {
  // Not made yet: then there is no link to follow.
  const data = await realpath(dataFolder).catch(() => dataFolder)
  try {
    const workspace = await openWorkspace(cwd, addedFolders, [data])
    if (![workspace.root, ...workspace.addedFolders].includes(data)) return workspace
  } catch (error) {
    throw new FailureError(await folderGone([cwd, ...addedFolders]), { cause: error })
  }
  throw new FailureError(
    failure('invalid-input', `${dataFolder} is where the app keeps keys and settings. Choose another folder.`),
  )
}

/** A turn begins only where its folders still are. `FailureError` `not-found`: one of them is gone. */
export async function assertFoldersThere({ root, addedFolders }: Workspace): Promise<void> {
  const folders = [root, ...addedFolders]
  const found = await Promise.all(folders.map(isFolder))
  if (found.includes(false)) throw new FailureError(await folderGone(folders))
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  )
}

async function folderGone(folders: readonly string[]): Promise<Failure> {
  const there = await Promise.all(folders.map(isFolder))
  const gone = folders.filter((_, index) => !there[index])
  return gone.length === 1
    ? failure('not-found', `The folder ${gone[0]} is gone. Bring it back, or go on in another one.`, {
        remedy: { kind: 'other-folder' },
      })
    : failure(
        'not-found',
        `A folder of this session cannot be opened any more: ${(gone.length > 0 ? gone : folders).join(', ')}.`,
      )
}
