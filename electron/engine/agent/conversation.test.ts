import { expect, test } from 'vitest'
import { TurnId } from '#shared/ids.ts'
import { kept } from '#shared/session/content.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { Conversation } from './conversation.ts'

type Unstamped<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never

function fold(...entries: Unstamped<SessionEntry>[]): Conversation {
  const conversation = new Conversation()
  const all: Unstamped<SessionEntry>[] = [start, ...entries]
  for (const [seq, entry] of all.entries()) conversation.apply({ ...entry, seq, at: seq } as SessionEntry)
  return conversation
}

const start = sampleSessionStart({ systemPrompt: 'System.' })
const turnId = TurnId.parse('turn000001')
const call = (callId: string, name = 'read_file') => ({ callId, name, arguments: '{"path":"a"}', recovered: false })
const turnStart = (text: string, facts = ''): Unstamped<SessionEntry> => ({ type: 'turn-start', turnId, text, facts })
const toolEnd = (callId: string, output: string): Unstamped<SessionEntry> => ({
  type: 'tool-end',
  callId,
  outcome: 'done',
  output,
  summary: '',
  durationMs: 0,
})
const turnEnd = (reason: 'completed' | 'interrupted'): Unstamped<SessionEntry> => ({
  type: 'turn-end',
  turnId,
  reason,
  failure: null,
  budget: null,
})

test('answers stand in the order of their calls, whichever ended first', () => {
  const conversation = fold(
    turnStart('Look.', '<context>here</context>'),
    { type: 'model-call-start', model: 'm' },
    { type: 'text-delta', text: 'I will ' },
    { type: 'text-delta', text: 'look.' },
    { type: 'model-call-end', finish: 'tool_calls', toolCalls: [call('one'), call('two')] },
    toolEnd('two', 'second'),
    toolEnd('one', 'first'),
  )
  expect(conversation.messages()).toEqual([
    { role: 'system', content: 'System.' },
    { role: 'user', content: '<context>here</context>\n\nLook.' },
    { role: 'assistant', content: 'I will look.', toolCalls: [call('one'), call('two')] },
    { role: 'tool', callId: 'one', name: 'read_file', content: 'first' },
    { role: 'tool', callId: 'two', name: 'read_file', content: 'second' },
  ])
})

test('calls of one id in an older journal are told apart, the same way each time', () => {
  const answer = (output: string): Unstamped<SessionEntry>[] => [
    { type: 'model-call-end', finish: 'tool_calls', toolCalls: [call('call_0')] },
    toolEnd('call_0', output),
    { type: 'model-call-start', model: 'm' },
  ]
  const entries = [turnStart('Look.'), ...answer('first'), ...answer('second'), ...answer('third')]
  const ids = (conversation: Conversation) =>
    conversation
      .messages()
      .flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map(({ callId }) => callId) : []))
  const [first, second, third] = ids(fold(...entries))
  expect(
    fold(...entries)
      .messages()
      .filter(({ role }) => role === 'tool'),
  ).toEqual([
    { role: 'tool', callId: 'call_0', name: 'read_file', content: 'first' },
    { role: 'tool', callId: second, name: 'read_file', content: 'second' },
    { role: 'tool', callId: third, name: 'read_file', content: 'third' },
  ])
  expect([first, new Set([first, second, third]).size]).toEqual(['call_0', 3])
  // What was sent is a prefix of what is sent later.
  expect(ids(fold(...entries.slice(0, -3)))).toEqual([first, second])
})

test('a line that is missing between a call and what follows leaves no call without an answer', () => {
  const conversation = fold(
    turnStart('Look.'),
    { type: 'model-call-end', finish: 'tool_calls', toolCalls: [call('one')] },
    toolEnd('one', 'first'),
    { type: 'text-delta', text: 'Done.' },
    turnEnd('completed'),
  )
  expect(conversation.messages().slice(2)).toEqual([
    { role: 'assistant', content: '', toolCalls: [call('one')] },
    { role: 'tool', callId: 'one', name: 'read_file', content: 'first' },
    { role: 'assistant', content: 'Done.', toolCalls: [] },
  ])
})

test('of an answer that came to no end, the beginning is enough', () => {
  const conversation = fold(turnStart('Go.'), { type: 'text-delta', text: 'x'.repeat(500_000) }, turnEnd('completed'))
  const content = `${'x'.repeat(20_000)}\n(This answer came to no end. The rest of it was left out.)`
  expect(conversation.messages()[2]).toEqual({ role: 'assistant', content, toolCalls: [] })
})

test('a call that an interruption left open is answered before the next message', () => {
  const conversation = fold(
    turnStart('Fix it.'),
    { type: 'model-call-end', finish: 'tool_calls', toolCalls: [call('one'), call('two')] },
    toolEnd('one', 'first'),
    turnEnd('interrupted'),
    turnStart('Go on.'),
  )
  expect(conversation.messages().slice(2)).toEqual([
    { role: 'assistant', content: '', toolCalls: [call('one'), call('two')] },
    { role: 'tool', callId: 'one', name: 'read_file', content: 'first' },
    { role: 'tool', callId: 'two', name: 'read_file', content: expect.stringContaining('interrupted') },
    { role: 'user', content: 'Go on.' },
  ])
})

test('text of an answer that was cut stays in the history, an empty answer does not', () => {
  const conversation = fold(
    turnStart('One.'),
    { type: 'text-delta', text: 'Half an ans' },
    turnEnd('interrupted'),
    turnStart('Two.'),
    { type: 'model-call-end', finish: 'unknown', toolCalls: [] },
    { type: 'follow-up', text: 'Answer again.', origin: 'app' },
    { type: 'model-call-start', model: 'm' },
    { type: 'reasoning-delta', text: 'Hm.' },
    { type: 'text-delta', text: 'Here.' },
    { type: 'model-call-end', finish: 'stop', toolCalls: [], reasoningDetails: [{ id: 1 }] },
    turnEnd('completed'),
  )
  expect(conversation.messages().slice(1)).toEqual([
    { role: 'user', content: 'One.' },
    { role: 'assistant', content: 'Half an ans', toolCalls: [] },
    { role: 'user', content: 'Two.' },
    { role: 'user', content: 'Answer again.' },
    { role: 'assistant', content: 'Here.', toolCalls: [], reasoning: 'Hm.', reasoningDetails: [{ id: 1 }] },
  ])
})

const image = { type: 'image', blob: 'a'.repeat(64), mediaType: 'image/png', name: 'a.png', bytes: 9 } as const
const looking: Unstamped<SessionEntry> = { ...turnStart('x', 'facts'), ...kept([{ type: 'text', text: 'x' }, image]) }

test('an image stands behind the facts, and counts as many tokens until a server has counted', () => {
  const [plain, seen] = [fold(turnStart('x\nimage (a.png, 1 KB)', 'facts')), fold(looking)]
  expect(seen.messages().at(-1)).toEqual({
    role: 'user',
    content: 'facts\nx\nimage (a.png, 1 KB)',
    parts: [{ type: 'text', text: 'facts' }, { type: 'text', text: 'x' }, image],
  })
  expect(seen.promptTokens([]) - plain.promptTokens([])).toBeGreaterThanOrEqual(1_199)
})

test('an image of what is kept stays when what was before it is summarised', () => {
  const conversation = fold(
    turnStart('First.'),
    { type: 'model-call-start', model: 'm' },
    { type: 'text-delta', text: 'Yes.' },
    { type: 'model-call-end', finish: 'stop', toolCalls: [] },
    turnEnd('completed'),
    looking,
    { type: 'compaction', summary: 'It began.', keptFromSeq: 6 },
  )
  const head = conversation.messages().at(-1)
  expect([conversation.messages().length, head?.role === 'user' && head.parts?.slice(-2)]).toEqual([
    2,
    [{ type: 'text', text: 'x' }, image],
  ])
  expect(head?.content).toContain('It began.')
})
