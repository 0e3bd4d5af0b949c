import type { ApprovalAnswer } from '#shared/approval/approval.ts'

/** What a line at an approval comes to: an answer, a reason that still has to be written, or a word that is none. */
export type ReadAnswer = { kind: 'answer'; answer: ApprovalAnswer } | { kind: 'reason' } | { kind: 'unclear' }

const ALLOW = /^(?:y|yes|o|once|allow)$/i
const SESSION = /^(?:s|session)$/i
const DENY = /^(?:n|no|d|deny)$/i
const REASON = /^(?:r|reason)$/i

const REASON_LENGTH = 2000

/**
 * `y`, `s`, `n` and their words; `n` or `r` with a reason behind it. A sentence is what it should do instead, unless it
 * begins like a yes: whether that allows is for the person to say.
 */
export function readAnswer(line: string): ReadAnswer {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? []
  if (DENY.test(word) || REASON.test(word)) {
    if (rest) return deny(rest)
    return DENY.test(word) ? deny('') : { kind: 'reason' }
  }
  if (rest === '') {
    if (ALLOW.test(word)) return { kind: 'answer', answer: { decision: 'allow-once' } }
    if (SESSION.test(word)) return { kind: 'answer', answer: { decision: 'allow-session' } }
    return { kind: 'unclear' }
  }
  if (ALLOW.test(word) || SESSION.test(word) || AGREES.test(word) || word.startsWith('/')) return { kind: 'unclear' }
  return deny(line.trim())
}

const AGREES = /^(?:ok|okay|yep|yeah|sure|please|go|do)\b/i

export function deny(reason: string): ReadAnswer {
  return {
    kind: 'answer',
    answer: { decision: 'deny', ...(reason && { reason: reason.slice(0, REASON_LENGTH) }) },
  }
}
