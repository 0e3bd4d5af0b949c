import { expect, test } from 'vitest'
import { readAnswer } from './answers.ts'

const once = { kind: 'answer', answer: { decision: 'allow-once' } }
const session = { kind: 'answer', answer: { decision: 'allow-session' } }
const deny = (reason?: string) => ({ kind: 'answer', answer: { decision: 'deny', ...(reason && { reason }) } })

test.each([
  ['y', once],
  [' Yes ', once],
  ['o', once],
  ['ONCE', once],
  ['s', session],
  ['session', session],
  ['n', deny()],
  ['no', deny()],
  ['d', deny()],
  ['deny use yarn instead', deny('use yarn instead')],
  ['n  not that file ', deny('not that file')],
  ['r keep the old name', deny('keep the old name')],
  ['use yarn instead', deny('use yarn instead')],
  ['r', { kind: 'reason' }],
  ['', { kind: 'unclear' }],
  ['q', { kind: 'unclear' }],
  ['/status', { kind: 'unclear' }],
  ['/model other one', { kind: 'unclear' }],
  ['ok do it', { kind: 'unclear' }],
  ['y please', { kind: 'unclear' }],
  ['o please', { kind: 'unclear' }],
])('%j at an approval is %o', (line, answer) => {
  expect(readAnswer(line)).toEqual(answer)
})
