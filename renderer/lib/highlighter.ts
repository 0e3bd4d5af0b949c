import type { HighlighterCore } from 'shiki/core'
import type { IGrammar, StateStack } from 'shiki/textmate'
import { SlicedEngine } from './sliced-engine.ts'
import { syntaxTheme } from './syntax-theme.ts'

/** A piece of a line and its class in styles/code.css; empty = the colour of the text around it. */
export interface Span {
  text: string
  kind: string
}

type LanguageModule = { default: Parameters<HighlighterCore['loadLanguage']>[0] }

/** Each in a file of its own, read when the first such code is shown. */
const languages: Record<string, () => Promise<LanguageModule>> = {
  typescript: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  shellscript: () => import('shiki/langs/shellscript.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
}

/** What people and models write behind a fence, and endings of file names. */
const aliases: Record<string, string> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'tsx',
  jsonc: 'json',
  jsonl: 'json',
  py: 'python',
  bash: 'shellscript',
  sh: 'shellscript',
  zsh: 'shellscript',
  shell: 'shellscript',
  console: 'shellscript',
  patch: 'diff',
  scss: 'css',
  htm: 'html',
  xml: 'html',
  svg: 'html',
  vue: 'html',
  yml: 'yaml',
  golang: 'go',
  rs: 'rust',
  h: 'c',
  dockerfile: 'docker',
  md: 'markdown',
}

/** Where a line left the grammar; null = the first line. */
export type LineState = StateStack | null

/** Colours one line after the other. */
export interface LineColourer {
  /** null = not yet: it needs patterns that `compile` makes ready. */
  colour(line: string, state: LineState): { spans: readonly Span[]; state: LineState } | null
  /** Makes ready what was needed, for as long as there is time. True when all of it is. */
  compile(timeLeft: () => number): boolean
}

const ready = new Map<string, LineColourer>()
const loading = new Map<string, Promise<void>>()
let core: Promise<Core> | null = null

interface Core {
  highlighter: HighlighterCore
  engine: SlicedEngine
  colours: readonly string[]
}

/** The colourer of a language that is loaded; null = not loaded yet, or not one that we colour. */
export function colourerOf(language: string): LineColourer | null {
  return ready.get(resolve(language)) ?? null
}

export function canColour(language: string): boolean {
  return Object.hasOwn(languages, resolve(language))
}

/** Loads a language. Resolves when `colourerOf` has it, or when it is clear that it never will. Does not reject. */
export function loadLanguage(language: string): Promise<void> {
  const name = resolve(language)
  const load = Object.hasOwn(languages, name) ? languages[name] : undefined
  if (!load) return Promise.resolve()
  const known = loading.get(name)
  if (known) return known
  const started = load()
    .then(async (module) => {
      core ??= loadCore()
      const { highlighter, engine, colours } = await core
      await highlighter.loadLanguage(module.default)
      ready.set(name, lineColourer(highlighter.getLanguage(name), engine, colours))
    })
    // The code stays readable without colours.
    .catch((error) => console.error(`The grammar of ${name} could not be loaded.`, error))
  loading.set(name, started)
  return started
}

async function loadCore(): Promise<Core> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }] = await Promise.all([
    import('shiki/core'),
    import('shiki/engine/javascript'),
  ])
  const { theme, kinds } = syntaxTheme()
  const engine = new SlicedEngine(createJavaScriptRegexEngine({ forgiving: true }))
  const highlighter = await createHighlighterCore({ themes: [theme], langs: [], engine })
  const { colorMap } = highlighter.setTheme('claw')
  return { highlighter, engine, colours: colorMap.map((colour) => kinds[colour?.toLowerCase()] ?? '') }
}

/** Longer lines are minified files: reading them would hold the window. */
const LONGEST_LINE = 2000
/** Milliseconds for one line, then it stays plain. Generous: other programs may have the processor meanwhile. */
const LINE_TIME = 1000

// Bits of a token's metadata in vscode-textmate (EncodedTokenMetadata).
const FOREGROUND_MASK = 0x00ff8000
const FOREGROUND_OFFSET = 15

function lineColourer(grammar: IGrammar, engine: SlicedEngine, colours: readonly string[]): LineColourer {
  return {
    compile: (timeLeft) => engine.compile(timeLeft),
    colour(line, state) {
      if (line.length > LONGEST_LINE) return { spans: plainSpans(line), state }
      const found = engine.attempt(() => grammar.tokenizeLine2(line, state, LINE_TIME))
      if (!found) return null
      const { tokens, ruleStack, stoppedEarly } = found
      if (stoppedEarly) return { spans: plainSpans(line), state }
      const spans: Span[] = []
      for (let index = 0; index < tokens.length; index += 2) {
        const text = line.slice(tokens[index], tokens[index + 2] ?? line.length)
        const kind = colours[((tokens[index + 1] ?? 0) & FOREGROUND_MASK) >>> FOREGROUND_OFFSET] ?? ''
        const last = spans.at(-1)
        if (last && (last.kind === kind || text.trim() === '')) last.text += text
        else if (text !== '') spans.push({ text, kind })
      }
      return { spans, state: ruleStack }
    },
  }
}

export function plainSpans(line: string): readonly Span[] {
  return [{ text: line, kind: '' }]
}

function resolve(language: string): string {
  return aliases[language] ?? language
}
