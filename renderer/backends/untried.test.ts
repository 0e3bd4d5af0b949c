import { expect, test } from 'vitest'
import type { DoctorCheck } from '#shared/doctor/doctor.ts'
import { foldUntried, untriedReason } from './untried.ts'

const check = (id: DoctorCheck['id'], state: DoctorCheck['state'], evidence = ''): DoctorCheck => ({
  id,
  state,
  title: id,
  evidence,
  ms: null,
  remedies: [],
})
const reachable = check('reachable', 'ok')
const key = check('key', 'problem')
const untried = (id: DoctorCheck['id'], why = 'Not tried, the key comes first.') => check(id, 'not-tried', why)

test('what was not tried is one row with its reason, one alone stays as it is', () => {
  const [tools, model, stream] = [untried('tools'), untried('model'), untried('stream')]
  expect([
    foldUntried([key, reachable, tools, model, stream], false),
    foldUntried([key, reachable, model], false),
    // What a button stands beside stays in sight.
    foldUntried([reachable, tools, model, stream], true),
  ]).toEqual([
    { rows: [key, reachable], untried: [tools, model, stream] },
    { rows: [key, reachable, model], untried: [] },
    { rows: [reachable, model], untried: [tools, stream] },
  ])
})

test('the reason is told where it is the same for all', () => {
  expect([
    untriedReason([untried('tools'), untried('model')]),
    untriedReason([untried('tools'), untried('model', 'Off')]),
  ]).toEqual(['The key comes first.', ''])
})
