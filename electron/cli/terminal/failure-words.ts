import type { Failure } from '#shared/failure.ts'
import type { FailureRemedy } from '#shared/failure-remedy.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'

/** What happened, and what to do about it in a terminal. */
export function failureWords({ message, remedy }: Pick<Failure, 'message' | 'remedy'>): string {
  return remedy ? `${message} ${remedyWords(remedy)}` : message
}

const flags = { write: '--allow-write', shell: '--allow-shell', unknown: '--unsafe' } as const

function remedyWords(remedy: FailureRemedy): string {
  switch (remedy.kind) {
    case 'allow': {
      const flag = flags[remedy.access]
      return remedy.again === 'begin'
        ? `Run it again with ${flag}, or in the window or a terminal.`
        : `Resume it to be asked again, or with ${flag}.`
    }
    case 'list':
      return `\`${clawCommand(remedy.what === 'runs' ? 'agent-ps' : 'sessions')}\` lists them.`
    case 'other-folder':
      return 'In a terminal: agent-resume with --cwd.'
    case 'read-log':
      return `Its answers are in: ${clawCommand(`agent-logs ${remedy.runId}`)}`
    case 'watch-or-end':
      return `Look in with ${clawCommand(`agent-attach ${remedy.runId}`)}, or end it with ${clawCommand(`agent-kill ${remedy.runId}`)}.`
    case 'end':
      return `If that does not help, end it with: ${clawCommand(`agent-kill ${remedy.runId}`)}`
    default:
      return assertNever(remedy)
  }
}
