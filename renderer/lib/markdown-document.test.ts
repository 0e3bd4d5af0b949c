import fc from 'fast-check'
import { Lexer, type Token } from 'marked'
import { expect, test } from 'vitest'
import { MarkdownDocument } from './markdown-document.ts'

/** What a reader sees of a block; line ends behind a block are nobody's. */
function shape(token: Token): unknown {
  return JSON.parse(JSON.stringify(token, (key, value) => (key === 'raw' || key === 'text' ? trimEnds(value) : value)))
}

function trimEnds(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\s+$/, '') : value
}

function fullLex(text: string): unknown[] {
  return Lexer.lex(text)
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
