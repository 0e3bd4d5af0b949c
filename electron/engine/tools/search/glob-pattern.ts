/**
 * A test for paths (relative, with `/`) from a glob pattern: `*`, `?`, `[a-z]`, `{a,b}` and `**`. Without a `/` a pattern
 * fits names in any folder, like in .gitignore; a folder's name fits all that is in it. A pattern comes from a model and
 * runs over every path of a project, so its time grows with the length of both and not faster; that rules out a regular
 * expression.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const plain = pattern.replace(/^(\.?\/)+/, '').replace(/\/$/, '/**')
  const placed = plain.includes('/') ? plain : `**/${plain}`
  const spellings = /[*?[{]/.test(plain) ? alternatives(placed) : [placed, `${placed}/**`]
  const globs = spellings.map((spelling) => spelling.split('/').flatMap(parseSegment))
  return (path) => {
    const names = path.split('/').map((name) => [...name])
    return globs.some((glob) => fitsInOrder(glob, names, (segment, name) => fitsInOrder(segment, name, fitsCharacter)))
  }
}

type Wildcard = 'any-number'
/** What one character may be. */
type CharacterTest = (character: string) => boolean
type Segment = readonly (CharacterTest | Wildcard)[]

const ANY_NUMBER: Wildcard = 'any-number'

/**
 * Whether the items fit the parts of a pattern in order, where a wildcard takes any number of items. Only the last
 * wildcard ever has to take one more: what the ones before it took does not matter any longer.
 */
function fitsInOrder<Part, Item>(
  parts: readonly (Part | Wildcard)[],
  items: readonly Item[],
  fits: (part: Part, item: Item) => boolean,
): boolean {
  let at = 0
  let retry: { part: number; item: number } | null = null
  for (let item = 0; item < items.length; ) {
    const part = parts[at]
    const current = items[item]
    if (part === ANY_NUMBER) {
      retry = { part: at, item }
      at += 1
    } else if (part !== undefined && current !== undefined && fits(part, current)) {
      at += 1
      item += 1
    } else if (retry) {
      retry.item += 1
      item = retry.item
      at = retry.part + 1
    } else {
      return false
    }
  }
  return parts.slice(at).every((part) => part === ANY_NUMBER)
}

function fitsCharacter(test: CharacterTest, character: string): boolean {
  return test(character)
}

/** `**` alone stands for any number of folders; at the end of a pattern a name has to follow. */
function parseSegment(text: string, index: number, all: readonly string[]): (Segment | Wildcard)[] {
  if (text !== '**') return [parseCharacters([...text])]
  return index === all.length - 1 ? [ANY_NUMBER, [ANY_NUMBER]] : [ANY_NUMBER]
}

function parseCharacters(characters: readonly string[]): Segment {
  const parts: (CharacterTest | Wildcard)[] = []
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    const end = character === '[' ? setEnd(characters, at) : -1
    if (character === '*') {
      if (parts.at(-1) !== ANY_NUMBER) parts.push(ANY_NUMBER)
    } else if (character === '?') {
      parts.push(() => true)
    } else if (end !== -1) {
      parts.push(characterSet(characters.slice(at + 1, end)))
      at = end
    } else {
      const escaped = character === '\\' ? characters[at + 1] : undefined
      if (escaped !== undefined) at += 1
      parts.push(exactly(escaped ?? character))
    }
  }
  return parts
}

function exactly(wanted: string): CharacterTest {
  return (character) => character === wanted
}

/** The `]` that closes a set; one that stands first belongs to it. */
function setEnd(characters: readonly string[], start: number): number {
  const first = /[!^]/.test(characters[start + 1] ?? '') ? start + 2 : start + 1
  return characters.indexOf(']', first + 1)
}

function characterSet(body: readonly string[]): CharacterTest {
  const negated = body[0] === '!' || body[0] === '^'
  const members = negated ? body.slice(1) : body
  const ranges: [string, string][] = []
  for (let at = 0; at < members.length; at += 1) {
    const [from = '', dash, to] = members.slice(at, at + 3)
    const isRange = dash === '-' && to !== undefined
    ranges.push([from, isRange ? to : from])
    if (isRange) at += 2
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated
}

/** More would only come from a pattern that is made to have many. */
const MAX_ALTERNATIVES = 256

/** `a.{ts,js}` becomes `a.ts` and `a.js`; a brace without its other half means itself. */
function alternatives(pattern: string): string[] {
  const open = [pattern]
  const done: string[] = []
  while (open.length > 0 && open.length + done.length < MAX_ALTERNATIVES) {
    const next = open.pop() ?? ''
    const group = /^(.*?)\{([^{}]*)\}(.*)$/su.exec(next)
    if (!group) {
      done.push(next)
      continue
    }
    const [, before = '', inner = '', after = ''] = group
    const choices = inner.split(',', MAX_ALTERNATIVES)
    open.push(...choices.map((choice) => before + choice + after))
  }
  return [...done, ...open]
}
