import { expect, test } from 'vitest'
import type { ChatMessage } from '#shared/session/message.ts'
import { summaryOfCalls } from './summary-of-calls.ts'

test('names the newest calls with the beginning of their results, and the last words', () => {
  const step = (number: number): ChatMessage[] => [
    {
      role: 'assistant',
      content: number % 2 === 0 ? '' : `Step ${number}.`,
      toolCalls: [{ callId: `c${number}`, name: 'read_file', arguments: `{"path":"f${number}"}`, recovered: false }],
    },
    { role: 'tool', callId: `c${number}`, name: 'read_file', content: `line one\n${'x'.repeat(200)}` },
  ]
  const messages = [
    { role: 'system' as const, content: 'S' },
    ...Array.from({ length: 23 }, (_, index) => step(index)).flat(),
  ]
  const lines = summaryOfCalls(messages).split('\n')
  expect([lines.length, lines[1], lines.at(-1)]).toEqual([
    22,
    `- read_file {"path":"f3"} → line one ${'x'.repeat(71)}…`,
    'You said last: Step 21.',
  ])
})
