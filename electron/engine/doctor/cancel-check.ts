import { setTimeout as sleep } from 'node:timers/promises'
import type { DoctorCheck } from '#shared/doctor/doctor.ts'
import { failureOf } from './answer-checks.ts'
import { check, failedCheck, time } from './check.ts'
import { converse, timedOut } from './converse.ts'
import type { Examination } from './examination.ts'

/** How often a server is asked whether it is still busy, in milliseconds. */
const LOOK_MS = 40
/** Long enough to be still running when it is stopped. */
const LONG_ANSWER = 400

/** Stops an answer in the middle, then sees whether the server is free: one that goes on costs time and money. */
export async function checkCancel(examination: Examination): Promise<DoctorCheck> {
  const { freeMs, spent } = examination
  try {
    const before = await busyCount(examination)
    const answer = await stopInTheMiddle(examination)
    spent.add(null, answer.pieces + 20)
    if (!answer.stopped)
      return check('cancel', 'not-tried', 'Not tried: the answer was over before it could be stopped.')
    const began = performance.now()
    if (before === null) return await freeByAnswer(examination, answer.firstMs)
    for (;;) {
      const busy = await busyCount(examination)
      const ms = performance.now() - began
      if (busy !== null && busy <= before) {
        return check('cancel', 'ok', `generation stopped within ${time(ms)} after the connection closed`)
      }
      if (ms >= freeMs && before > 0) {
        return check('cancel', 'not-tried', 'Not known: somebody else uses the server right now.')
      }
      if (ms >= freeMs) {
        const evidence = `The server was still generating ${time(ms)} after the connection closed.`
        return check('cancel', 'warning', evidence, { brief: 'goes on after a stop', remedies: goesOn })
      }
      await sleep(LOOK_MS, undefined, { signal: examination.signal })
    }
  } catch (error) {
    if (examination.signal.aborted) throw error
    return failedCheck('cancel', failureOf(error), { brief: 'no answer' })
  }
}

const goesOn = [
  { text: 'A stopped answer goes on there and is paid for. A newer version, or another proxy in between, may help.' },
]

async function stopInTheMiddle({ backend, signal, answerMs, slot }: Examination) {
  const release = await slot()
  const stop = new AbortController()
  const limit = AbortSignal.timeout(answerMs)
  const began = performance.now()
  const answer = { pieces: 0, firstMs: 0, stopped: false }
  const messages = [{ role: 'user', content: 'Count from 1 to 300.' }] as const
  const request = { messages, tools: [], maxOutputTokens: LONG_ANSWER }
  try {
    for await (const event of backend.chat(request, AbortSignal.any([signal, limit, stop.signal]))) {
      if (event.type === 'message_stop') return answer
      if (event.type !== 'content_delta' && event.type !== 'reasoning_delta') continue
      if (answer.pieces++ === 0) answer.firstMs = performance.now() - began
      if (answer.pieces >= 2) stop.abort()
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (limit.aborted) throw timedOut(answerMs, error)
    if (!stop.signal.aborted) throw error
    answer.stopped = true
  } finally {
    release()
  }
  return answer
}

/** How many answers the server is working on; null = it does not tell. */
async function busyCount({ kind, probe }: Examination): Promise<number | null> {
  if (kind === 'llama-server') {
    const slots = await probe.readJson(`${probe.root}/slots`)
    if (!Array.isArray(slots)) return null
    return slots.filter((slot: unknown) => isBusy(slot)).length
  }
  if (kind !== 'vllm') return null
  const metrics = await probe.readJson(`${probe.root}/metrics`)
  if (typeof metrics !== 'string') return null
  const counts = [...metrics.matchAll(/^vllm:num_requests_running(?:\{[^}]*\})?\s+([\d.e+]+)/gm)]
  return counts.length === 0 ? null : counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

function isBusy(slot: unknown): boolean {
  return typeof slot === 'object' && slot !== null && 'is_processing' in slot && slot.is_processing === true
}

/** A server that tells nothing is asked something: with one slot it answers only when it is free. */
async function freeByAnswer(examination: Examination, firstMs: number): Promise<DoctorCheck> {
  const { freeMs } = examination
  const next = await converse(examination, { messages: [{ role: 'user', content: 'Say yes.' }], maxOutputTokens: 8 })
  const waited = next.firstMs || next.totalMs
  if (waited > firstMs + freeMs) {
    const evidence = `The next answer began only after ${time(waited)}: the server seems to have gone on.`
    return check('cancel', 'warning', evidence, { brief: 'goes on after a stop', remedies: goesOn })
  }
  return check('cancel', 'ok', `the next answer began after ${time(waited)}; more the server does not tell`)
}
