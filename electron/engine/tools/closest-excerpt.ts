const LONGEST_EXCERPT = 20
/** Below this share of common letter pairs, showing a place would mislead. */
const SIMILAR_ENOUGH = 0.45
/** Lines of the file times lines of the text: what can be compared while somebody waits. */
const MAX_COMPARISONS = 300_000

interface Excerpt {
  /** 1-based. */
  first: number
  last: number
  text: string
}

/** The place of a file that is most like the wanted lines, or null if none is. */
export function closestExcerpt(lines: readonly string[], wanted: readonly string[]): Excerpt | null {
  const size = Math.min(wanted.length, LONGEST_EXCERPT)
  if (size === 0 || lines.length * size > MAX_COMPARISONS) return null
  const pattern = wanted.slice(0, size).map(letterPairs)
  const places = lines.map(letterPairs)
  let best = { at: 0, score: 0 }
  for (let at = 0; at < lines.length; at += 1) {
    let score = 0
    for (const [index, pairs] of pattern.entries()) score += likeness(pairs, places[at + index])
    if (score > best.score) best = { at, score }
  }
  if (best.score / size < SIMILAR_ENOUGH) return null
  const excerpt = lines.slice(best.at, best.at + size)
  return { first: best.at + 1, last: best.at + excerpt.length, text: excerpt.join('\n') }
}

function letterPairs(line: string): Set<string> {
  const text = line.trim().replace(/\s+/g, ' ').slice(0, 200)
  const pairs = new Set<string>()
  for (let index = 0; index < text.length; index += 1) pairs.add(text.slice(index, index + 2))
  return pairs
}

/** Dice's coefficient; two blank lines are alike. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): number {
  if (!b) return 0
  if (a.size === 0 || b.size === 0) return a.size === b.size ? 1 : 0
  let common = 0
  for (const pair of a) if (b.has(pair)) common += 1
  return (2 * common) / (a.size + b.size)
}
