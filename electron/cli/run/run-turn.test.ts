import { expect, test } from 'vitest'
import { readAnswer } from './run-turn.ts'

test.each([
  ['o', { decision: 'allow-once' }],
  [' Once ', { decision: 'allow-once' }],
  ['s', { decision: 'allow-session' }],
  ['SESSION', { decision: 'allow-session' }],
  ['d', { decision: 'deny' }],
  ['deny use yarn instead', { decision: 'deny', reason: 'use yarn instead' }],
  ['', null],
  ['y', null],
  ['ok do it', null],
  ['o please', null],
])('%j at an approval is %o', (line, answer) => {
  expect(readAnswer(line)).toEqual(answer)
})
