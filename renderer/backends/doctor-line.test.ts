import { expect, test } from 'vitest'
import type { DoctorCheck, DoctorReport, DoctorState } from '#shared/doctor/doctor.ts'
import { sortedChecks } from '#shared/doctor/doctor-summary.ts'
import { failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { Profile } from '#shared/profile/profile.ts'
import { attentionCount, backendLine } from './doctor-line.ts'

const profile = Profile.parse({
  id: 'one',
  name: 'One',
  kind: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  model: 'm',
  key: { source: 'none' },
})
const backend: BackendStatus = { profile, origin: 'saved', reach: 'ready', failure: null, models: [], checkedAt: 1 }
const check = (id: DoctorCheck['id'], state: DoctorCheck['state'], brief?: string): DoctorCheck => ({
  id,
  title: id,
  state,
  evidence: 'x',
  ...(brief && { brief }),
  remedies: [],
  ms: null,
})
const report = (checks: DoctorCheck[], change: Partial<DoctorReport> = {}): DoctorReport => ({
  version: 1,
  profileId: profile.id,
  baseUrl: profile.baseUrl,
  profileModel: 'm',
  model: 'm',
  startedAt: 0,
  ms: 0,
  tokens: 0,
  tokensEstimated: false,
  wantsLoad: false,
  checks,
  ...change,
})
const tested = (made: DoctorReport): DoctorState => ({ running: null, report: made })
const bad = [
  check('key', 'ok'),
  check('window', 'warning', 'window of 4,096 tokens'),
  check('tools', 'problem', 'tools refused'),
]

test('a backend in the list says what its last test found, problems before warnings', () => {
  const gone: BackendStatus = { ...backend, reach: 'failed', failure: failure('unreachable', 'x') }
  expect([
    backendLine(backend, undefined),
    backendLine(backend, tested(report([check('key', 'ok'), check('model', 'ok'), check('tools', 'not-tried')]))),
    backendLine(backend, tested(report(bad))),
    backendLine(backend, tested(report(bad.slice(0, 2)))),
    backendLine(backend, tested(report(bad, { profileModel: 'another' }))),
    backendLine(backend, tested(report([check('key', 'ok')], { wantsLoad: true }))),
    backendLine(gone, tested(report(bad))),
    backendLine(backend, { running: { startedAt: 0, checks: [], waits: null }, report: report(bad) }),
  ]).toEqual([
    { tone: 'ok', text: '0 models' },
    { tone: 'ok', text: '2 of 3 pass' },
    { tone: 'danger', text: 'tools refused' },
    { tone: 'warn', text: 'window of 4,096 tokens' },
    { tone: 'ok', text: '0 models' },
    { tone: 'off', text: 'model not loaded' },
    { tone: 'off', text: 'not reachable' },
    { tone: 'off', text: 'testing…' },
  ])
  expect(attentionCount({ backends: [backend], doctor: { one: tested(report(bad)) } })).toBe(1)
})

test('the card shows problems first, then warnings, and what was not tried last', () => {
  const checks = [check('reachable', 'ok'), check('usage', 'not-tried'), check('model', 'ok'), ...bad]
  expect(sortedChecks(checks).map(({ id }) => id)).toEqual(['tools', 'window', 'reachable', 'model', 'key', 'usage'])
})
