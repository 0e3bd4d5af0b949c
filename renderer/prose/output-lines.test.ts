import { expect, test } from 'vitest'
import { colourOutput, foldOutput, lastLines, splitOutput } from './output-lines.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`)

test('a short output is shown whole, a long one by its first and last lines', () => {
  expect(foldOutput(`${numbered(24).join('\n')}\n`)).toEqual({ head: numbered(24), hidden: 0, tail: [] })
  expect(foldOutput(numbered(40).join('\n'))).toEqual({
    head: numbered(40).slice(0, 10),
    hidden: 22,
    tail: numbered(40).slice(32),
  })
})

test('a running command shows its newest lines', () => {
  expect(lastLines(`${numbered(100).join('\n')}\n`)).toEqual(numbered(100).slice(86))
  expect(lastLines('one\ntwo')).toEqual(['one', 'two'])
  expect(lastLines('')).toEqual([''])
})

test('a line that was written over shows what came last', () => {
  expect(splitOutput('10 %\r50 %\r100 %\ndone\r\n')).toEqual(['100 %', 'done'])
})

test('colours of the program become ours, other codes vanish', () => {
  expect(colourOutput('\u001b[2K\u001b[32m✓\u001b[39m ok \u001b[1;31mbad\u001b[0m end\u001b]0;title\u0007')).toEqual([
    { text: '✓', kind: 'c-ok' },
    { text: ' ok ', kind: '' },
    { text: 'bad', kind: 'c-danger' },
    { text: ' end', kind: '' },
  ])
})

test('codes that mean nothing here can be seen, and so can what is invisible', () => {
  expect(colourOutput('\u001b[31mbad\u001b \u0007 rm \u202etxt')).toEqual([
    { text: 'bad␛ ␇ rm <U+202E>txt', kind: 'c-danger' },
  ])
})
