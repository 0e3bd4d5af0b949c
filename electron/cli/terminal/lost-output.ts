/** Why what was written did not arrive; null = its reader has seen enough and left, which is no failure. */
export function lostOutputWords(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED') return null
  const reason = code === 'ENOSPC' ? 'there is no space left where it goes' : `the system says ${code || String(error)}`
  return `claw: The output could not be written: ${reason}. What was printed is not whole.`
}
