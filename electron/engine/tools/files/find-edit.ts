import { ToolProblem } from '../contract/tool-problem.ts'
import { closestExcerpt } from './closest-excerpt.ts'
import { type Replacement, wholeReplacement } from './text-file.ts'

/** A text after an edit; `note` says what was done beyond replacing the text as given. */
interface Edited {
  text: string
  /** What leads from the old text to this one. */
  replacement: Replacement
  /** How many places were replaced. */
  count: number
  /** 1-based line of the first place. */
  line: number
  note: string
}

export interface Edit {
  oldText: string
  newText: string
  replaceAll: boolean
}

const NAMED_LINES = 10
/** What a text may become, in characters. */
const LONGEST_TEXT = 20_000_000

/**
 * Replaces the one place where the old text stands. If it stands nowhere, one place that differs in white space only is
 * taken and the new text gets its indentation: weak models lose it. Throws `ToolProblem` with what helps to find it.
 */
export function applyEdit(text: string, edit: Edit, shown: string): Edited {
  if (edit.oldText === '') {
    throw new ToolProblem('old_text is empty. To fill a file, use write_file.', 'old_text is empty')
  }
  if (edit.oldText === edit.newText) {
    throw new ToolProblem('old_text and new_text are the same: there is nothing to change.', 'nothing to change')
  }
  const places = occurrences(text, edit.oldText)
  const [first] = places
  if (first !== undefined) {
    if (places.length > 1 && !edit.replaceAll) throw ambiguous(text, places, shown)
    const length = text.length + places.length * (edit.newText.length - edit.oldText.length)
    if (length > LONGEST_TEXT) {
      throw new ToolProblem(
        `${shown} would become ${length} characters long; nothing was changed. Use bash.`,
        'too large',
      )
    }
    return {
      text: text.replaceAll(edit.oldText, () => edit.newText),
      replacement: { places, length: edit.oldText.length, text: edit.newText },
      count: places.length,
      line: lineNumbers(text, [first])[0] ?? 1,
      note: '',
    }
  }
  return applyByLines(text, withoutLineNumbers(edit), shown)
}

function occurrences(text: string, part: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found.push(at)
  return found
}

function ambiguous(text: string, places: readonly number[], shown: string): ToolProblem {
  const lines = lineNumbers(text, places.slice(0, NAMED_LINES))
  const more = places.length > NAMED_LINES ? ' and more' : ''
  return new ToolProblem(
    `old_text stands ${places.length} times in ${shown}, at lines ${lines.join(', ')}${more}; nothing was changed. Add lines around it until it is unique, or set replace_all.`,
    `${places.length} matches`,
  )
}

/** The 1-based lines of places that are in order. */
function lineNumbers(text: string, places: readonly number[]): number[] {
  let line = 1
  let end = text.indexOf('\n')
  return places.map((place) => {
    for (; end !== -1 && end < place; end = text.indexOf('\n', end + 1)) line += 1
    return line
  })
}

/** Line by line, white space aside. */
function applyByLines(text: string, edit: Edit, shown: string): Edited {
  const lines = text.split('\n')
  const wanted = withoutBlankEdges(edit.oldText.split('\n'))
  const plain = lines.map(normalised)
  const pattern = wanted.map(normalised)
  const found = pattern.length === 0 ? [] : windows(plain, pattern)
  const [at] = found
  if (at === undefined) throw notFound(lines, wanted, shown)
  if (found.length > 1) {
    const named = found.slice(0, NAMED_LINES).map((index) => index + 1)
    throw new ToolProblem(
      `old_text is not in ${shown} exactly, and white space aside it stands ${found.length} times, at lines ${named.join(', ')}; nothing was changed. Copy it exactly, with lines around it.`,
      `${found.length} similar matches`,
    )
  }
  const standing = lines.slice(at, at + pattern.length)
  const isLast = at + pattern.length === lines.length
  const replacement = edit.newText === '' ? [] : replacementLines(edit, isLast)
  const placed = reindented(replacement, wanted, standing)
  const result = [...lines.slice(0, at), ...placed, ...lines.slice(at + pattern.length)].join('\n')
  return {
    text: result,
    replacement: wholeReplacement(text, result),
    count: 1,
    line: at + 1,
    note: 'old_text differed from the file in white space; the one matching place was changed, with its indentation.',
  }
}

/** The new lines without the blank ones that only stand around as they do in the old text. */
function replacementLines(edit: Edit, isLast: boolean): string[] {
  const [oldBefore, oldAfter] = blankEdges(edit.oldText)
  const [newBefore, newAfter] = blankEdges(edit.newText)
  const wantsLineEnd = isLast && edit.oldText.endsWith('\n') && edit.newText.endsWith('\n')
  return [
    ...Array<string>(Math.max(0, newBefore - oldBefore)).fill(''),
    ...withoutBlankEdges(edit.newText.split('\n')),
    ...Array<string>(Math.max(0, newAfter - oldAfter, wantsLineEnd ? 1 : 0)).fill(''),
  ]
}

/** How many line ends stand before the first and after the last line that is not blank. */
function blankEdges(text: string): [before: number, after: number] {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first === -1 ? [0, 0] : [first, lines.length - 1 - last]
}

/** Where the pattern begins in the lines; in time that grows with both lengths and not faster (Knuth, Morris, Pratt). */
function windows(lines: readonly string[], pattern: readonly string[]): number[] {
  const borders = [0]
  for (let at = 1, matched = 0; at < pattern.length; at += 1) {
    while (matched > 0 && pattern[at] !== pattern[matched]) matched = borders[matched - 1] ?? 0
    if (pattern[at] === pattern[matched]) matched += 1
    borders.push(matched)
  }
  const found: number[] = []
  let matched = 0
  for (const [at, line] of lines.entries()) {
    while (matched > 0 && (matched === pattern.length || line !== pattern[matched])) matched = borders[matched - 1] ?? 0
    if (line === pattern[matched]) matched += 1
    if (matched === pattern.length) found.push(at - pattern.length + 1)
  }
  return found
}

function normalised(line: string): string {
  return line.trim().replace(/\s+/g, ' ')
}

function withoutBlankEdges(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first === -1 ? [] : lines.slice(first, last + 1)
}

/** The lines of the new text with the indentation that the file has where the old text has another. */
function reindented(lines: readonly string[], wanted: readonly string[], standing: readonly string[]): string[] {
  const known = new Map<string, string>()
  for (const [index, line] of wanted.entries()) {
    if (line.trim() !== '' && !known.has(indentOf(line))) known.set(indentOf(line), indentOf(standing[index] ?? ''))
  }
  const unit = indentUnit([...known.keys()])
  return lines.map((line) => {
    if (line.trim() === '') return line
    const indent = indentOf(line)
    const [from, to] = nearest(indent, known)
    // Deeper than anything known: the rest follows, in tabs where the file has tabs.
    const rest = indent.slice(from.length)
    const deeper =
      to.includes('\t') && /^ +$/.test(rest) && rest.length % unit === 0 ? '\t'.repeat(rest.length / unit) : rest
    return to + deeper + line.slice(indent.length)
  })
}

/** The longest known indentation that this one begins with. */
function nearest(indent: string, known: ReadonlyMap<string, string>): [string, string] {
  let best: [string, string] | undefined
  for (const entry of known) {
    if (indent.startsWith(entry[0]) && entry[0].length >= (best?.[0].length ?? 0)) best = entry
  }
  return best ?? ['', '']
}

/** How many spaces one step is in the old text. */
function indentUnit(indents: readonly string[]): number {
  const widths = indents.filter((indent) => /^ +$/.test(indent)).map((indent) => indent.length)
  const steps = [...widths, ...widths.map((width) => width - Math.min(...widths))].filter((width) => width > 0)
  return steps.length > 0 ? Math.min(...steps) : 4
}

function indentOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length)
}

/** Some models copy the line numbers of a search result into the text. */
function withoutLineNumbers(edit: Edit): Edit {
  const numbered = /^\s*\d+(?:: ?|\t| ?\| ?)/
  const strip = (text: string) => {
    const lines = text.split('\n')
    return lines.every((line) => line.trim() === '' || numbered.test(line))
      ? lines.map((line) => line.replace(numbered, '')).join('\n')
      : text
  }
  const oldText = strip(edit.oldText)
  return oldText === edit.oldText || oldText.trim() === '' ? edit : { ...edit, oldText, newText: strip(edit.newText) }
}

function notFound(lines: readonly string[], wanted: readonly string[], shown: string): ToolProblem {
  const closest = closestExcerpt(lines, wanted)
  const help = closest
    ? `The closest is ${closest.first === closest.last ? `line ${closest.first}` : `lines ${closest.first}-${closest.last}`}:\n${closest.text}`
    : 'Nothing in it is similar. Read the file again.'
  return new ToolProblem(`old_text is not in ${shown}; nothing was changed. ${help}`, 'text not found')
}
