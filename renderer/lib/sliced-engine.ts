import type { RegexEngine, RegexEngineString } from 'shiki/core'

type Scanner = ReturnType<RegexEngine['createScanner']>
type Pattern = Parameters<RegexEngine['createScanner']>[0][number]

/** A pattern is compiled when it first runs, and once more, for speed, when it runs again. */
const RUNS = 2

/**
 * Compiles the patterns of grammars a few at a time. The first line of a language needs a hundred of them, and all at
 * once would hold the window for several frames. A scanner whose patterns are not ready finds nothing, so what was
 * found meanwhile is worth nothing: `attempt` knows.
 */
export class SlicedEngine implements RegexEngine {
  readonly #engine: RegexEngine
  readonly #ready = new Set<Pattern>()
  readonly #waiting = new Map<Pattern, Iterator<void>>()
  #missed = false

  constructor(engine: RegexEngine) {
    this.#engine = engine
  }

  createString(text: string): RegexEngineString {
    return this.#engine.createString(text)
  }

  createScanner(patterns: Pattern[]): Scanner {
    let scanner: Scanner | null = null
    return {
      findNextMatchSync: (text, start, options) => {
        if (!scanner && this.#want(patterns)) scanner = this.#engine.createScanner(patterns)
        return scanner ? scanner.findNextMatchSync(text, start, options) : null
      },
    }
  }

  /** What `search` gives; null where it met a pattern that is not ready: `compile` first, then try again. */
  attempt<T>(search: () => T): T | null {
    this.#missed = false
    const found = search()
    return this.#missed ? null : found
  }

  /** Compiles what was met for as long as there is time. True when all of it is ready. */
  compile(timeLeft: () => number): boolean {
    for (const [pattern, steps] of this.#waiting) {
      do if (timeLeft() <= 0) return false
      while (!steps.next().done)
      this.#waiting.delete(pattern)
      this.#ready.add(pattern)
    }
    return true
  }

  #want(patterns: readonly Pattern[]): boolean {
    const missing = patterns.filter((pattern) => !this.#ready.has(pattern))
    for (const pattern of missing) {
      if (!this.#waiting.has(pattern)) this.#waiting.set(pattern, compileInSteps(this.#engine, pattern))
    }
    if (missing.length > 0) this.#missed = true
    return missing.length === 0
  }
}

/** The engine keeps what it made of a pattern for all scanners. */
function* compileInSteps(engine: RegexEngine, pattern: Pattern): Generator<void> {
  const scanner = engine.createScanner([pattern])
  for (let run = 0; run < RUNS; run++) {
    yield
    scanner.findNextMatchSync(' ', 0, 0)
  }
}
