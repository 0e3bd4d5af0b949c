import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, LineCutter, lineValue } from './line-cutter.ts'

const byte = fc.constantFrom(...Buffer.from('a"é😀\n\n\r'), 0xff)
const sizes = fc.array(fc.integer({ min: 0, max: 9 }))

test('bytes are cut into the same lines in whatever pieces they come, and the torn last one is told apart', () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), sizes, (list, sizes) => {
      const bytes = Buffer.from(list)
      const end = bytes.lastIndexOf(10) + 1
      expect(cut(bytes, sizes, new LineCutter())).toEqual({
        lines: linesOf(bytes).map((line) => ({ text: line.toString(), isTooLong: false })),
        wholeBytes: end,
        rest: { text: bytes.toString('utf8', end), isTooLong: false },
      })
    }),
  )
})

test('a line that measures more than the limit is too long in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), sizes, fc.integer({ min: 1, max: 12 }), (list, sizes, limit) => {
      const bytes = Buffer.from(list)
      const { lines, rest } = cut(bytes, sizes, new LineCutter(limit))
      expect([...lines, rest].map(({ isTooLong }) => isTooLong)).toEqual(
        [...linesOf(bytes), bytes.subarray(bytes.lastIndexOf(10) + 1)].map(({ length }) => length > limit),
      )
    }),
  )
})

test('a line that is too long is known before its end comes, and only its beginning is held', () => {
  const cutter = new LineCutter(1000)
  const seen: boolean[] = []
  for (let piece = 0; piece < 3; piece++) {
    expect([...cutter.feed(Buffer.alloc(500, 'a'))]).toEqual([])
    seen.push(cutter.isTooLong)
  }
  expect([seen, [...cutter.feed(Buffer.from('a\nb\n'))], cutter.isTooLong]).toEqual([
    [false, false, true],
    [
      { text: 'a'.repeat(256), isTooLong: true },
      { text: 'b', isTooLong: false },
    ],
    false,
  ])
})

test('the value of a line that is broken is none', () => {
  const lines: Line[] = [
    { text: '{"a":1}', isTooLong: false },
    { text: '{"a":', isTooLong: false },
    { text: '', isTooLong: false },
    { text: '12', isTooLong: true },
  ]
  expect(lines.map(lineValue)).toEqual([{ a: 1 }, undefined, undefined, undefined])
})

/** Each piece is written over once it was read, as a reader of files does. */
function cut(bytes: Buffer, sizes: readonly number[], cutter: LineCutter) {
  const lines: Line[] = []
  let from = 0
  for (const size of [...sizes, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, from + size))
    for (const line of cutter.feed(piece)) lines.push(line)
    piece.fill(0)
    from += size
  }
  return { lines, wholeBytes: cutter.wholeBytes, rest: cutter.end() }
}

function linesOf(bytes: Buffer): Buffer[] {
  const end = bytes.indexOf(10)
  return end < 0 ? [] : [bytes.subarray(0, end), ...linesOf(bytes.subarray(end + 1))]
}
