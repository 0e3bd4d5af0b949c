import { expect, test } from 'vitest'
import type { FileDiff } from '#shared/approval/file-diff.ts'
import { ProfileId, TurnId } from '#shared/ids.ts'
import { viewFromEntries } from '#shared/session/apply-event.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { summarise } from './summary.ts'

const at = { at: 0 }
const _profile = { profileId: ProfileId.parse('local'), profileName: 'Local', kind: 'vllm' as const, model: 'm' }

function noteWhileAsked(diff: FileDiff): string {
  const events: SessionEvent[] = [
    sampleSessionStart(),
    { type: 'turn-start', seq: 1, ...at, turnId: TurnId.parse('turn000001'), text: 'Do it.', facts: '' },
    {
      ...{ type: 'approval-request', seq: 2, ...at },
      request: {
        ...{ callId: 'a', tool: 'write_file', purpose: '', facts: [], sessionRule: 'write', recovered: false },
        subject: { kind: 'change', diff },
      },
    },
  ]
  const view = viewFromEntries(events)
  return view ? summarise(view).note : ''
}

test('a session that waits says whether a file is to be created or changed', () => {
  const diff: FileDiff = { path: 'a.md', added: 1, removed: 0, hunks: [] }
  expect([noteWhileAsked({ ...diff, created: true }), noteWhileAsked(diff)]).toEqual([
    'needs you: create a.md',
    'needs you: change a.md',
  ])
})
