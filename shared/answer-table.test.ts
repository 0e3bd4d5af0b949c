import { expect, it } from 'vitest'
import { z } from 'zod'
import { answerTable } from './answer-table.ts'
import { FailureError, failure } from './failure.ts'

const table = { double: { input: z.object({ number: z.number() }) }, fail: { input: z.object({}) } }

function answerer() {
  const defects: unknown[] = []
  const ask = answerTable<{ double: { number: number }; fail: Record<string, never> }>(table, {
    answer: (name, input) => {
      if (name === 'fail') throw new FailureError(failure('busy', 'It is open elsewhere.'))
      if (!('number' in input)) return null
      if (input.number === 0) throw new TypeError('secret text')
      return Number(input.number) * 2
    },
    onDefect: (error) => defects.push(error),
  })
  return { ask, defects }
}

const no = (code: string, message: string) => ({ ok: false, failure: { code, message, retryable: false } })

it.each([
  ['a question that fits', 'double', { number: 2, more: 1 }, { ok: true, value: 4 }],
  [
    'one that does not fit',
    'double',
    { number: '2' },
    no('invalid-input', '"double" was asked in a way that does not fit.'),
  ],
  ['a name of every object', 'toString', {}, no('invalid-input', 'Something was asked that this app does not know.')],
  ['a name that is no text', ['double'], {}, no('invalid-input', 'Something was asked that this app does not know.')],
  ['what fails as expected', 'fail', {}, no('busy', 'It is open elsewhere.')],
])('%s gets its answer', async (_what, name, input, reply) => {
  const { ask, defects } = answerer()
  expect([await ask(name, input), defects]).toEqual([reply, []])
})

it('a defect is reported, and its words are told to nobody else', async () => {
  const { ask, defects } = answerer()
  const reply = await ask('double', { number: 0 })
  expect([reply, defects]).toEqual([
    no('internal', 'That did not work because of a defect in the app. Try again.'),
    [new TypeError('secret text')],
  ])
})
