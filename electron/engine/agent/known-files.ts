import type { SeenFile, SessionEntry } from '#shared/session/session-entry.ts'
import type { KnownFile } from '../tools/contract/tool.ts'

interface Known {
  version: string
  /** The entry that said so last. */
  seq: number
  /** null = all of it. */
  parts: { ranges: { first: number; last: number }[]; of: number } | null
}

/**
 * What the model knows of files, as a fold over the journal: what it read whole or in parts, and what it wrote. What it
 * asked to read counts once it has been told, and no longer when a summary has taken its place.
 */
export class KnownFiles {
  readonly #files = new Map<string, Known>()
  #untold: { file: SeenFile; seq: number }[] = []

  apply(entry: SessionEntry): void {
    if (entry.type === 'tool-end' && entry.file) {
      if (entry.diff) this.#learn(entry.file, entry.seq)
      else this.#untold.push({ file: entry.file, seq: entry.seq })
    } else if (entry.type === 'model-call-start' && !entry.purpose) {
      for (const { file, seq } of this.#untold.splice(0)) this.#learn(file, seq)
    } else if (entry.type === 'compaction') {
      for (const [path, { seq }] of this.#files) if (seq < entry.keptFromSeq) this.#files.delete(path)
    }
  }

  known(path: string): KnownFile | null {
    const file = this.#files.get(path)
    if (!file) return null
    if (!file.parts) return { version: file.version, unseen: null }
    const { ranges, of } = file.parts
    const line = firstOutside(ranges)
    return { version: file.version, unseen: line > of ? null : { line, of } }
  }

  #learn({ path, version, lines }: SeenFile, seq: number): void {
    const before = this.#files.get(path)
    const same = before?.version === version ? before : null
    if (!lines || (same && !same.parts)) {
      this.#files.set(path, { version, seq, parts: null })
      return
    }
    const { first, last, of } = lines
    const ranges = [...(same?.parts?.ranges ?? []), { first, last }].sort((a, b) => a.first - b.first)
    this.#files.set(path, { version, seq, parts: { ranges, of } })
  }
}

/** `ranges` in the order of their first lines. */
function firstOutside(ranges: readonly { first: number; last: number }[]): number {
  let next = 1
  for (const { first, last } of ranges) {
    if (first > next) break
    next = Math.max(next, last + 1)
  }
  return next
}
