/** What goes on while somebody wants to end the app. Chats end with it, runs need not. */
export interface GoingOn {
  runs: number
  chats: number
}

export type QuitAnswer = 'leave' | 'stop' | 'cancel'

export interface QuitQuestion {
  message: string
  detail: string
  /** In the order of the box, the proposed one first. */
  buttons: readonly { label: string; answer: QuitAnswer }[]
}

/** null = nothing goes on, there is nothing to ask. `hasTray` false: the question comes from closing the window. */
export function quitQuestion({ runs, chats }: GoingOn, hasTray: boolean): QuitQuestion | null {
  if (runs === 0 && chats === 0) return null
  const reason = hasTray ? '' : 'This desktop has no tray, so the app ends with its window. '
  const cancel = { label: 'Cancel', answer: 'cancel' } as const
  if (runs === 0) {
    const one = chats === 1
    return {
      message: one ? 'A chat is working' : `${chats} chats are working`,
      detail: `${reason}${one ? 'Its turn stops' : 'Their turns stop'} now and can go on later.`,
      buttons: [{ label: one ? 'Stop it and quit' : 'Stop them and quit', answer: 'stop' }, cancel],
    }
  }
  const one = runs === 1
  const chatsToo =
    chats === 0
      ? ''
      : chats === 1
        ? ' A chat works too: its turn stops now and can go on later.'
        : ` ${chats} chats work too: their turns stop now and can go on later.`
  return {
    message: one ? '1 run is going on' : `${runs} runs are going on`,
    detail: `${reason}${one ? 'It' : 'They'} can go on without the app. Open it again, or use “claw agent-ps”, to see ${one ? 'it' : 'them'}.${chatsToo}`,
    buttons: [
      { label: one ? 'Leave it going' : 'Leave them going', answer: 'leave' },
      { label: one ? 'Stop it and quit' : 'Stop them and quit', answer: 'stop' },
      cancel,
    ],
  }
}
