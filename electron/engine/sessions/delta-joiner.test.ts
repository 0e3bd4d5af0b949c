import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TurnId } from '#shared/ids.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { Conversation } from '../agent/conversation.ts'
import { DeltaJoiner } from './delta-joiner.ts'

const turnId = TurnId.parse('turn000001')
const start = sampleSessionStart()
const bodies = [
  { type: 'text-delta', text: 'a' },
  { type: 'text-delta', text: '😀' },
  { type: 'reasoning-delta', text: 'b' },
  { type: 'warning', code: 'a-code', message: 'A warning.' },
  { type: 'model-call-start', model: 'm' },
  { type: 'model-call-end', toolCalls: [], finish: 'stop' },
] as const

test('joined pieces fold to the same view and the same conversation as the pieces themselves', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bodies), { maxLength: 40 }), (picked) => {
      const entries = [{ type: 'turn-start', turnId, text: 'Hello.', facts: '' } as const, ...picked].map(
        (body, index) => ({ ...body, seq: index + 1, at: 10 * (index + 1) }) as SessionEntry,
      )
      const joined: SessionEntry[] = []
      const joiner = new DeltaJoiner((entry) => joined.push(entry))
      for (const entry of entries) joiner.add(entry)
      joiner.flush()
      expect(folded(joined)).toEqual(folded(entries))
      const runs = picked.filter(
        ({ type }, index) =>
          type.endsWith('-delta') && picked[index - 1]?.type === type && picked[index - 2]?.type === type,
      )
      expect(joined).toHaveLength(entries.length - runs.length)
    }),
  )
})

function folded(entries: readonly SessionEntry[]) {
  const conversation = new Conversation()
  for (const entry of [start, ...entries]) conversation.apply(entry)
  return { view: entries.reduce(applyEvent, viewFromStart(start)), messages: conversation.messages() }
}
