import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { z } from 'zod'
import { splitText } from '#shared/lib/cut-text.ts'
import { visibleLine } from '#shared/lib/visible-text.ts'
import { Manifest } from './manifest.ts'

/** Why a manifest cannot be used. `line` counts from 1; null = it is about the file as a whole. */
export interface ManifestProblem {
  line: number | null
  reason: string
}

export type ManifestContent = { kind: 'whole'; manifest: Manifest } | { kind: 'broken'; problem: ManifestProblem }

/** A manifest has three levels; whoever nests a thousand wants to exhaust the stack. */
const DEEPEST = 20

/**
 * Reads the text of a manifest. Nothing is skipped: a syntax error, an unknown key, a key given twice (also once as
 * camelCase and once as snake_case) and a wrong type are problems, each with its line. Never throws.
 */
export function parseManifest(text: string): ManifestContent {
  if (depthOf(text) > DEEPEST) return { kind: 'broken', problem: { line: null, reason: 'is nested too deeply' } }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowEmptyContent: false })
  const [first] = errors
  if (first || !root) {
    const what = first ? words(printParseErrorCode(first.error)) : 'the file is empty'
    return { kind: 'broken', problem: { line: lineAt(text, first?.offset ?? 0), reason: `is not valid JSON: ${what}` } }
  }
  const reader = new Reader()
  const value = reader.read(root, [])
  if (reader.twice) {
    const { offset, name } = reader.twice
    return { kind: 'broken', problem: { line: lineAt(text, offset), reason: `says ${shown(name)} twice` } }
  }
  const parsed = Manifest.safeParse(value)
  if (parsed.success) return { kind: 'whole', manifest: parsed.data }
  const { path, reason } = explain(parsed.error)
  return { kind: 'broken', problem: { line: lineAt(text, reader.offsetOf(path)), reason } }
}

/** Turns the tree into a value whose keys are camelCase, and remembers where each part stands. */
class Reader {
  readonly #offsets = new Map<string, number>()
  twice: { offset: number; name: string } | null = null

  read(node: Node, path: readonly string[]): unknown {
    this.#offsets.set(path.join('\n'), node.offset)
    const children = node.children ?? []
    if (node.type === 'array') return children.map((child, index) => this.read(child, [...path, String(index)]))
    if (node.type !== 'object') return node.value
    const entries = new Map<string, unknown>()
    for (const property of children) {
      const [key, value] = property.children ?? []
      if (!key || !value) continue
      const name = keyName(String(key.value), path)
      if (entries.has(name)) this.twice ??= { offset: property.offset, name: String(key.value) }
      entries.set(name, this.read(value, [...path, name]))
      this.#offsets.set([...path, name].join('\n'), property.offset)
    }
    return Object.fromEntries(entries)
  }

  /** Of the part, or of the nearest around it that has a place. */
  offsetOf(path: readonly string[]): number {
    return this.#offsets.get(path.join('\n')) ?? (path.length > 0 ? this.offsetOf(path.slice(0, -1)) : 0)
  }
}

/** Keys are ours, but for the names of tools below a tool hook. */
function keyName(key: string, path: readonly string[]): string {
  const toolNames = path.length === 2 && path[0] === 'hooks' && (path[1] === 'beforeTool' || path[1] === 'afterTool')
  return toolNames ? key.toLowerCase() : key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function explain(error: z.ZodError): { path: string[]; reason: string } {
  const issue = error.issues[0]
  const path = issue?.path.map(String) ?? []
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  if (unknown !== undefined) {
    const key = [...path, unknown]
    return { path: key, reason: `has a key that is not known: ${shown(key.join('.'))}` }
  }
  const name = shown(path.join('.'))
  return { path, reason: name ? `is wrong: ${name} ${issue?.message}` : `is wrong: it ${issue?.message}` }
}

/** A name out of the file, for a sentence. */
function shown(name: string): string {
  const line = visibleLine(name)
  return line.length > 80 ? `${splitText(line, 79)[0]}…` : line
}

/** "CommaExpected" as "comma expected". */
function words(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase()
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function depthOf(text: string): number {
  let [depth, deepest, inText] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inText) {
      if (character === '\\') at++
      else if (character === '"' || character === '\n') inText = false
    } else if (character === '"') inText = true
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    else if (character === '}' || character === ']') depth--
  }
  return deepest
}
