import type { DoctorReport, DoctorState } from '#shared/doctor/doctor.ts'
import { doctorLine, isAbout } from '#shared/doctor/doctor-summary.ts'
import type { AppState, BackendStatus } from '#shared/feed/app-state.ts'
import { type StateLine, stateLine, type Tone } from '../lib/backend-state.ts'

const tones: Record<'ok' | 'warning' | 'problem', Tone> = { ok: 'ok', warning: 'warn', problem: 'danger' }

/** The line of a backend in the list: what the last test found, unless the server itself says something now. */
export function backendLine(backend: BackendStatus, doctor: DoctorState | undefined): StateLine {
  if (doctor?.running) return { tone: 'off', text: 'testing…' }
  const line = stateLine(backend)
  const report = reportOf(backend, doctor)
  if (!report || line.tone !== 'ok') return line
  if (report.wantsLoad) return { tone: 'off', text: 'model not loaded' }
  const { state, text } = doctorLine(report.checks)
  return { tone: tones[state], text }
}

/** The last report, if it is about the profile as it is now. */
export function reportOf(
  { profile }: Pick<BackendStatus, 'profile'>,
  doctor: DoctorState | undefined,
): DoctorReport | null {
  return doctor?.report && isAbout(doctor.report, profile) ? doctor.report : null
}

/** How many backends a person should look at. */
export function attentionCount(state: Pick<AppState, 'backends' | 'doctor'>): number {
  return tonesOf(state).filter((tone) => tone === 'warn' || tone === 'danger').length
}

/** The tone of the worst of them. */
export function attentionTone(state: Pick<AppState, 'backends' | 'doctor'>): 'warn' | 'danger' {
  return tonesOf(state).includes('danger') ? 'danger' : 'warn'
}

function tonesOf({ backends, doctor }: Pick<AppState, 'backends' | 'doctor'>): Tone[] {
  return backends.map((backend) => backendLine(backend, doctor[backend.profile.id]).tone)
}
