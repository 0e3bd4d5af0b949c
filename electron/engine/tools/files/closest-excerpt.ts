import { plainCounted } from '#shared/lib/counted.ts'
import { beginningOf, endOf } from '#shared/lib/whole-characters.ts'

const LONGEST_EXCERPT = 20
/** Below this share of common letter pairs, showing a place would mislead. */
const SIMILAR_ENOUGH = 0.45
/** What of a line counts, and what of it is shown, in characters. */
const COMPARED = 200
const SHOWN_OF_LINE = 400
/** A line so long was made by a program; it is searched for pieces of the wanted one. */
const LONG_LINE = 1000
const PIECE = 16
const PIECES = 8
/** So many places that hold something like the longest wanted line are compared as a whole. */
const CANDIDATES = 50
/** Lines of a file that are looked through while somebody waits. */
const MAX_LINES = 400_000

interface Excerpt {
  /** 1-based. */
  first: number
  last: number
  text: string
}

/** The place of a file that is most like the wanted lines, or null if none is. Bounded in time and in characters. */
export function closestExcerpt(lines: readonly string[], wanted: readonly string[]): Excerpt | null {
  const pattern = wanted.slice(0, LONGEST_EXCERPT)
  const anchor = indexOfLongest(pattern)
  const size = pattern.length
  if (anchor === -1 || lines.length > MAX_LINES) return null
  const like = likenessTo(pattern[anchor] ?? '')
  const candidates = best(
    lines.map((line, index) => ({ at: index - anchor, score: like(line) })),
    CANDIDATES,
  )
  const tests = pattern.map((line) => likenessTo(line))
  const scored = candidates.map(({ at }) => {
    const score = tests.reduce((sum, test, index) => {
      const line = lines[at + index]
      return line === undefined ? sum : sum + test(line)
    }, 0)
    return { at: Math.max(0, at), score }
  })
  const [found] = best(scored, 1)
  if (!found || found.score / size < SIMILAR_ENOUGH) return null
  const excerpt = lines.slice(found.at, found.at + size)
  return {
    first: found.at + 1,
    last: found.at + excerpt.length,
    text: excerpt.map((line, index) => shown(line, pattern[index] ?? '')).join('\n'),
  }
}

function indexOfLongest(lines: readonly string[]): number {
  let longest = -1
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== '' && line.length > (lines[longest]?.length ?? 0)) longest = index
  }
  return longest
}

/** Those with the highest scores; of equal ones the earlier. */
function best<Scored extends { score: number }>(all: readonly Scored[], count: number): Scored[] {
  return all
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
}

/** How much a line is like the wanted one, from 0 to 1: Dice's coefficient of their letter pairs. Two blank lines are alike. */
function likenessTo(wanted: string): (line: string) => number {
  const pattern = compared(wanted)
  const pairs = letterPairs(pattern)
  const pieces = piecesOf(wanted)
  return (line) => {
    if (line.length > LONG_LINE && pieces.length > 0) {
      return pieces.filter(({ text }) => line.includes(text)).length / pieces.length
    }
    const text = compared(line)
    if (pattern === '' || text === '') return pattern === text ? 1 : 0
    const own = letterPairs(text)
    let common = 0
    for (const pair of own) if (pairs.has(pair)) common += 1
    return (2 * common) / (pairs.size + own.size)
  }
}

function compared(line: string): string {
  return line
    .slice(0, 2 * COMPARED)
    .trim()
    .replace(/\s+/g, ' ')
    .slice(0, COMPARED)
}

/** As numbers: strings would cost more than all the rest. */
function letterPairs(text: string): Set<number> {
  const pairs = new Set<number>()
  for (let at = 0; at < text.length; at += 1) pairs.add(text.charCodeAt(at) * 65_536 + (text.charCodeAt(at + 1) || 0))
  return pairs
}

function piecesOf(line: string): { at: number; text: string }[] {
  const text = line.trim()
  const step = Math.max(PIECE, Math.floor(text.length / PIECES))
  const pieces: { at: number; text: string }[] = []
  for (let at = 0; at + PIECE <= text.length && pieces.length < PIECES; at += step) {
    pieces.push({ at, text: text.slice(at, at + PIECE) })
  }
  return pieces
}

/** The part of a line that is most like the wanted one, if the whole is too long to show. */
function shown(line: string, wanted: string): string {
  if (line.length <= SHOWN_OF_LINE) return line
  const piece = piecesOf(wanted).find(({ text }) => line.includes(text))
  const start = piece ? Math.max(0, line.indexOf(piece.text) - piece.at) : 0
  const following = endOf(line, line.length - start)
  const part = beginningOf(following, SHOWN_OF_LINE)
  const rest = following.length - part.length
  return `${start > 0 ? `[${plainCounted(start, 'character')}] … ` : ''}${part}${rest > 0 ? ` … [${plainCounted(rest, 'more character')}]` : ''}`
}
