import fc from 'fast-check'
import { expect, it } from 'vitest'
import { corpusTools, prose, QWEN_EXAMPLE, spellings, values } from '../../../../test-support/leak-corpus.ts'
import { LeakFilter } from './leak-filter.ts'
import { recoverToolCalls } from './recover-tool-calls.ts'

const call = { name: 'write_file', given: { path: 'a "b".ts', content: `x\n</parameter>\n${QWEN_EXAMPLE}` } }
const whole = Object.values(spellings).map(({ write }) => write([call, { name: 'bash', given: { command: 'ls' } }]))

/** Prose, markup and pieces of calls in any order: most of it is nonsense, all of it must be stable. */
const pieces = fc.constantFrom(
  ...whole,
  ...prose,
  ...Object.values(values),
  '\n',
  '\n\n',
  ' ',
  'word ',
  '`',
  '```\n',
  '"',
  "'",
  '<tool_call>',
  '</tool_call>',
  '<function=bash>',
  '<parameter=command>',
  '</parameter>\n',
  '</function>\n',
  '{"name":"bash","arguments":{"command":"ls"}}',
  '[TOOL_CALLS]',
  '<|tool_call_begin|>',
  '{',
  '[',
  '<',
)
const texts = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))

function fed(parts: readonly string[]) {
  const filter = new LeakFilter(corpusTools)
  const shown = parts.map((part) => filter.feed(part)).join('')
  const { text, calls, incomplete, doubtful } = filter.end()
  return { text: shown + text, calls, incomplete, doubtful }
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((one, other) => one - other), text.length]
  return places.slice(1).map((place, index) => text.slice(places[index], place))
}

it('whatever the pieces, text and calls are the same', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      expect(fed(cutAt(text, cuts))).toEqual(recoverToolCalls(text, corpusTools))
    }),
    { numRuns: 1000 },
  )
})

it('one character at a time gives the same', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(fed(text.split(''))).toEqual(recoverToolCalls(text, corpusTools))
    }),
    { numRuns: 400 },
  )
})

it('text without a call comes out unchanged', () => {
  const words = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '<', '>', '[', '{', '`', '"', "'", 'é', '😀', '|') })
  fc.assert(
    fc.property(words, (text) => {
      expect(recoverToolCalls(text, corpusTools)).toEqual({ text, calls: [], incomplete: null, doubtful: [] })
    }),
    { numRuns: 2000 },
  )
})

it('text that turns out to be no opener is shown in order, as soon as that is known', () => {
  const filter = new LeakFilter(corpusTools)
  const shown = ['A ', '<tool_c', 'ake>', ' <', 'b', ' <tool_call>', '\n', '*'].map((part) => filter.feed(part))
  expect(shown).toEqual(['A ', '', '<tool_cake>', ' ', '<b', ' ', '', '<tool_call>\n*'])
})

it('inside of code nothing waits', () => {
  const filter = new LeakFilter(corpusTools)
  const parts = ['`', '<tool_call>', '{', '"name"', '`', '\n```\n', '<', 'tool_call>', '\n```\n', '<', 'p>']
  expect(parts.map((part) => filter.feed(part))).toEqual([...parts.slice(0, -2), '', '<p>'])
})

it('never more than some hundred characters wait for a decision', () => {
  const filter = new LeakFilter(corpusTools)
  const text = `<tool_call>${' '.repeat(5000)}<function=${'x'.repeat(5000)}`
  let waiting = 0
  let most = 0
  for (const character of text) {
    waiting += 1 - filter.feed(character).length
    most = Math.max(most, waiting)
  }
  expect(most).toBeLessThan(300)
})

it('what began as a call and never ends is given back at a limit', () => {
  const filter = new LeakFilter(corpusTools)
  const opener = '<tool_call>\n<function=bash>\n<parameter=command>\n'
  const block = 'x'.repeat(1_000_000)
  const parts = [opener, block, block, block, block, block]
  const out = parts.map((part) => filter.feed(part).length)
  expect({ out, end: filter.end() }).toEqual({
    out: [0, 0, 0, 0, opener.length + 4_000_000, 1_000_000],
    end: { held: '', text: '', calls: [], incomplete: null, doubtful: [] },
  })
})

it('hostile texts are read in time that grows with their length', () => {
  const floods = [
    '</parameter>\n</function>\n</tool_call>\n',
    '<parameter=command>\n',
    '<function=bash>\n<parameter=command>\n',
    '<tool_call>{"a":1}</tool_call>\n',
    '<tool_call>{',
    '<tool_call>bash<arg_key>a</arg_key><arg_value></arg_value></tool_call></arg_value>',
    '[TOOL_CALLS]bash[ARGS]{}',
    '`"\'',
    '<',
  ]
  const openers = [
    '',
    '<tool_call>\n<function=bash>\n<parameter=command>\n',
    '<tool_call>bash<arg_key>a</arg_key><arg_value>',
  ]
  for (const opener of openers) {
    for (const flood of floods) {
      const text = opener + flood.repeat(100_000 / flood.length)
      expect(recoverToolCalls(text, corpusTools).text.length).toBeLessThanOrEqual(text.length)
    }
  }
})
