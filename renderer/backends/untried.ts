import type { DoctorCheck } from '#shared/doctor/doctor.ts'

/** Checks that were not tried are one row together, unless there is one alone or it has a button of its own. */
export function foldUntried(
  checks: readonly DoctorCheck[],
  wantsLoad: boolean,
): { rows: readonly DoctorCheck[]; untried: readonly DoctorCheck[] } {
  const isFolded = ({ id, state }: DoctorCheck) => state === 'not-tried' && !(wantsLoad && id === 'model')
  const untried = checks.filter(isFolded)
  if (untried.length < 2) return { rows: checks, untried: [] }
  return { rows: checks.filter((check) => !isFolded(check)), untried }
}

/** Why none of them was tried, where it is the same for all: each says so by itself, as "Not tried, the key comes first." */
export function untriedReason(checks: readonly DoctorCheck[]): string {
  const [first, ...others] = new Set(checks.map(({ evidence }) => evidence))
  if (first === undefined || others.length > 0) return ''
  const reason = first.replace(/^not tried,?\s*/i, '')
  return reason.charAt(0).toUpperCase() + reason.slice(1)
}
