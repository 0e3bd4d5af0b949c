import { clawCommand } from '#shared/lib/claw-command.ts'
import { counted } from '#shared/lib/counted.ts'

/** What goes on while somebody wants to end the app: runs go on without it, chats only when they are sent there. */
export interface GoingOn {
  runs: number
  chats: number
}

/** `leave`: runs go on, and chats become runs. `stop`: all of it ends now. */
export type QuitAnswer = 'leave' | 'stop' | 'cancel'

export interface QuitQuestion {
  message: string
  detail: string
  /** In the order of the box, the proposed one first. */
  buttons: readonly { label: string; answer: QuitAnswer }[]
}

/**
 * What to ask before the app ends; null = nothing goes on, there is nothing to ask. `hasTray` false: the question comes from
 * closing the window.
 */
export function quitQuestion({ runs, chats }: GoingOn, hasTray: boolean): QuitQuestion | null {
  const all = runs + chats
  if (all === 0) return null
  const it = all === 1 ? 'it' : 'them'
  const detail = [
    hasTray ? '' : 'This desktop has no tray, so the app ends with its window.',
    all === 1 ? 'It can go on without the app.' : 'They can go on without the app.',
    chats === 0 ? '' : chats === 1 ? 'The chat becomes a background run.' : 'The chats become background runs.',
    `Open it again, or use “${clawCommand('agent-ps')}”, to see ${it}.`,
  ]
  return {
    message: goingOnWords(runs, chats),
    detail: detail.filter(Boolean).join(' '),
    buttons: [
      { label: `Leave ${it} going`, answer: 'leave' },
      { label: `Stop ${it} and quit`, answer: 'stop' },
      { label: 'Cancel', answer: 'cancel' },
    ],
  }
}

function goingOnWords(runs: number, chats: number): string {
  const parts = [runs > 0 && counted(runs, 'run'), chats > 0 && counted(chats, 'chat')].filter(Boolean)
  return `${parts.join(' and ')} ${runs + chats === 1 ? 'is' : 'are'} going on`
}
