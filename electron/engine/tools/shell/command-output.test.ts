import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandOutput } from './command-output.ts'

function through(...pieces: (string | Uint8Array)[]) {
  const live: string[] = []
  const output = new CommandOutput((text) => live.push(text))
  for (const piece of pieces) output.write(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return { text: output.end(), live: live.join('') }
}

test('short output is given as it is, live and at the end', () => {
  expect(through('one\n', 'two\n')).toEqual({ text: 'one\ntwo', live: 'one\ntwo\n' })
})

test('of a progress bar the last state is left, and no colours; live output keeps them', () => {
  const raw = 'a\r\n 10%\r 50%\r100%\r\n\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\nlast\r'
  expect(through(raw)).toEqual({ text: 'a\n100%\nred link\nlast', live: raw })
})

test('characters that come in pieces stay whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 3 }), (text, size) => {
      const bytes = Buffer.from(text)
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      expect(through(...pieces)).toEqual(through(text))
    }),
  )
})

test('of long output the beginning and the end are left, whole lines, with their number between', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
  const { text } = through(...lines.map((line) => `${line}\n`))
  const [head = '', middle = '', tail = ''] = text.split(/\n\n?(… \d+ lines left out …)\n/)
  const first = head.split('\n')
  const last = tail.split('\n')
  expect(first).toEqual(lines.slice(0, first.length))
  expect(last).toEqual(lines.slice(-last.length))
  expect(middle).toBe(`… ${lines.length - first.length - last.length} lines left out …`)
  expect([head.length > 9000, tail.length > 19_000, text.length < 31_000]).toEqual([true, true, true])
})

test('the number of lines is right however the output is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const total = sizes.reduce((sum, size) => sum + size, 0)
      const all = 'abcdefg\n'.repeat(Math.ceil(total / 8)).slice(0, total)
      let at = 0
      const { text } = through(
        ...sizes.map((size) => {
          at += size
          return all.slice(at - size, at)
        }),
      )
      const left = /… (\d+) lines left out …/.exec(text)
      const shown = text.split('\n').filter((line) => line !== '' && !line.startsWith('…')).length
      expect(shown + Number(left?.[1] ?? 0)).toBe(all.replace(/\n$/, '').split('\n').length)
    }),
    { numRuns: 50 },
  )
})

test('one endless line is cut in the middle', () => {
  const { text, live } = through(...Array.from({ length: 20 }, () => 'x'.repeat(50_000)))
  expect(text).toBe(`${'x'.repeat(10_000)}\n… a part left out …\n${'x'.repeat(20_000)}`)
  expect(live.length).toBe(200_000)
})

test('no cut goes through a character, wherever it falls', () => {
  const half = /\p{Surrogate}/u
  fc.assert(
    fc.property(fc.nat(3), fc.integer({ min: 1, max: 90_000 }), (shift, size) => {
      const text = `${'x'.repeat(shift)}${'\u{1F600}'.repeat(130_000)}`
      const bytes = Buffer.from(text)
      const pieces = Array.from({ length: Math.ceil(bytes.length / size / 40) }, (_, index) =>
        bytes.subarray(index * size * 40, (index + 1) * size * 40),
      )
      const { text: kept, live } = through(...pieces)
      expect([half.test(kept), half.test(live)]).toEqual([false, false])
      expect(kept.startsWith(text.slice(0, 9_990))).toBe(true)
    }),
    { numRuns: 20 },
  )
})
