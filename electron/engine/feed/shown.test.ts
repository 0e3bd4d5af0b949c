import { expect, test } from 'vitest'
import { shown } from './shown.ts'

test('every text that may be of a model is made visible, what goes back to where it came from is not', () => {
  const value = {
    sessionId: 'a\u202e',
    cwd: '/a\u202e',
    title: 'a\u202eb',
    approvals: [
      {
        request: { callId: 'c\u200b', subject: { kind: 'command', command: 'rm \u2066x' }, facts: [{ text: 'a\x1b' }] },
      },
    ],
    turns: [
      { items: [{ kind: 'tool', output: '\x1b[31mred\u202e\r', target: 'a\x1bb', durationMs: null }], end: null },
    ],
  }
  expect(shown(value)).toEqual({
    sessionId: 'a\u202e',
    cwd: '/a\u202e',
    title: 'a<U+202E>b',
    approvals: [
      {
        request: {
          callId: 'c\u200b',
          subject: { kind: 'command', command: 'rm <U+2066>x' },
          facts: [{ text: 'a␛' }],
        },
      },
    ],
    turns: [{ items: [{ kind: 'tool', output: '\x1b[31mred<U+202E>\r', target: 'a␛b', durationMs: null }], end: null }],
  })
})

test('what has nothing to make visible stays the same object, and so do its parts beside one that changes', () => {
  const fine = { turns: [{ text: 'Hi' }], title: 'x' }
  const part = { text: 'fine' }
  expect(shown(fine)).toBe(fine)
  expect(shown({ part, title: '\u202e' }).part).toBe(part)
  const bad = { title: '\u202e' }
  expect(shown(bad)).toBe(shown(bad))
})
