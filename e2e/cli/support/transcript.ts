import type { Readable } from 'node:stream'

/** What a program has said so far; `seen` waits for more of it. */
export class Transcript {
  text = ''
  #read = 0
  #ended = false
  readonly #checks = new Set<() => void>()

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      this.text += chunk
      this.#check()
    })
    stream?.on('close', () => {
      this.#ended = true
      this.#check()
    })
  }

  /** Resolves when `words` came after what was waited for before; rejects when the program ends without it. */
  seen(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const at = this.text.indexOf(words, this.#read)
        if (at < 0 && !this.#ended) return
        this.#checks.delete(check)
        if (at < 0)
          return reject(new Error(`It never said ${JSON.stringify(words)}, only:\n${this.text.slice(this.#read)}`))
        this.#read = at + words.length
        resolve()
      }
      this.#checks.add(check)
      check()
    })
  }

  #check(): void {
    for (const check of [...this.#checks]) check()
  }
}
