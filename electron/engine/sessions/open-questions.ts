import { FailureError, failure } from '#shared/failure.ts'

interface QuestionOptions<Answer> {
  /** Rejects with `FailureError` `aborted` when it aborts. */
  signal: AbortSignal
  /** Milliseconds; null = it waits for ever. */
  limit: number | null
  /** What it resolves with after the limit. */
  unanswered: Answer
}

/** What waits for a person, by a key: an approval by its call, for instance. Whoever answers first, answers. */
export class OpenQuestions<Answer> {
  readonly #waiting = new Map<string, (answer: Answer) => void>()

  /** Waits for the answer to the question of that key, and resolves with it. */
  ask<Unanswered>(
    key: string,
    { signal, limit, unanswered }: QuestionOptions<Unanswered>,
  ): Promise<Answer | Unanswered> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const stopWaiting = () => {
        clearTimeout(timer)
        this.#waiting.delete(key)
        signal.removeEventListener('abort', aborted)
      }
      const aborted = () => {
        stopWaiting()
        reject(new FailureError(failure('aborted', 'The turn was stopped.')))
      }
      const settle = (answer: Answer | Unanswered) => {
        stopWaiting()
        resolve(answer)
      }
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted, { once: true })
      this.#waiting.set(key, settle)
      if (limit !== null) timer = setTimeout(() => settle(unanswered), limit)
    })
  }

  /** Answers the question of that key; false = none waits any more. */
  answer(key: string, answer: Answer): boolean {
    const settle = this.#waiting.get(key)
    settle?.(answer)
    return settle !== undefined
  }

  answerAll(answer: Answer): void {
    for (const settle of [...this.#waiting.values()]) settle(answer)
  }

  /** Nobody can answer any more; whoever asked has been told by its signal. */
  clear(): void {
    this.#waiting.clear()
  }
}
