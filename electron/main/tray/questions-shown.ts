import type { SessionId } from '#shared/ids.ts'
import { SETTLED } from '#shared/lib/settled.ts'

export interface QuestionId {
  sessionId: SessionId
  callId: string
}

/**
 * Since when each question is before a person's eyes. One may come up under a hand that is already moving, or take the place
 * of the one that was just answered: what is pressed at once was not meant for it.
 */
export class QuestionsShown {
  #since = new Map<string, number>()

  /** These are shown now and no others. `now` as in `hasSettled`: milliseconds of any one clock. */
  show(questions: readonly QuestionId[], now: number): void {
    this.#since = new Map(questions.map(keyOf).map((key) => [key, this.#since.get(key) ?? now]))
  }

  hasSettled(question: QuestionId, now: number): boolean {
    const since = this.#since.get(keyOf(question))
    return since !== undefined && now - since >= SETTLED
  }
}

function keyOf({ sessionId, callId }: QuestionId): string {
  return `${sessionId} ${callId}`
}
