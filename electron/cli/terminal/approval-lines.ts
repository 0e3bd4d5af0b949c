import type { ApprovalRequest } from '#shared/approval.ts'
import { diffLines } from './diff-lines.ts'
import { type Output, paint } from './output.ts'
import { plainLine, plainText } from './plain-text.ts'

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
  for (const { name, text } of facts) lines.push(paint(output, 'dim', `  ${plainLine(name)} ${plainLine(text)}`))
  if (recovered) lines.push(paint(output, 'yellow', '  The call was read out of plain text of the model.'))
  return lines
}

export const approvalQuestion = (output: Output, { sessionRule }: ApprovalRequest): string =>
  `${paint(output, 'bold', '[o]')}nce  ${paint(output, 'bold', '[s]')}ession ${paint(output, 'dim', `(${plainLine(sessionRule)})`)}  ${paint(output, 'bold', '[d]')}eny: `
