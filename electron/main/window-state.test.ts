import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultWindowState, reachableBounds, readWindowState, windowState, writeWindowState } from './window-state.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-window-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the state of the window', () => {
  it('is the same at the next start', async () => {
    const path = join(folder, 'new', 'window.json')
    const state = { bounds: { x: 1, y: 2, width: 700, height: 500 }, maximized: true, theme: 'dark' } as const
    await writeWindowState(path, state)
    expect(await readWindowState(path)).toEqual(state)
  })

  it('is the default at the first start, and where the file was cut', async () => {
    const path = join(folder, 'window.json')
    const first = await readWindowState(path)
    await writeFile(path, '{"bounds":')
    expect([first, await readWindowState(path)]).toEqual([defaultWindowState, defaultWindowState])
  })

  it.each([
    [null, defaultWindowState],
    [[], defaultWindowState],
    [{ bounds: { x: 1, y: 2, width: 'wide', height: 4 }, theme: 'pink', maximized: 1 }, defaultWindowState],
    [
      { bounds: { x: 1, y: 2, width: 3, height: 4, extra: 5 }, theme: 'light', maximized: true },
      { bounds: { x: 1, y: 2, width: 3, height: 4 }, theme: 'light', maximized: true },
    ],
  ])('of %o is %o', (value, expected) => {
    expect(windowState(value)).toEqual(expected)
  })
})

describe('the place of the window', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1280, height: 1024 },
  ]
  const size = { width: 800, height: 600 }
  it.each([
    ['on a screen', { x: 100, y: 100 }, true],
    ['on the second screen', { x: 2000, y: 10 }, true],
    ['half outside, with enough to hold', { x: -600, y: 100 }, true],
    ['outside at the left', { x: -790, y: 100 }, false],
    ['on a screen that was unplugged', { x: 4000, y: 100 }, false],
    ['with its title above every screen', { x: 100, y: -200 }, false],
    ['with its title below every screen', { x: 100, y: 1070 }, false],
  ])('%s is used: %o %s', (_where, place, expected) => {
    const bounds = { ...place, ...size }
    expect(reachableBounds(bounds, screens)).toEqual(expected ? bounds : null)
  })

  it('is left to the system where there was none', () => {
    expect(reachableBounds(null, screens)).toBe(null)
  })
})
