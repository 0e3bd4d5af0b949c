import { expect, test } from 'vitest'
import { counted, plainCounted } from './counted.ts'

test('a noun stands as its number wants it', () => {
  expect([counted(0, 'run'), counted(1, 'run'), counted(2, 'run'), counted(1200, 'match', 'matches')]).toEqual([
    '0 runs',
    '1 run',
    '2 runs',
    '1,200 matches',
  ])
})

test('for a model its digits stand together', () => {
  expect([plainCounted(1, 'line'), plainCounted(1200, 'match', 'matches')]).toEqual(['1 line', '1200 matches'])
})
