import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK_LINES, CodeLines } from './code-lines.ts'

function shown(lines: CodeLines): string {
  return lines
    .chunks()
    .flatMap(({ lines }) => lines.map((line) => line.map(({ text }) => text).join('')))
    .join('\n')
}

test('however the text grows, the lines are the text', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', ' ', '}'), maxLength: 60 }), { maxLength: 30 })
  fc.assert(
    fc.property(pieces, (parts) => {
      const lines = new CodeLines('unknown')
      let text = ''
      for (const part of parts) {
        text += part
        lines.update(text)
        expect([shown(lines), lines.text()]).toEqual([text, text])
      }
    }),
  )
})

test('a last line that turned out to be the closing fence goes again', () => {
  const lines = new CodeLines('ts')
  lines.update('one\ntwo\n``')
  lines.update('one\ntwo')
  expect(shown(lines)).toBe('one\ntwo')
  lines.update('')
  expect(shown(lines)).toBe('')
})

test('a chunk that is full keeps its identity while lines are added', () => {
  const lines = new CodeLines('unknown')
  const text = Array.from({ length: CHUNK_LINES + 10 }, (_, index) => `line ${index}`).join('\n')
  lines.update(text)
  const [first, second] = lines.chunks()
  lines.update(`${text}\nmore`)
  const [sameFirst, newSecond] = lines.chunks()
  expect([first?.full, sameFirst === first, newSecond === second]).toEqual([true, true, false])
})
