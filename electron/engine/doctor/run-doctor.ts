import type { DoctorChange, DoctorCheck, DoctorCheckId, DoctorReport } from '#shared/doctor/doctor.ts'
import { DoctorCheckId as CheckIds } from '#shared/doctor/doctor.ts'
import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { RetryOptions } from '../backend/attempts/retry.ts'
import type { Backend } from '../backend/contract/backend.ts'
import type { Clock } from '../lib/clock.ts'
import { readCertificates } from '../profiles/certificates.ts'
import { type SlotHolder, waitWords } from '../slots/slots.ts'
import { checkReasoning, checkStream, checkSystem, checkUsage } from './answer-checks.ts'
import { checkCancel } from './cancel-check.ts'
import { check, titles } from './check.ts'
import { Spent } from './converse.ts'
import type { Examination } from './examination.ts'
import { checkKey, checkModel, checkReachable, refusedKey } from './server-checks.ts'
import { ServerProbe } from './server-probe.ts'
import { checkParallelCalls, checkToolCall } from './tool-checks.ts'
import { checkWindow } from './window-check.ts'

export interface DoctorServices {
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
  /** `FailureError` `auth`: it is not where the profile says. */
  resolveKey(profile: Profile): Promise<string | null>
  connect(options: { profile: Profile; key: string | null; ca?: string; retry: RetryOptions }): Backend
  /** Its calls queue like those of everybody. */
  slotHolder(): SlotHolder
  /** What it waits for before a call: "next, vLLM has 1 slot"; null = no more. */
  onWait?(words: string | null): void
  /** Asked before anything that would load the model. */
  mayLoad(model: string): Promise<boolean>
  /** How long one answer may take; a model may have to be loaded for it. Milliseconds. */
  answerMs?: number
  /** How long a server may take to stop an answer. Milliseconds. */
  freeMs?: number
}

export interface Examined {
  report: DoctorReport
  /** Proven about the server, and worth being kept in the profile. */
  proven: DoctorChange
}

const ANSWER_MS = 120_000
/** A kept connection may have been closed by the server since the last check: once more is fair. */
const ATTEMPTS = 2
const LOADING_MS = 600_000
const FREE_MS = 5000

/**
 * Live checks of one profile against its chosen model, one after the other, each told to `onCheck` when it is done; the
 * same check may come again with what a later one showed. What the server does wrong is in the checks. Throws
 * `FailureError`: `aborted`, or `invalid-input` when the base URL is none or the CA file
 * cannot be used.
 */
export async function runDoctor(
  profile: Profile,
  services: DoctorServices,
  onCheck: (check: DoctorCheck) => void,
  signal: AbortSignal,
): Promise<Examined> {
  const startedAt = services.clock.now()
  const began = performance.now()
  const checks = new Map<DoctorCheckId, DoctorCheck>()
  const put = (made: DoctorCheck) => {
    checks.set(made.id, made)
    onCheck(made)
  }
  const { key, missing } = await keyOf(profile, services)
  const ca = await readCertificates(profile)
  const probe = new ServerProbe({ profile, key, ca, env: services.env, signal })
  const connections: Backend[] = []
  const holder = services.slotHolder()
  const connect = (model: string, kind: Profile['kind'], baseUrl: string) => {
    // What was learned before is looked at anew.
    const { compat: _before, ...fresh } = profile
    const asked = { ...fresh, model, kind, baseUrl }
    const backend = services.connect({
      profile: asked,
      key,
      retry: { attempts: ATTEMPTS },
      ...(ca !== undefined && { ca }),
    })
    connections.push(backend)
    return backend
  }
  const examination: Examination = {
    profile,
    key,
    ca,
    probe,
    signal,
    spent: new Spent(),
    answerMs: services.answerMs ?? ANSWER_MS,
    freeMs: services.freeMs ?? FREE_MS,
    put,
    async slot() {
      let waited = false
      const release = await holder.acquire({
        ...{ backend: examination.backend, profile, signal },
        onWait(wait) {
          waited = true
          services.onWait?.(waitWords(profile.name, wait))
        },
        onWarning() {},
      })
      if (waited) services.onWait?.(null)
      return release
    },
    async mayLoad(model) {
      const yes = await services.mayLoad(model)
      if (yes) examination.answerMs = services.answerMs ?? LOADING_MS
      return yes
    },
    kind: profile.kind,
    model: profile.model,
    entry: {},
    backend: connect(profile.model, profile.kind, profile.baseUrl),
    wantsLoad: false,
    proven: {},
  }
  try {
    const waitsFor = await examine(examination, missing, connect)
    for (const id of CheckIds.options) {
      if (!checks.has(id)) put(check(id, 'not-tried', `Not tried, ${waitsFor} first.`))
    }
  } finally {
    holder.leave()
    await Promise.all([probe.close(), ...connections.map((backend) => backend.close())])
  }
  const { spent, wantsLoad, model, proven } = examination
  const report: DoctorReport = {
    version: 1,
    profileId: profile.id,
    baseUrl: profile.baseUrl,
    profileModel: profile.model,
    model,
    startedAt,
    ms: Math.round(performance.now() - began),
    tokens: spent.tokens,
    tokensEstimated: spent.estimated,
    wantsLoad,
    checks: CheckIds.options.flatMap((id) => checks.get(id) ?? []),
  }
  return { report, proven }
}

type Connect = (model: string, kind: Profile['kind'], baseUrl: string) => Backend

/** Resolves with what the checks that were left out wait for. */
async function examine(examination: Examination, missingKey: FailureError | null, connect: Connect): Promise<string> {
  const { put, probe } = examination
  const models = await checkReachable(examination)
  if (!models) return 'the server has to be reachable'
  if (missingKey) {
    put(refusedKey(missingKey.failure, false, null))
    return 'the key comes'
  }
  if (!(await checkKey(examination, models))) return 'the key comes'
  if (!(await checkModel(examination, models))) {
    if (!examination.wantsLoad) return 'the model comes'
    put(await checkWindow(examination))
    return 'the model has to be loaded'
  }
  examination.backend = connect(examination.model, examination.kind, probe.server.address.base)
  const heard = await checkStream(examination)
  if (!heard) {
    put(await checkWindow(examination))
    return 'an answer comes'
  }
  put(checkUsage(examination, heard))
  put(await checkReasoning(examination))
  if (await checkToolCall(examination, true)) {
    await checkToolCall(examination, false)
    put(await checkParallelCalls(examination))
  } else {
    for (const id of ['tools-whole', 'parallel-tools'] as const) {
      put(check(id, 'not-tried', `Not tried, ${titles.tools.toLowerCase()} come first.`))
    }
  }
  put(await checkSystem(examination))
  put(await checkWindow(examination))
  put(await checkCancel(examination))
  keepCompat(examination)
  return ''
}

/** Only of the model that the profile names: what it picks by itself may be another one tomorrow. */
function keepCompat({ backend, profile, model, proven }: Examination): void {
  const learned = backend.learned?.() ?? null
  if (model !== profile.model || (learned === null && !profile.compat)) return
  proven.compat = learned && { ...learned, baseUrl: profile.baseUrl }
}

async function keyOf(profile: Profile, { resolveKey }: DoctorServices) {
  try {
    return { key: (await resolveKey(profile))?.trim() || null, missing: null }
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'auth') throw error
    return { key: null, missing: error }
  }
}
