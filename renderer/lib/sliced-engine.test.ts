import { createHighlighterCore, type RegexEngine } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import html from 'shiki/langs/html.mjs'
import python from 'shiki/langs/python.mjs'
import type { IGrammar, StateStack } from 'shiki/textmate'
import { expect, test } from 'vitest'
import { SlicedEngine } from './sliced-engine.ts'
import { syntaxTheme } from './syntax-theme.ts'

const code = {
  python: [
    'import re',
    'def f(a: int = 1) -> str:',
    '    """one',
    '    two"""',
    '    return re.sub(r"\\d+", f"{a!r}", "x")',
  ],
  html: [
    '<p class="a">x &amp; y</p>',
    '<script>',
    '  const a = "b" + 1',
    '</script>',
    '<style>p { color: red }</style>',
  ],
}

async function grammarOf(engine: RegexEngine, language: string): Promise<IGrammar> {
  const { theme } = syntaxTheme()
  const highlighter = await createHighlighterCore({ themes: [theme], langs: [html, python], engine })
  highlighter.setTheme(theme)
  return highlighter.getLanguage(language)
}

const never = () => 0

test.each(['python', 'html'] as const)('%s that is compiled in slices has the same colours', async (language) => {
  const plain = await grammarOf(createJavaScriptRegexEngine({ forgiving: true }), language)
  const engine = new SlicedEngine(createJavaScriptRegexEngine({ forgiving: true }))
  const sliced = await grammarOf(engine, language)
  const states: Record<'plain' | 'sliced', StateStack | null> = { plain: null, sliced: null }
  for (const line of code[language]) {
    const right = plain.tokenizeLine2(line, states.plain)
    let found = engine.attempt(() => sliced.tokenizeLine2(line, states.sliced))
    while (!found) {
      // One step of one pattern a slice.
      let steps = 1
      while (!engine.compile(() => steps--)) steps = 1
      found = engine.attempt(() => sliced.tokenizeLine2(line, states.sliced))
    }
    expect([line, ...found.tokens]).toEqual([line, ...right.tokens])
    states.plain = right.ruleStack
    states.sliced = found.ruleStack
  }
})

test('nothing is compiled without time, and what is ready is found at once', () => {
  const made: string[] = []
  const plain = createJavaScriptRegexEngine()
  const engine = new SlicedEngine({
    createString: (text) => plain.createString(text),
    createScanner: (patterns) => {
      made.push(patterns.join())
      return plain.createScanner(patterns)
    },
  })
  const scanner = engine.createScanner(['a', 'b'])
  const search = () => engine.attempt(() => ({ at: scanner.findNextMatchSync('xb', 0, 0)?.captureIndices[0]?.start }))
  const early = [search(), engine.compile(never), search(), [...made]]
  expect({ early, compiled: engine.compile(() => 1), late: search(), made }).toEqual({
    early: [null, false, null, []],
    compiled: true,
    late: { at: 1 },
    made: ['a', 'b', 'a,b'],
  })
})
