import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryScreen } from './memory-screen.ts'
import { type Column, tableLines } from './table.ts'
import { textWidth } from './width.ts'

const columns: Column[] = [
  { heading: 'state', least: 6 },
  { heading: 'title', least: 8 },
  { heading: 'age', drop: 1, right: true },
  { heading: 'folder', drop: 2, least: 6, most: 20, cut: 'start' },
  { heading: 'id' },
]
const rows = [
  ['completed', 'Bump eslint to 10', '2 days', '~/code/a/very/long/way/parcel-api', 'r1'],
  ['writing', '世界人民', 'now', '~', 'r2'],
]

function lines(width: number, terminal = true): string[] {
  return tableLines(memoryScreen({ terminal, width }).screen.out, columns, rows)
}

test('a table fits its terminal: what says least goes, the rest is cut where it says least', () => {
  expect([lines(81), lines(50), lines(26), lines(81, false)]).toEqual([
    [
      'state      title                 age  folder                id',
      'completed  Bump eslint to 10  2 days  …long/way/parcel-api  r1',
      'writing    世界人民              now  ~                     r2',
    ],
    [
      'state      title                 age  folder   id',
      'completed  Bump eslint to 10  2 days  …el-api  r1',
      'writing    世界人民              now  ~        r2',
    ],
    ['state      title       id', 'completed  Bump esli…  r1', 'writing    世界人民    r2'],
    [
      'state      title                 age  folder                id',
      'completed  Bump eslint to 10  2 days  …long/way/parcel-api  r1',
      'writing    世界人民              now  ~                     r2',
    ],
  ])
})

test('what could go altogether gives way before words that stay are cut', () => {
  const folder = '/home/me/projects/shop'
  const waits = ['waits for you: create notes.txt', 'Write a note', '2 min', folder, 'r1']
  const { out } = memoryScreen({ terminal: true, width: 72 }).screen
  const [, row] = tableLines(out, columns, [waits])
  expect(row).toBe('waits for you: create notes.txt  Write a note  2 min  …rojects/shop  r1')
})

test('no row is wider than the terminal, and the id is always whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 24, max: 160 }), (width) => {
      const shown = lines(width)
      expect(shown.filter((line) => textWidth(line) >= width)).toEqual([])
      expect(shown.slice(1).map((line) => line.slice(-2))).toEqual(['r1', 'r2'])
    }),
  )
})
