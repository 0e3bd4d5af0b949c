import fc from 'fast-check'
import type { Token } from 'marked'
import { expect, test } from 'vitest'
import { LONGEST_TAIL, MarkdownDocument } from './markdown-document.ts'
import { DEEPEST_BLOCK, ModelLexer } from './model-markdown.ts'

/** What a reader sees of a block; line ends behind a block are nobody's. */
function shape(token: Token): unknown {
  return JSON.parse(JSON.stringify(token, (key, value) => (key === 'raw' || key === 'text' ? trimEnds(value) : value)))
}

function trimEnds(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\s+$/, '') : value
}

function fullLex(text: string): unknown[] {
  return new ModelLexer()
    .lex(text)
    .filter(({ type }) => type !== 'space')
    .map(shape)
}

function expectSameAtEveryPrefix(text: string, step: number): void {
  const document = new MarkdownDocument('')
  for (let end = 0; end < text.length; end += step) {
    document.append(text.slice(end, end + step))
    const prefix = text.slice(0, end + step).replace(/\r$/, '')
    expect({ prefix, blocks: document.blocks.map(({ token }) => shape(token)) }).toEqual({
      prefix,
      blocks: fullLex(prefix),
    })
  }
}

const parts = [
  '# Title\n',
  'A paragraph with **bold**, `code` and [a link](https://example.com).\n',
  'Second line\nof it',
  '- one\n- two\n',
  '- one\n\n- two, loose\n\n  more of two\n',
  '  - nested\n    - deeper\n',
  '1. first\n2. second\n',
  '- [ ] open\n- [x] done\n',
  '```ts\nconst a = 1\n\n\n- not a list\n```\n',
  '```\nno language',
  '~~~~\n```\ninside\n~~~\n~~~~\n',
  '   ```js\n   indented\n   ```\n',
  '    indented code\n\n    more\n',
  '> quote\n> more\n\n> another\n',
  '> - list in quote\nlazy\n',
  '| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | *4* |\n',
  'Setext\n===\n',
  '---\n',
  '<div>\nhtml\n</div>\n',
  '<!-- a comment\n\nover blocks -->\n',
  '[ref]: https://example.com/ref\n',
  'See [ref] and [Other][ref].\n',
  '![image](https://example.com/x.png)\n',
  '```markdown\n# Read me\n```sh\nnpm test\n```\nThe end.\n```\n',
  '```md\n```ts\nnever closed\n',
  'Of \\(a_1 * b_2 * c\\) and \\[ x^2 \\] and $$a_1_2$$ for $5 or \\[x\\](y).\n',
  'one<br>two<br/>\n',
  '**open emphasis',
  'a\\\nb  \nc\n',
  '\n',
  '\n\n',
  '   \n',
  '`',
  '*',
  '- ',
  '1',
  '|',
]

test.each([1, 3, 17])(
  'every prefix of a document of all parts splits like a full lex, %i characters a time',
  (step) => {
    expectSameAtEveryPrefix(parts.join('\n'), step)
  },
)

test('any document splits like a full lex at every prefix', () => {
  const document = fc.array(fc.tuple(fc.constantFrom(...parts), fc.constantFrom('', '\n', '\n\n')), { maxLength: 14 })
  fc.assert(
    fc.property(document, fc.integer({ min: 1, max: 9 }), (pieces, step) => {
      expectSameAtEveryPrefix(pieces.map(([part, end]) => part + end).join(''), step)
    }),
    { numRuns: 250 },
  )
})

test('what a list or a quote defines holds for all that follows, however far', () => {
  for (const definition of ['- [ref]: https://example.com/ref\n', '> [ref]: https://example.com/ref\n']) {
    expectSameAtEveryPrefix(`${definition}# Title\nSee [ref].\n# Title\n\n\n# Title\n# Title\nAnd [ref].\n`, 1)
  }
})

test('a line end that is split between two chunks is one line end', () => {
  const document = new MarkdownDocument('a\r')
  document.append('\n\r')
  document.append('\nb')
  expect(document.blocks.map(({ token }) => token.raw)).toEqual(['a', 'b'])
})

test('blocks before the last ones keep their identity while the text grows', () => {
  const document = new MarkdownDocument('one\n\ntwo\n\n- a\n- b\n\nthree\n\nfo')
  const before = document.blocks
  document.append('ur and more')
  expect(document.blocks.map((block, index) => block === before[index])).toEqual([true, true, true, true, false])
})

test('only the item that grows is new in a list that grows', () => {
  const document = new MarkdownDocument('- a\n- b\n- c\n- d')
  const before = document.blocks[0]?.token
  document.append('d')
  const after = document.blocks[0]?.token
  expect(after?.type === 'list' && before?.type === 'list').toBe(true)
  if (after?.type !== 'list' || before?.type !== 'list') return
  expect(after.items.map((item: unknown, index: number) => item === before.items[index])).toEqual([
    true,
    true,
    true,
    false,
  ])
})

test('a definition that comes late makes links of blocks that are settled', () => {
  const document = new MarkdownDocument('see [x]\n\none\n\ntwo\n\nthree\n\n')
  document.append('[x]: https://example.com\n')
  expect(document.blocks[0]?.token).toMatchObject({ tokens: [{ text: 'see ' }, { href: 'https://example.com' }] })
})

/** How many blocks stand inside of each other. */
function depthOf(tokens: readonly Token[]): number {
  return Math.max(
    0,
    ...tokens.map((token) => {
      const inner = token.type === 'list' ? token.items : 'tokens' in token ? token.tokens : undefined
      return 1 + depthOf(inner ?? [])
    }),
  )
}

function textOf(document: MarkdownDocument): string {
  return document.blocks.map(({ token }) => token.raw).join('')
}

test.each([
  ['quotes on one line', '> '.repeat(5_000)],
  ['quotes line by line', Array.from({ length: 400 }, (_, depth) => `${'> '.repeat(depth + 1)}${depth}\n`).join('')],
  ['bullets on one line', '- '.repeat(5_000)],
  ['numbers on one line', '1. '.repeat(5_000)],
  ['quotes and bullets', '> - '.repeat(5_000)],
  ['a list that only goes in', Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}- ${depth}\n`).join('')],
  ['emphasis', `${'*a **b '.repeat(2_000)}${'** *'.repeat(2_000)}`],
  ['brackets', '['.repeat(10_000)],
  ['links in links', `${'[a'.repeat(2_000)}${'](b)'.repeat(2_000)}`],
])('%s without end go only so deep', (_, text) => {
  const document = new MarkdownDocument('')
  for (let start = 0; start < text.length; start += 2_000) document.append(text.slice(start, start + 2_000))
  const depth = Math.max(...document.blocks.map(({ token }) => depthOf([token])))
  // A list and its item are two, and there are lines in the innermost one.
  expect(depth).toBeLessThanOrEqual(2 * DEEPEST_BLOCK + 16)
  expect(textOf(document).replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''))
})

const habits = [
  '> ',
  '- ',
  '1. ',
  '  ',
  '    ',
  '\n',
  '\n\n',
  '`',
  '```',
  '```md\n',
  '*',
  '**',
  '_',
  '[',
  '](',
  ')',
  '|',
]
const marks = [
  '---',
  '===',
  '|-|-|\n',
  '<br>',
  '<div>',
  '\\(',
  '\\[',
  '\\]',
  '$$',
  '\\',
  '&lt;',
  'word',
  '\u05d0',
  '😀',
  '\r',
  '\t',
  '#',
]

/** About as many quotes and lists inside of each other as are drawn (`DEEPEST_BLOCK`). */
const TOO_DEEP = /(?:(?:>|[-*+]|\d+[.)])\s*){11}/

test('any text is read, however it comes, and none of it is lost', () => {
  const piece = fc.tuple(fc.constantFrom(...habits, ...marks), fc.integer({ min: 1, max: 40 }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (pieces, step) => {
      const text = pieces.map(([part, times]) => part.repeat(times)).join('')
      const document = new MarkdownDocument('')
      for (let start = 0; start < text.length; start += step) document.append(text.slice(start, start + step))
      const whole = new MarkdownDocument(text)
      // Below the depth that is drawn, what was written stands in one of two plain forms.
      if (!TOO_DEEP.test(text))
        expect(document.blocks.map(({ token }) => shape(token))).toEqual(whole.blocks.map(({ token }) => shape(token)))
      expect(textOf(document).replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''))
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['a paragraph', 'word '.repeat(20_000)],
  ['a paragraph without a blank', 'x'.repeat(100_000)],
  ['a list', '- one of many items\n'.repeat(5_000)],
  ['a list of paragraphs', '1. one of many items\n\n'.repeat(5_000)],
  ['a quote', '> one of many lines\n'.repeat(5_000)],
  ['a list in a list', `- all\n${'  - one of many items\n'.repeat(5_000)}`],
  ['lines that each make a title', 'a\n-\n'.repeat(20_000)],
])('%s that never ends goes on as other blocks', (_, text) => {
  const document = new MarkdownDocument('')
  for (let start = 0; start < text.length; start += 5_000) document.append(text.slice(start, start + 5_000))
  expect(Math.max(...document.blocks.map(({ token }) => token.raw.length))).toBeLessThanOrEqual(LONGEST_TAIL + 8_000)
  expect(textOf(document).replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''))
})

test('a table that never ends keeps the names of its columns', () => {
  const document = new MarkdownDocument('| a | b |\n|---|---|\n')
  for (let row = 0; row < 100; row++) document.append('| one | of many |\n'.repeat(50))
  const tables = document.blocks.map(({ token }) => (token.type === 'table' ? token.header[0]?.text : token.type))
  expect(new Set(tables)).toEqual(new Set(['a']))
  expect(tables.length).toBeGreaterThan(2)
})

test('a fence is one block, however long it is', () => {
  const fence = `\`\`\`ts\n${'const a = 1\n'.repeat(5_000)}\`\`\`\n`
  const document = new MarkdownDocument(`${fence}\nand more`)
  expect(document.blocks.map(({ token }) => token.type)).toEqual(['code', 'paragraph'])
})

test('a fence that holds Markdown ends behind the fences that it holds', () => {
  const document = new MarkdownDocument('```markdown\n# Read me\n```sh\nnpm test\n```\nThe end.\n```\nAfter.')
  expect(document.blocks.map(({ token, code }) => [token.type, code?.text() ?? token.raw])).toEqual([
    ['code', '# Read me\n```sh\nnpm test\n```\nThe end.'],
    ['paragraph', 'After.'],
  ])
})
