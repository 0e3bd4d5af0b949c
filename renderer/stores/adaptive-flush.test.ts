import { expect, test } from 'vitest'
import { AdaptiveFlush } from './adaptive-flush.ts'

/** A clock by hand: a flush takes `commit`, the frame after it `frame` milliseconds. */
function bench(costs: { commit: number; frame: number }) {
  let now = 1000
  const timers = new Map<object, { at: number; callback: () => void }>()
  const flushes: number[] = []
  const flush = new AdaptiveFlush(
    {
      now: () => now,
      setTimer: (callback, milliseconds) => {
        const timer = {}
        timers.set(timer, { at: now + milliseconds, callback })
        return timer
      },
      clearTimer: (timer) => timers.delete(timer as object),
      measureFrame: (done) => {
        now += costs.frame
        done(costs.frame)
      },
    },
    () => {
      flushes.push(now)
      now += costs.commit
    },
  )
  return {
    flushes,
    request: (urgent = false) => flush.request(urgent),
    pass(milliseconds: number) {
      const until = now + milliseconds
      for (const [timer, { at, callback }] of timers) {
        if (at > until) continue
        timers.delete(timer)
        now = Math.max(now, at)
        callback()
      }
      now = Math.max(now, until)
    },
  }
}

test('cheap commits are shown thirty times a second, the first one at once', () => {
  const { flushes, request, pass } = bench({ commit: 2, frame: 1 })
  for (let batch = 0; batch < 4; batch++) {
    request()
    pass(15)
  }
  expect(flushes).toEqual([1000, 1030, 1060])
})

test('what comes after a pause is shown at once', () => {
  const { flushes, request, pass } = bench({ commit: 2, frame: 1 })
  request()
  pass(97)
  request()
  expect(flushes).toEqual([1000, 1100])
})

test('after a dear commit the next one waits three times as long as it took', () => {
  const { flushes, request, pass } = bench({ commit: 20, frame: 10 })
  request()
  request()
  pass(89)
  const early = flushes.length
  pass(1)
  expect({ early, flushes }).toEqual({ early: 1, flushes: [1000, 1120] })
})

test('the wait has an end', () => {
  const { flushes, request, pass } = bench({ commit: 400, frame: 0 })
  request()
  request()
  pass(250)
  expect(flushes).toEqual([1000, 1650])
})

test('what is urgent does not wait, and takes along what did', () => {
  const { flushes, request, pass } = bench({ commit: 20, frame: 10 })
  request()
  request()
  request(true)
  pass(80)
  expect(flushes).toEqual([1000, 1030])
})
