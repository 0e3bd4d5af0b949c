import { errorCode } from '../../lib/storage-failure.ts'
import type { ToolResult } from './tool.ts'

/**
 * What the model or the disk did wrong, inside of a tool. The message is for the model: what happened, what to do.
 * `summary` is for the row.
 */
export class ToolProblem extends Error {
  override readonly name = 'ToolProblem'
  readonly summary: string
  constructor(message: string, summary: string) {
    super(message)
    this.summary = summary
  }
}

export function problemResult(problem: ToolProblem): ToolResult {
  return { ok: false, output: `Error: ${problem.message}`, summary: problem.summary }
}

/** The words for an error of the file system, or null if it is none that a person or a model can do something about. */
export function systemProblem(error: unknown, path = 'this path'): ToolProblem | null {
  switch (errorCode(error)) {
    case 'ENOENT':
      return new ToolProblem(`${path} does not exist. Look with list_dir or glob_search.`, 'not found')
    case 'EACCES':
    case 'EPERM':
      return new ToolProblem(`The system does not allow it: no permission for ${path}.`, 'no permission')
    case 'ENOSPC':
    case 'EDQUOT':
      return new ToolProblem('The disk is full; nothing was changed. Tell the user.', 'disk full')
    case 'EROFS':
      return new ToolProblem(`${path} is on a read-only disk.`, 'read-only disk')
    case 'EISDIR':
      return new ToolProblem(`${path} is a folder, not a file. Use list_dir.`, 'is a folder')
    case 'ENOTDIR':
      return new ToolProblem(`A part of ${path} is a file, not a folder.`, 'not a folder')
    case 'ENAMETOOLONG':
      return new ToolProblem('This path is too long for the system.', 'path too long')
    case 'ELOOP':
      return new ToolProblem(`${path} is a symbolic link that cannot be followed here.`, 'symbolic link')
    case 'EMFILE':
    case 'ENFILE':
      return new ToolProblem('Too many files are open at the moment. Try again.', 'too many open files')
    case 'EBUSY':
    case 'ETXTBSY':
      return new ToolProblem(`${path} is in use by another program.`, 'in use')
    default:
      return null
  }
}
