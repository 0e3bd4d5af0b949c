import { type Failure, failure } from '#shared/failure.ts'

/** A person's sentence for what the disk said. `action` completes "could not …". */
export function storageFailure(action: string, error: unknown): Failure {
  return failure('storage', `The app could not ${action}: ${reason(error)}`, { retryable: true })
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
