import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type InputPiece, PasteSplitter } from './paste-splitter.ts'

function piecesOf(chunks: readonly string[]): InputPiece[] {
  const splitter = new PasteSplitter()
  const joined: InputPiece[] = []
  for (const piece of chunks.flatMap((chunk) => splitter.feed(chunk))) {
    const last = joined.at(-1)
    if (last?.kind === 'keys' && piece.kind === 'keys') last.text += piece.text
    else joined.push({ ...piece })
  }
  return joined
}

test('pasted text is told from keys, with one kind of line end', () => {
  expect(piecesOf(['ab\x1b[200~one\r\ntwo\rthree\x1b[201~\r'])).toEqual([
    { kind: 'keys', text: 'ab' },
    { kind: 'paste', text: 'one\ntwo\nthree' },
    { kind: 'keys', text: '\r' },
  ])
})

test('the Esc key is not waited for, and an arrow is a key', () => {
  expect([piecesOf(['\x1b']), piecesOf(['\x1b[A'])]).toEqual([
    [{ kind: 'keys', text: '\x1b' }],
    [{ kind: 'keys', text: '\x1b[A' }],
  ])
})

test('wherever the reads cut, the same pieces come out', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '[', '2', '0', '~', ' ') })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), fc.infiniteStream(fc.integer({ min: 2, max: 9 })), (parts, sizes) => {
      const input = parts.map(([keys, paste]) => `${keys}\x1b[200~${paste}\x1b[201~`).join('')
      const chunks: string[] = []
      for (let at = 0; at < input.length; ) {
        const size = sizes.next().value ?? 2
        // A read that ends right after Esc is the Esc key.
        const end = input[at + size - 1] === '\x1b' ? at + size + 1 : at + size
        chunks.push(input.slice(at, end))
        at = end
      }
      expect(piecesOf(chunks)).toEqual(piecesOf([input]))
    }),
  )
})
