import type { ApprovalRequest } from '#shared/approval/approval.ts'
import { diffLines } from './diff-lines.ts'
import { type Output, paint } from './output.ts'
import { plainLine, plainText } from './plain-text.ts'
import { padEnd, textWidth } from './width.ts'
import { wrapRows } from './wrap.ts'

/** The question in full: nothing of a command or a change is left out, whatever its length. */
export function approvalLines(output: Output, request: ApprovalRequest): string[] {
  const { subject, facts, purpose, recovered } = request
  const lines = [paint(output, 'yellow', paint(output, 'bold', `Approval needed ${plainLine(purpose)}`))]
  if (subject.kind === 'command') {
    lines.push(
      ...plainText(subject.command)
        .split('\n')
        .map((line) => `  ${paint(output, 'bold', line)}`),
    )
  } else {
    const { path, added, removed } = subject.diff
    lines.push(`  ${paint(output, 'bold', plainLine(path))}  +${added} −${removed}`, ...diffLines(output, subject.diff))
  }
  lines.push(...factLines(output, facts))
  if (recovered) lines.push(paint(output, 'yellow', '  The call was read out of plain text of the model.'))
  return lines
}

/** Names in one column, texts in the other, broken at words. */
function factLines(output: Output, facts: ApprovalRequest['facts']): string[] {
  const width = Math.max(0, ...facts.map(({ name }) => textWidth(plainLine(name))))
  const room = output.terminal ? Math.max(16, output.width() - 1 - width - 4) : Number.POSITIVE_INFINITY
  return facts.flatMap(({ name, text }) =>
    wrapRows(plainLine(text), room).map((row, index) =>
      paint(output, 'dim', `  ${padEnd(index === 0 ? plainLine(name) : '', width)}  ${row}`),
    ),
  )
}

/** The keys with their words; what "for this session" allows stands among the facts. */
export function approvalQuestion(output: Output): string {
  const keys = [
    ['y', 'allow once'],
    ['s', 'for this session'],
    ['n', 'deny'],
    ['r', 'deny with a reason'],
  ] as const
  const words = keys.map(([key, text]) => `${paint(output, 'bold', key)} ${text}`)
  const rows = wrapRows(keys.map(([key, text]) => `${key} ${text}`).join('   '), output.width() - 3)
  return rows.length === 1 ? `  ${words.join('   ')}` : words.map((word) => `  ${word}`).join('\n')
}

export const REASON_QUESTION = 'What should it do instead?'
export const APPROVAL_HELP =
  'Type y to allow it once, s for this session, n to deny it, or write what it should do instead.'
export const SLASH_AT_QUESTION = 'Commands such as /status work when this is answered: y, s or n.'
