import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeSummary, fileChange } from './file-change.ts'

const numbered = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}\n`).join('')

/** What the hunks make of the old lines. */
function applied(before: string, diff: ReturnType<typeof fileChange>): string[] {
  const old = before.split('\n')
  const result: string[] = []
  let at = 0
  for (const { oldStart, lines } of diff.hunks) {
    const start = lines.some(({ sign }) => sign !== '+') ? oldStart - 1 : Math.min(oldStart, at)
    result.push(...old.slice(at, Math.max(start, at)))
    at = Math.max(start, at)
    for (const { sign, text } of lines) {
      if (sign !== '-') result.push(text)
      if (sign !== '+') at += 1
    }
  }
  return [...result, ...old.slice(at)]
}

test('the hunks lead from the one text to the other, and the counts are those of the lines', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = fileChange('x', `${before.join('\n')}\n`, `${after.join('\n')}\n`)
      expect(applied(`${before.join('\n')}\n`, diff)).toEqual([...after, ''])
      expect(before.length - diff.removed + diff.added).toBe(after.length)
    }),
  )
})

test('a rewrite too large to compare is shown as what was taken out and put in', () => {
  const diff = fileChange('x', `top\n${numbered(1500, 'a')}end\n`, `top\n${numbered(1200, 'b')}end\n`)
  expect([changeSummary(diff), diff.omittedLines, diff.hunks[0]?.lines.length]).toEqual(['+1200 −1500', 702, 2000])
  expect(diff.hunks[0]).toMatchObject({ oldStart: 1, newStart: 1 })
  expect(diff.hunks[0]?.lines.slice(0, 2)).toEqual([
    { sign: ' ', text: 'top' },
    { sign: '-', text: 'a0' },
  ])
})

test('a very long new file shows its beginning', () => {
  const diff = fileChange('x', null, numbered(30_000, 'l'))
  expect([changeSummary(diff), diff.omittedLines, diff.hunks[0]?.lines.at(-1)]).toEqual([
    '+30000 −0',
    28_000,
    { sign: '+', text: 'l1999' },
  ])
})

test('a last line end that goes or comes is a change of that line', () => {
  expect(fileChange('x', 'a\nb\n', 'a\nb')).toMatchObject({ added: 1, removed: 1 })
  expect(fileChange('x', 'a\n', 'a\n')).toEqual({ path: 'x', added: 0, removed: 0, hunks: [] })
})

test('a line that no person wrote is shown around what changes in it, and said to be longer', () => {
  const line = 'x'.repeat(1_000_000)
  const diff = fileChange('x', `${line}one${line}\n`, `${line}two${line}\n`)
  expect({ ...diff, hunks: diff.hunks.map(({ lines }) => lines.map(({ text }) => text)) }).toEqual({
    path: 'x',
    added: 1,
    removed: 1,
    cutLines: 2,
    hunks: [
      ['one', 'two'].map(
        (word) => `[999800 characters] … ${'x'.repeat(200)}${word}${'x'.repeat(200)} … [999800 more characters]`,
      ),
    ],
  })
})

test('whatever changes, what is shown has its bounds', () => {
  const long = (letter: string) => `${letter.repeat(5000)}\n`.repeat(300)
  const cut = `${'y'.repeat(2001)}\n`.repeat(250)
  for (const [before, after] of [
    [null, long('a')],
    [long('a'), long('b')],
    [`${cut}${'\n'.repeat(250_000)}`, `z${cut}${'x\n'.repeat(250_000)}`],
    ['a'.repeat(900_000), 'b'.repeat(900_000)],
  ] as const) {
    expect(JSON.stringify(fileChange('x', before, after)).length).toBeLessThan(250_000)
  }
})

test('more lines than can be compared at once are shown as one change, and counted', () => {
  const changed = (count: number) => [`a\n${numbered(count, 'l')}b\n`, `c\n${numbered(count, 'l')}d\n`] as const
  const shape = (diff: ReturnType<typeof fileChange>) => [
    diff.hunks.map(({ oldStart, lines }) => [oldStart, lines.length]),
    changeSummary(diff),
    diff.omittedLines,
  ]
  expect(shape(fileChange('x', ...changed(10_000)))).toEqual([
    [
      [1, 5],
      [9999, 5],
    ],
    '+2 −2',
    undefined,
  ])
  expect(shape(fileChange('x', ...changed(200_000)))).toEqual([[[1, 2000]], '+200002 −200002', 398_004])
})
