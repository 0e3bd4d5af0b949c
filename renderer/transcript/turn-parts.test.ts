import { expect, test } from 'vitest'
import type { Item } from '#shared/session/session-view.ts'
import { firstShown, groupItems } from './turn-parts.ts'

const call = (callId: string): Item => ({
  kind: 'tool',
  callId,
  name: 'list_dir',
  verb: 'List',
  target: '.',
  arguments: '{}',
  recovered: false,
  state: 'done',
  startedAt: 0,
  output: '',
  summary: '',
  durationMs: 0,
  answer: null,
})

test('calls in sequence are one part, up to a number of them, and the one that is asked about is none', () => {
  const items: Item[] = [
    { kind: 'text', text: 'I look.' },
    ...Array.from({ length: 50 }, (_, index) => call(`c${index}`)),
    { kind: 'text', text: 'Done.' },
    call('asked'),
  ]
  expect(groupItems(items, 'asked').map(({ at, item, tools }) => [at, item?.kind ?? tools.length])).toEqual([
    [0, 'text'],
    [1, 40],
    [41, 10],
    [51, 'text'],
  ])
})

test('a turn of a great many steps shows its last ones, and the others leave in large steps', () => {
  expect([0, 160, 161, 239, 240, 4_000].map(firstShown)).toEqual([0, 0, 80, 80, 160, 3_920])
})
