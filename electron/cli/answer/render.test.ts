import { expect, test } from 'vitest'
import type { FileDiff } from '#shared/approval/file-diff.ts'
import { TurnId } from '#shared/ids.ts'
import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import { memoryScreen } from '../terminal/memory-screen.ts'
import { TurnRenderer } from './render.ts'

const end: UnstampedEvent = {
  type: 'turn-end',
  turnId: TurnId.parse('turn000001'),
  reason: 'completed',
  failure: null,
  budget: null,
}

function start(callId: string, name: string, verb: string, target: string): UnstampedEvent {
  return { type: 'tool-start', callId, name, arguments: '{}', recovered: false, verb, target }
}

function ended(callId: string, more: Partial<Extract<SessionEvent, { type: 'tool-end' }>> = {}): UnstampedEvent {
  return { type: 'tool-end', callId, outcome: 'done', output: '', summary: '', durationMs: 1, ...more }
}

function shown(events: readonly UnstampedEvent[], options?: Parameters<typeof memoryScreen>[0]): string {
  const { screen, text } = memoryScreen(options)
  const renderer = new TurnRenderer(screen, () => 0)
  for (const [index, event] of events.entries()) {
    renderer.show({ ...event, seq: index, at: index } as SessionEvent)
  }
  return text()
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a row that is written over ends with
const REDRAWN = /\r[^\n]*?\x1b\[K/g

const diff: FileDiff = {
  path: 'src/sum.js',
  added: 1,
  removed: 1,
  hunks: [
    {
      oldStart: 9,
      newStart: 9,
      lines: [
        { sign: ' ', text: 'function sum() {' },
        { sign: '-', text: '\treturn a - b' },
        { sign: '+', text: '\treturn a + b' },
      ],
    },
  ],
}

test('the answer goes out, rows go beside it, and every line is ended before the next begins', () => {
  expect(
    shown([
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'I ' },
      { type: 'text-delta', text: 'look.' },
      { type: 'phase', phase: 'writing', detail: 'read_file' },
      start('a', 'read_file', 'Read', 'src/sum.js'),
      start('b', 'grep_search', 'Search', 'sum'),
      ended('b', { summary: '7 matches in 3 files' }),
      ended('a', { summary: '12 lines' }),
      { type: 'text-delta', text: 'Done.\n' },
      end,
    ]),
  ).toBe(
    'out: I out: look.out: \nside: ✓ Search sum (7 matches in 3 files)\nside: ✓ Read src/sum.js (12 lines)\nout: Done.\n',
  )
})

test('a change is shown with its lines, once', () => {
  const row = '✓ Edit src/sum.js (+1 −1)\n'
  const change = '     9   function sum() {\n    10 -   return a - b\n    10 +   return a + b\n'
  const edit = start('c', 'edit_file', 'Edit', 'src/sum.js')
  const done = ended('c', { summary: '+1 −1', diff })
  const request: UnstampedEvent = {
    type: 'approval-request',
    request: {
      callId: 'c',
      tool: 'edit_file',
      purpose: 'to change a file',
      subject: { kind: 'change', diff },
      facts: [{ name: 'Writes', text: 'src/sum.js' }],
      sessionRule: 'write',
      recovered: true,
    },
  }
  expect([shown([edit, done]), shown([edit, request, done])]).toEqual([
    `side: ${row}${change}`,
    `side: \nApproval needed to change a file\n  src/sum.js  +1 −1\n${change}  Writes  src/sum.js\n  The call was read out of plain text of the model.\nside: ${row}`,
  ])
})

test('of a command the end of its output is shown, of a failed call what it said', () => {
  const output = Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n')
  const last = Array.from({ length: 8 }, (_, index) => `  │ line ${index + 2}\n`).join('')
  expect(
    shown([
      start('a', 'bash', 'Run', 'npm test'),
      ended('a', { output, summary: 'exit 0', exitCode: 0 }),
      start('b', 'read_file', 'Read', 'nothing'),
      ended('b', { outcome: 'failed', output: 'Error: there is no nothing.', summary: 'not found' }),
      start('c', 'bash', 'Run', 'rm -rf /'),
      ended('c', { outcome: 'denied', summary: 'denied by you' }),
    ]),
  ).toBe(
    `side: ✓ Run npm test (exit 0)\n  │ … 2 lines before\n${last}side: ✗ Read nothing (not found)\n  │ Error: there is no nothing.\nside: – Run rm -rf / (denied by you)\n`,
  )
})

test('nothing of what a model, a tool or a file says is obeyed by the terminal', () => {
  const evil = '\x1b[2J\x9b0m\u202e'
  const text = shown([
    { type: 'text-delta', text: evil },
    { type: 'reasoning-delta', text: evil },
    { type: 'warning', code: 'x', message: evil },
    { type: 'phase', phase: 'writing', detail: evil },
    start('a', 'bash', 'Run', evil),
    ended('a', { outcome: 'failed', output: evil, summary: evil, diff: { ...diff, path: evil } }),
  ])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get out
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

test('in a terminal the phase is one line that is written over and leaves nothing', () => {
  const text = shown(
    [
      { type: 'phase', phase: 'connecting' },
      { type: 'phase', phase: 'reading-prompt', progress: 0.5 },
      { type: 'text-delta', text: 'Hi' },
      { type: 'phase', phase: 'writing' },
      { type: 'text-delta', text: '.' },
      end,
    ],
    { terminal: true },
  )
  expect(text).toBe(
    '\r⠋ Waiting for the model\x1b[K\r⠙ Reading the prompt 50%\x1b[K\rHi\x1b[K\rHi\x1b[K\rHi.\x1b[K\r\x1b[KHi.\n',
  )
})

test('thoughts have a word before them and a mark before each row, the answer has none', () => {
  const events: UnstampedEvent[] = [
    { type: 'reasoning-delta', text: 'Two and two\nmake ' },
    { type: 'reasoning-delta', text: 'four.' },
    { type: 'text-delta', text: 'Four.' },
    end,
  ]
  const rows = shown(events, { terminal: true }).replaceAll(REDRAWN, '')
  expect([rows, shown(events, { terminal: true, dumb: true })]).toEqual([
    'Thinking:\n┊ Two and two\n┊ make four.\nFour.\n',
    'Thinking:\nTwo and two\nmake four.\nFour.\n',
  ])
})

test('in a terminal that cannot move its cursor nothing is written over', () => {
  const text = shown(
    [
      { type: 'phase', phase: 'connecting' },
      { type: 'text-delta', text: 'Hi' },
      { type: 'phase', phase: 'running-tool' },
      { type: 'text-delta', text: '.' },
      end,
    ],
    { terminal: true, dumb: true },
  )
  expect(text).toBe('Hi.\n')
})

test('a row fits the width of the terminal, a path keeps its end', () => {
  const text = shown(
    [start('a', 'read_file', 'Read', 'a/very/long/path/to/some/file.ts'), ended('a', { summary: '12 lines' })],
    { terminal: true, width: 34 },
  )
  expect(text).toBe('✓ Read …to/some/file.ts  12 lines\n')
})

test('sentences beside the answer are broken between words', () => {
  const stop = { limit: 'totalTokens', allowed: 1000, used: 1800, scope: 'run', origin: '--max-total-tokens' } as const
  const message = 'The context window of this model is not known, so the whole conversation is sent each time.'
  const rows = shown(
    [
      { type: 'warning', code: 'x', message },
      { type: 'budget-request', stop },
    ],
    {
      terminal: true,
      width: 60,
    },
  )
    .replaceAll(REDRAWN, '')
    .split('\n')
  expect(rows.filter((row) => row.trim() !== '')).toEqual([
    '! The context window of this model is not known, so the',
    'whole conversation is sent each time.',
    'It waits: the limit of 1,000 tokens is reached (for a run,',
    '--max-total-tokens; 1,800 tokens used).',
  ])
})
