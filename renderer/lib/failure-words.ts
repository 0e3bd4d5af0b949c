import type { Failure } from '#shared/failure.ts'
import type { FailureRemedy } from '#shared/failure-remedy.ts'
import { assertNever } from '#shared/lib/assert-never.ts'

/** What happened, and what to do about it in the window. */
export function failureWords({ message, remedy }: Pick<Failure, 'message' | 'remedy'>): string {
  return remedy ? `${message} ${remedyWords(remedy)}` : message
}

function remedyWords(remedy: FailureRemedy): string {
  switch (remedy.kind) {
    case 'allow':
      return 'Try again here, and you are asked.'
    case 'list':
      return remedy.what === 'runs' ? 'They are listed under Background.' : 'They are listed in the sidebar.'
    case 'other-folder':
      return 'Or begin a new chat in another folder.'
    case 'read-log':
      return 'What it does is shown under Background.'
    case 'watch-or-end':
      return 'Look in or end it under Background.'
    case 'end':
      return 'If that does not help, end it under Background.'
    default:
      return assertNever(remedy)
  }
}
