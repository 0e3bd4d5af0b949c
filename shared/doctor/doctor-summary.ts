import type { Profile } from '../profile/profile.ts'
import type { CommandPart, DoctorCheck, DoctorReport } from './doctor.ts'

/** How many checks an examination has. */
export const DOCTOR_CHECKS = 12

const rank: Record<DoctorCheck['state'], number> = { problem: 0, warning: 1, ok: 2, 'not-tried': 3 }

/** Problems first, then warnings, what passed, what was not tried; each in the order of the examination. */
export function sortedChecks(checks: readonly DoctorCheck[]): DoctorCheck[] {
  return [...checks].sort((a, b) => rank[a.state] - rank[b.state])
}

export function countChecks(checks: readonly DoctorCheck[], state: DoctorCheck['state']): number {
  return checks.filter((check) => check.state === state).length
}

/** `11 of 12 pass`, or the first thing that is wrong, in a few words. */
export function doctorLine(checks: readonly DoctorCheck[]): { state: 'ok' | 'warning' | 'problem'; text: string } {
  const [first] = sortedChecks(checks)
  if (first?.state === 'problem' || first?.state === 'warning') {
    return { state: first.state, text: first.brief ?? `${first.title}: ${first.state}` }
  }
  return { state: 'ok', text: `${countChecks(checks, 'ok')} of ${checks.length} pass` }
}

/** A report is about the server and the model that the profile named then. */
export function isAbout(report: DoctorReport, profile: Pick<Profile, 'baseUrl' | 'model'>): boolean {
  return report.baseUrl === profile.baseUrl && report.profileModel === profile.model
}

/** The command as it is pasted. */
export function commandText(parts: readonly CommandPart[]): string {
  return parts.map(({ text }) => text).join(' ')
}
