import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryScreen } from '../terminal/memory-screen.ts'
import { PhaseLine } from '../terminal/phase-line.ts'
import { textWidth } from '../terminal/width.ts'
import { AnswerWriter } from './answer-writer.ts'
import { loadLexer } from './inline.ts'

const lexer = await loadLexer()

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a row that is written over ends with
const REDRAWN = /\r[^\n]*?\x1b\[K/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: bold and so on
const STYLE = /\x1b\[\d+m/g

/** What stays on the screen. */
function written(pieces: readonly string[], { width = 41, colour = true } = {}): string {
  const { screen, text } = memoryScreen({ terminal: true, colour, width })
  const writer = new AnswerWriter(screen.out, new PhaseLine(screen.side, () => 0), () => lexer)
  for (const piece of pieces) writer.write(piece)
  writer.finish()
  return text().replaceAll(REDRAWN, '')
}

function bare(text: string): string {
  return text.replaceAll(STYLE, '')
}

const ANSWER = `## What I found

Each row now keeps **40 px**, and the \`rate\` fills it, see [the page](https://example.org/a).

1. a list of things that is longer than one row of it
   - [x] done
- [ ] open

> said by *somebody*

\`\`\`js
const a = b   // not wrapped, whatever its length may be
# no heading
\`\`\`

| Carrier | Divisor |
|---|---:|
| Parcel | 6,000 |
| Air \\| sea | 5 |

---
The end.`

test('headings, lists, quotes, code and tables look like what they are', () => {
  expect(bare(written([ANSWER])).split('\n')).toEqual([
    'What I found',
    '',
    'Each row now keeps 40 px, and the rate',
    'fills it, see the page',
    '(https://example.org/a).',
    '',
    '1. a list of things that is longer than',
    '   one row of it',
    '   • ☑ done',
    '• ☐ open',
    '',
    '│ said by somebody',
    '',
    '  const a = b   // not wrapped, whatever its length may be',
    '  # no heading',
    '',
    'Carrier    Divisor',
    '──────────────────',
    'Parcel       6,000',
    'Air | sea        5',
    '',
    '─'.repeat(40),
    'The end.',
    '',
  ])
})

test('emphasis, code and addresses have a look of their own', () => {
  expect(written(['**a** *b* `c` ~~d~~ <br> [e](http://f) \\*g'], { width: 80 })).toBe(
    '\x1b[1ma\x1b[22m \x1b[3mb\x1b[23m \x1b[36mc\x1b[39m \x1b[9md\x1b[29m   \x1b[4me\x1b[24m\x1b[2m \x1b[22m\x1b[2m(http://f)\x1b[22m *g\n',
  )
})

test('without colours the marks stay, and the words still wrap', () => {
  expect(written(['## A `b` **and** more of it than fits\n| c | d |\n'], { colour: false, width: 20 })).toBe(
    '## A `b` **and**\nmore of it than\nfits\n| c | d |\n',
  )
})

test('a table that is too wide breaks its cells at words, and where that is not enough tells each row', () => {
  const table = '| Name | What it is |\n|---|---|\n| one | a long text about one |\n| two | x |\n'
  expect([bare(written([table], { width: 25 })), bare(written([table], { width: 11 }))]).toEqual([
    'Name  What it is\n────────────────────────\none   a long text about\n      one\ntwo   x\n',
    'Name: one\nWhat it\n  is: a\n  long\n  text\n  about\n  one\n\nName: two\nWhat it\n  is: x\n',
  ])
})

test('however an answer is cut on its way, the same rows come out', () => {
  const parts = fc.constantFrom(
    'word ',
    '**bold** ',
    '`code`',
    '| ',
    '\n',
    '- ',
    '# ',
    '```\n',
    '世界',
    '*',
    '_',
    '[a](b)',
  )
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 60 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
      (all, sizes) => {
        const text = all.join('')
        const pieces: string[] = []
        for (let at = 0; at < text.length; ) {
          const size = sizes.next().value ?? 1
          pieces.push(text.slice(at, at + size))
          at += size
        }
        expect(written(pieces)).toBe(written([text]))
      },
    ),
  )
})

test('no row of prose is wider than the terminal', () => {
  const parts = fc.constantFrom('word ', '**bold** ', 'a-very-long-word-without-a-blank ', '世界', '- ', '> ', '\n')
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), fc.integer({ min: 24, max: 60 }), (all, width) => {
      const rows = bare(written([all.join('')], { width })).split('\n')
      expect(rows.filter((row) => textWidth(row) >= width)).toEqual([])
    }),
  )
})

test('a line without an end is shown in pieces, and an answer of many marks costs little', () => {
  const long = 'word '.repeat(20_000)
  const marks = '['.repeat(50_000)
  expect(written([long]).split('\n').length).toBeGreaterThan(2000)
  expect(written([...marks]).replace(/\n/g, '')).toBe(marks)
})

test('the row that is not full yet loses no blank between words', () => {
  const { screen, text } = memoryScreen({ terminal: true, width: 41 })
  const writer = new AnswerWriter(screen.out, new PhaseLine(screen.side, () => 0), () => lexer)
  for (let count = 0; count < 40; count++) writer.write(`word ${count} `)
  writer.finish()
  expect([/\d{2}word/.test(text()), text().includes('word 39')]).toEqual([false, true])
})
