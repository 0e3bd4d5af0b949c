import { RotateCw, Square } from 'lucide-react'
import { useState } from 'react'
import type { DoctorChange, DoctorCheckId } from '#shared/doctor/doctor.ts'
import { doctorLine } from '#shared/doctor/doctor-summary.ts'
import type { Failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { request } from '../bridge/bridge.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { DoctorCard } from './doctor-card.tsx'
import { reportOf } from './doctor-line.ts'

/** The test of one backend: what its button and its card need. */
export function useDoctorTest(backend: BackendStatus, onProblem: (failure: Failure | null) => void) {
  const { profile } = backend
  const state = useAppStore(({ doctor }) => doctor[profile.id])
  const running = state?.running ?? null
  const report = reportOf(backend, state)
  const [tested, setTested] = useState(false)

  const test = async (allowLoad = false) => {
    setTested(true)
    const reply = await request('profile.test', { profileId: profile.id, allowLoad })
    // A person who stops a test knows that it was stopped.
    onProblem(reply.ok || reply.failure.code === 'aborted' ? null : reply.failure)
  }
  const apply = async ({ extraBody, ...change }: DoctorChange) => {
    const body = extraBody && { extraBody: { ...profile.extraBody, ...extraBody } }
    const reply = await request('profile.save', { profile: { ...profile, ...withoutUndefined(change), ...body } })
    onProblem(reply.ok ? null : reply.failure)
    if (reply.ok) await test()
  }
  return {
    running,
    report,
    test,
    apply,
    /** It says itself why the server is not reached. */
    explains: running !== null || report?.checks.some(({ id, state }) => isWayIn(id) && state === 'problem') === true,
    stop: () => void request('profile.stopTest', { profileId: profile.id }),
    /** For the polite status of the page. */
    words: running
      ? 'Testing the backend'
      : tested && report
        ? `The test is over: ${doctorLine(report.checks).text}`
        : '',
  }
}

function isWayIn(id: DoctorCheckId): boolean {
  return id === 'reachable' || id === 'key'
}

type DoctorTest = ReturnType<typeof useDoctorTest>

export function DoctorButton(props: { test: DoctorTest }) {
  const { running, test, stop } = props.test
  return running ? (
    <button type="button" className="btn" onClick={stop}>
      <Icon of={Square} small />
      Stop test
    </button>
  ) : (
    <button type="button" className="btn primary" onClick={() => void test()}>
      <Icon of={RotateCw} small />
      Test
    </button>
  )
}

export function DoctorResult(props: { backend: BackendStatus; test: DoctorTest; onEditKey: () => void }) {
  const { backend, test, onEditKey } = props
  const saved = backend.origin === 'saved'
  return (
    <DoctorCard
      running={test.running}
      report={test.report}
      acts={{
        apply: saved ? (change) => void test.apply(change) : null,
        editKey: saved ? onEditKey : null,
        load: () => void test.test(true),
      }}
    />
  )
}

function withoutUndefined({ kind, baseUrl, model, contextWindow }: DoctorChange) {
  return {
    ...(kind !== undefined && { kind }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(model !== undefined && { model }),
    ...(contextWindow !== undefined && { contextWindow }),
  }
}
