import { expect, test } from 'vitest'
import { failure } from '../failure.ts'
import { ProfileId } from '../ids.ts'
import type { Profile } from './profile.ts'
import { standInFor } from './stand-in.ts'

const spare: Profile = {
  id: ProfileId.parse('spare'),
  name: 'Spare',
  kind: 'custom',
  baseUrl: 'http://127.0.0.1:1/v1',
  model: '',
  key: { source: 'none' },
}
const lab: Profile = { ...spare, id: ProfileId.parse('lab'), fallbackProfileId: spare.id }

test('a stand-in is offered where the backend failed, if one was named and is there', () => {
  const offers = [
    standInFor(failure('unreachable', ''), lab, [lab, spare]),
    standInFor(failure('overloaded', ''), lab, [lab, spare]),
    standInFor(failure('auth', ''), lab, [lab]),
    standInFor(failure('auth', ''), spare, [lab, spare]),
    standInFor(failure('context-overflow', ''), lab, [lab, spare]),
    standInFor(failure('auth', ''), undefined, [spare]),
    standInFor(null, lab, [spare]),
  ]
  expect(offers).toEqual([spare, spare, null, null, null, null, null])
})
