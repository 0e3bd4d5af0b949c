import type { DoctorCheck, DoctorCheckId } from '#shared/doctor/doctor.ts'
import type { Failure } from '#shared/failure.ts'
import { withoutQuote } from '../backend/errors/classify-error.ts'

export const titles: Readonly<Record<DoctorCheckId, string>> = {
  reachable: 'Reachable',
  key: 'Key',
  model: 'Model',
  stream: 'Streams',
  usage: 'Usage in the stream',
  reasoning: 'Reasoning',
  tools: 'Tool calls',
  'tools-whole': 'Tool calls, whole reply',
  'parallel-tools': 'Two calls at once',
  system: 'System message',
  window: 'Context window',
  cancel: 'Cancel',
}

type More = Partial<Omit<DoctorCheck, 'id' | 'title' | 'state' | 'evidence'>>

export function check(id: DoctorCheckId, state: DoctorCheck['state'], evidence: string, more: More = {}): DoctorCheck {
  return { id, title: titles[id], state, evidence, remedies: [], ms: null, ...more }
}

/** A check that the server did not let us finish; its own words are quoted. */
export function failedCheck(
  id: DoctorCheckId,
  failure: Pick<Failure, 'message' | 'details'>,
  more: More = {},
): DoctorCheck {
  const { details } = failure
  const quote = details?.serverMessage
  return check(id, 'problem', withoutQuote(failure), {
    ...(quote && { quote }),
    ...(details?.status !== undefined && { status: details.status }),
    ...more,
  })
}

const whole = new Intl.NumberFormat('en-US')

export function tokenCount(count: number): string {
  return whole.format(count)
}

/** `40 ms`, `1.4 s`, `12 s`. */
export function time(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}
