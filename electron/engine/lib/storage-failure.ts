import { type Failure, failure } from '#shared/failure.ts'

/** A person's sentence for what the disk said. `action` completes "could not …". */
export function storageFailure(action: string, error: unknown): Failure {
  return failure('storage', `The app could not ${action}: ${reason(error)}`, { retryable: true })
}

/** The same of a file that a person wanted in a place of their own choice. */
export function saveFailure(path: string, error: unknown): Failure {
  const wrong = wrongPlaces[errorCode(error) ?? '']
  return wrong ? failure('storage', `${path} was not written: ${wrong}`) : storageFailure(`write ${path}`, error)
}

const wrongPlaces: Readonly<Record<string, string>> = {
  EACCES: 'the system does not allow it there. Choose another place.',
  EPERM: 'the system does not allow it there. Choose another place.',
  EROFS: 'nothing can be written there. Choose another place.',
  ENOENT: 'its folder is not there. Choose another place.',
  ENOTDIR: 'its folder is not there. Choose another place.',
  EISDIR: 'there is a folder of that name. Choose another name.',
}

function reason(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Free some space, then go on; nothing so far is lost.'
    case 'EACCES':
    case 'EPERM':
      return 'the system does not allow it. Check the rights of the data folder.'
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open. Close other programs, or allow more open files (ulimit -n).'
    case 'EROFS':
      return 'the disk is read-only.'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** The `code` of a Node system error, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
