import type { Failure, FailureCode } from '#shared/failure.ts'
import { setterOf } from '#shared/limits/effective-limits.ts'
import { endWasChosen } from '#shared/session/session-state.ts'
import type { TurnView } from '#shared/session/session-view.ts'
import { stopFacts, stopTitle } from '../approvals/budget-stop.ts'
import { failureWords } from '../lib/failure-words.ts'

/** `resend` and `go-on` = the turn goes on in its place, by the name that fits how it ended; the others are pages. */
export type EndAction = 'resend' | 'go-on' | 'key' | 'backends' | 'budgets' | 'settings'

export interface EndNotice {
  /** `line` is one grey line, the others a box: `calm` is grey, for what a person chose. */
  tone: 'line' | 'calm' | 'warn' | 'danger'
  title: string
  text: string
  /** The server's own words. */
  quote: string
  actions: readonly EndAction[]
}

/** What is said under a turn that did not simply end; null = nothing. */
export function endNotice({ end, items }: Pick<TurnView, 'end' | 'items'>): EndNotice | null {
  if (!end) return null
  const { reason, failure, budget } = end
  switch (reason) {
    case 'completed':
      return null
    case 'aborted':
      return { tone: 'line', title: 'Stopped by you.', text: '', quote: '', actions: [] }
    case 'interrupted':
      return box('warn', 'This was interrupted.', 'What was done until then still stands.', ['go-on'])
    case 'needs-approval':
      return box(
        'warn',
        ...sentences(failure ? failureWords(failure) : 'It needs an approval that nobody could give.'),
        ['resend'],
      )
    case 'budget':
      if (!budget) return box('danger', 'A limit is reached.', '', ['go-on'])
      return box(
        endWasChosen(items) ? 'calm' : 'danger',
        `Limit reached: ${stopTitle(budget)}.`,
        stopFacts(budget)
          .map(({ name, text }) => `${name}: ${text}.`)
          .join(' '),
        setterOf(budget)?.kind === 'settings' ? ['budgets', 'go-on'] : ['go-on'],
      )
    case 'failed': {
      const [title, text] = sentences(failure ? failureWords(failure) : 'The turn failed.')
      return { ...box('danger', title, text, failureActions(failure)), quote: quoteOf(failure) }
    }
  }
}

function box(tone: 'calm' | 'warn' | 'danger', title: string, text: string, actions: readonly EndAction[]): EndNotice {
  return { tone, title, text, quote: '', actions }
}

/** The first sentence, and the rest. */
export function sentences(message: string): [first: string, rest: string] {
  const end = /[.!?](?=\s+[A-Z“"'])/.exec(message)
  return end ? [message.slice(0, end.index + 1), message.slice(end.index + 1).trim()] : [message, '']
}

/** Of the profile: the same request would fail again. */
const needsBackend: ReadonlySet<FailureCode> = new Set([
  'unknown-model',
  'tools-unsupported',
  'credits',
  'unreachable',
  'not-found',
])

function failureActions(failure: Failure | null): readonly EndAction[] {
  if (!failure) return ['resend']
  if (failure.code === 'auth') return ['key', 'resend']
  if (needsBackend.has(failure.code)) return ['backends', 'resend']
  if (failure.code === 'context-overflow') return ['backends']
  if (failure.code === 'loop') return ['go-on']
  return ['resend']
}

/** Only where our own sentence does not hold it already. */
function quoteOf(failure: Failure | null): string {
  const words = failure?.details?.serverMessage?.trim() ?? ''
  return failure?.message.includes(words) ? '' : words
}
