import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineCutter } from './line-cutter.ts'

test('bytes are cut into the same lines in whatever pieces they come', () => {
  const byte = fc.constantFrom(...Buffer.from('a"é😀\n\n\r'), 0xff)
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.integer({ min: 0, max: 9 })), (list, sizes) => {
      const bytes = Buffer.from(list)
      const cutter = new LineCutter()
      const found: string[] = []
      const feed = (from: number, to: number) => {
        const piece = Buffer.from(bytes.subarray(from, to))
        for (const { text } of cutter.feed(piece)) found.push(text)
        piece.fill(0)
      }
      let from = 0
      for (const size of sizes) {
        feed(from, from + size)
        from += size
      }
      feed(from, bytes.length)
      expect(found).toEqual(linesOf(bytes))
    }),
  )
})

function linesOf(bytes: Buffer): string[] {
  const end = bytes.indexOf(10)
  return end < 0 ? [] : [bytes.subarray(0, end).toString(), ...linesOf(bytes.subarray(end + 1))]
}
