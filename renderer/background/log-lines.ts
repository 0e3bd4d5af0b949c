import type { Item, SessionView } from '#shared/session/session-view.ts'
import { endWords } from '../lib/end-words.ts'
import { failureWords } from '../lib/failure-words.ts'
import { moreCharacters } from '../lib/more-characters.ts'

export interface LogLine {
  /** Milliseconds since 1970; null = as the line before it. */
  at: number | null
  /** Who or what: "you", "agent", "Run". */
  who: string
  text: string
  tone: 'words' | 'quiet' | 'output' | 'problem'
}

/** The journal as lines, oldest first: what `claw agent-logs` says of the same session. */
export function logLines(view: SessionView): LogLine[] {
  return view.turns.flatMap((turn) => {
    const end = turn.end
    return [
      ...textLines(turn.startedAt, 'you', turn.text, 'words'),
      ...turn.items.flatMap(itemLines),
      ...(end ? endLines(end.at, end.reason, end.failure ? failureWords(end.failure) : '') : []),
    ]
  })
}

function itemLines(item: Item): LogLine[] {
  switch (item.kind) {
    case 'text':
      return [...textLines(null, 'agent', item.text.trim(), 'words'), ...omittedLines('agent', item.text, item.omitted)]
    case 'reasoning':
      return [
        ...textLines(item.startedAt, 'thought', item.text.trim(), 'quiet'),
        ...omittedLines('thought', item.text, item.omitted),
      ]
    case 'notice':
      return textLines(null, 'note', item.message, 'quiet')
    case 'follow-up':
      return textLines(null, item.origin === 'user' ? 'you' : 'note', item.text, 'words')
    case 'tool': {
      const failed = item.state === 'failed' || (item.exitCode !== undefined && item.exitCode !== 0)
      const state = item.state === 'running' || item.state === 'waiting' ? item.state : endWords(item) || item.state
      return [
        { at: item.startedAt, who: item.verb, text: item.target, tone: 'words' },
        ...textLines(null, '', item.diff ? '' : item.output.replace(/\n+$/, ''), 'output'),
        ...omittedLines('', item.output, item.omitted),
        { at: null, who: '', text: state, tone: failed ? 'problem' : 'quiet' },
      ]
    }
  }
}

function omittedLines(who: string, shown: string, omitted = 0): LogLine[] {
  return textLines(null, who, omitted > 0 ? `… ${moreCharacters(omitted, shown)} in the journal` : '', 'quiet')
}

function endLines(at: number, reason: string, message: string): LogLine[] {
  const text = reason === 'completed' ? 'done' : [reason, message].filter(Boolean).join(': ')
  return [{ at, who: 'end', text, tone: reason === 'completed' || reason === 'aborted' ? 'quiet' : 'problem' }]
}

function textLines(at: number | null, who: string, text: string, tone: LogLine['tone']): LogLine[] {
  if (text === '') return []
  return text.split('\n').map((line, index) => ({
    at: index === 0 ? at : null,
    who: index === 0 ? who : '',
    text: line,
    tone,
  }))
}
