import { expect, test } from 'vitest'
import { limitMarks } from './stacked-marks.ts'

test('letters keep the marks that a language puts on them, and lose a tower of them', () => {
  const vietnamese = 'Tiê\u0301ng Viê\u0323t'
  const tibetan = 'ཧྐྵྨླྺྼྻྂ'
  expect(limitMarks(`${vietnamese} ${tibetan} e${'\u0301'.repeat(200)}x`)).toBe(
    `${vietnamese} ${tibetan} e${'\u0301'.repeat(10)}x`,
  )
})
