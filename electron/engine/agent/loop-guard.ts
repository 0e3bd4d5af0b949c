/** From the third same result on the model is told, at the sixth the turn ends. */
const TELL_AT = 3
const STOP_AT = 6

/**
 * Notices a model that runs in circles: the same call with the same result, again and again, although no file changed
 * in between. A call whose result differs each time (a test run after an edit) is progress.
 */
export class LoopGuard {
  readonly #seen = new Map<string, number>()

  /** How to go on after this call: as usual, with a word to the model, or not at all. */
  observe(call: { name: string; arguments: string }, output: string, changedFiles: boolean): 'go-on' | 'tell' | 'stop' {
    if (changedFiles) this.#seen.clear()
    const key = `${call.name}\n${call.arguments}\n${output}`
    const count = (this.#seen.get(key) ?? 0) + 1
    this.#seen.set(key, count)
    if (count >= STOP_AT) return 'stop'
    return count >= TELL_AT ? 'tell' : 'go-on'
  }
}

export const LOOP_NOTE =
  'You have made this same call several times and the result did not change. Do something else, or say what is missing.'
