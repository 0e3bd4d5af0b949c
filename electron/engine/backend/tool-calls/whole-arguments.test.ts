import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wholeArguments } from './whole-arguments.ts'

test.each([
  ['{"path":"a.txt"}{"path":"a.txt"}', { path: 'a.txt' }, 'the same object more than once'],
  ['{} {"path":"a.txt"}', { path: 'a.txt' }, 'an empty object beside them'],
  ['{"path":"a.txt",}', { path: 'a.txt' }, 'a comma at an end'],
  ['{"lines":[1,2,],"text":",}"}', { lines: [1, 2], text: ',}' }, 'a comma at an end'],
  ['```json\n{"path":"a.txt"}\n```', { path: 'a.txt' }, 'a fence around them'],
  ['{"path":"a.txt"}</tool_call>', { path: 'a.txt' }, 'a tag behind them'],
  ['{"path":"a.txt"}<|im_end|>', { path: 'a.txt' }, 'a tag behind them'],
  ['{"content":"one\ntwo\t"}', { content: 'one\ntwo\t' }, 'a spelling that is not JSON'],
])(
  'arguments that can be read in one way only are read so, and what was wrong is kept: %j',
  (received, value, mended) => {
    expect(wholeArguments(received, true)).toEqual({ kind: 'whole', text: JSON.stringify(value), mended })
  },
)

test.each([
  ['{"a":1}{"a":2}', 'Several argument objects were joined into one call. Make one call for each.'],
  ['{"a":1}, and more', /^The arguments are not valid JSON: .*position 7/],
  ['{"path":a.txt}', /^The arguments are not valid JSON: Unexpected token/],
  ['{} {}', /^The arguments are not valid JSON: /],
  ['[1]', 'The arguments are not a JSON object.'],
])(
  'arguments that may mean several things do not run, and it is said what is wrong with them: %j',
  (received, problem) => {
    expect(wholeArguments(received, true)).toEqual({ kind: 'broken', problem: expect.stringMatching(problem) })
  },
)

test('what is JSON stays byte for byte what it was, and what is cut is never completed', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, cut) => {
      const text = JSON.stringify(value, null, 1)
      expect(wholeArguments(text, false)).toEqual({ kind: 'whole', text })
      const part = text.slice(0, 1 + (cut % (text.length - 1)))
      if (Object.keys(value).length > 0) expect(wholeArguments(part, false).kind).not.toBe('whole')
    }),
  )
})
