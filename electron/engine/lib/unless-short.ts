import { errorCode } from './storage-failure.ts'

const SHORT: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])

/**
 * For a rejected look at a place: what is not there, or not ours to see, counts as `value`. Where this process is short of
 * descriptors or memory nothing is known of the place, and a sandbox must not be built as if nothing stood there.
 */
export function unlessShort<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (SHORT.has(errorCode(error))) throw error
    return value
  }
}
