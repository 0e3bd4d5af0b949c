import { expect, test } from 'vitest'
import { draftAfter } from './draft.ts'

test.each([
  ['', 'abc', 'abc'],
  ['ab', '\x7f', 'a'],
  ['a👩‍👧', '\x7f', 'a'],
  ['', '\x7f', ''],
  ['one\ntwo', '\x15', 'one\n'],
  ['one two', '\x17', 'one '],
  ['a', '\x1b[A\x1bOB\x1b[1;5Cb', 'ab'],
  ['a', '\x07\x00\x9bb', 'ab'],
  ['a', '\rb', 'a\nb'],
])('%j and the keys %j are %j', (draft, keys, after) => {
  expect(draftAfter(draft, keys)).toBe(after)
})
