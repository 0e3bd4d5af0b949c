import type { Unsubscribe } from './unsubscribe.ts'

/** Whoever wants to hear of something, and telling them. A listener that goes while it is told of hears no more. */
export class Emitter<Value = void> {
  readonly #listeners = new Set<(value: Value) => void>()

  on(listener: (value: Value) => void): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(value: Value): void {
    for (const listener of this.#listeners) listener(value)
  }

  /** Nobody hears of anything any more. */
  clear(): void {
    this.#listeners.clear()
  }
}
