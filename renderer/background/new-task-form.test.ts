import { expect, test } from 'vitest'
import { readTask, type TaskFields } from './new-task-form.ts'

const fields: TaskFields = {
  prompt: ' Write tests ',
  folder: '/work',
  tokens: '',
  dollars: '',
  minutes: '',
  verify: '',
}

test('a task without limits of its own', () => {
  expect(readTask(fields)).toEqual({ ok: true, prompt: 'Write tests', folder: '/work', limits: {} })
})

test('limits in the units of the engine', () => {
  expect(readTask({ ...fields, tokens: '200,000', dollars: '$1.50', minutes: '30' })).toEqual({
    ok: true,
    prompt: 'Write tests',
    folder: '/work',
    limits: { totalTokens: 200_000, costUsd: 1_500_000, wallTime: 1_800_000 },
  })
})

test('what cannot be read is said at its field', () => {
  expect(readTask({ prompt: ' ', folder: '', tokens: 'many', dollars: '0', minutes: '1.5', verify: '' })).toEqual({
    ok: false,
    problems: {
      prompt: 'Say what should be done.',
      folder: 'Choose the folder to work in.',
      tokens: 'Write a whole number of tokens, such as 32,768, or leave it empty.',
      dollars: 'Write an amount of dollars, such as 1.50, or leave it empty.',
      minutes: 'Write a whole number of minutes, such as 30, or leave it empty.',
    },
  })
})
