import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.mjs'

let lock = ''
beforeEach(() => {
  lock = join(mkdtempSync(join(tmpdir(), 'claw-lock-')), 'lock')
})
afterEach(() => rmSync(join(lock, '..'), { recursive: true }))

test('work under one lock never overlaps', async () => {
  /** @type {string[]} */
  const steps = []
  const work = (/** @type {string} */ name) =>
    withLock(lock, async () => {
      steps.push(`${name} begins`)
      await sleep(20)
      steps.push(`${name} ends`)
    })
  await Promise.all([work('first'), work('second')])
  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

test('a lock is left when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(existsSync(lock)).toBe(false)
})

test('a lock of a process that is gone is taken over', async () => {
  mkdirSync(lock)
  writeFileSync(join(lock, 'pid'), '999999999')
  expect(await withLock(lock, async () => 'done')).toBe('done')
})
