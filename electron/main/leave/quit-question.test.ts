import { expect, test } from 'vitest'
import { type GoingOn, quitQuestion } from './quit-question.ts'

function asked(going: GoingOn, hasTray = true): string {
  const question = quitQuestion(going, hasTray)
  if (!question) return ''
  return [question.message, question.detail, question.buttons.map(({ label }) => label).join(' | ')].join('\n')
}

test('nothing goes on: nothing is asked', () => {
  expect([quitQuestion({ runs: 0, chats: 0 }, true), quitQuestion({ runs: 0, chats: 0 }, false)]).toEqual([null, null])
})

test('runs may be left going', () => {
  expect(asked({ runs: 3, chats: 0 })).toBe(
    '3 runs are going on\n' +
      'They can go on without the app. Open it again, or use “claw agent-ps”, to see them.\n' +
      'Leave them going | Stop them and quit | Cancel',
  )
})

test('a chat goes on as a run, and that is said', () => {
  expect([asked({ runs: 0, chats: 1 }), asked({ runs: 1, chats: 2 }, false)]).toEqual([
    '1 chat is going on\n' +
      'It can go on without the app. The chat becomes a background run. Open it again, or use “claw agent-ps”, to see it.\n' +
      'Leave it going | Stop it and quit | Cancel',
    '1 run and 2 chats are going on\n' +
      'This desktop has no tray, so the app ends with its window. They can go on without the app. The chats become ' +
      'background runs. Open it again, or use “claw agent-ps”, to see them.\n' +
      'Leave them going | Stop them and quit | Cancel',
  ])
})
