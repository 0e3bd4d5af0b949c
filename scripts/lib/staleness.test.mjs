import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isInstalled, newestChange } from './staleness.mjs'

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a-windows': { version: '1.0.0', integrity: 'sha512-w', optional: true },
  },
}
const a = { version: '1.0.0', integrity: 'sha512-a' }

test('packages are in place when all but optional ones are there', () => {
  expect(isInstalled(wanted, { packages: { 'node_modules/a': a } })).toBe(true)
})

test.each([
  ['nothing is installed', null],
  ['a package is missing', { packages: {} }],
  ['a package has another version', { packages: { 'node_modules/a': { ...a, version: '1.0.1' } } }],
  ['a package has other bytes', { packages: { 'node_modules/a': { ...a, integrity: 'sha512-b' } } }],
  ['a package is left over', { packages: { 'node_modules/a': a, 'node_modules/old': a } }],
])('packages are not in place when %s', (_, installed) => {
  expect(isInstalled(wanted, installed)).toBe(false)
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claw-staleness-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes a file and dates it and its folder. */
function put(/** @type {string} */ path, /** @type {number} */ second) {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '')
  utimesSync(file, second, second)
  utimesSync(join(file, '..'), 1, 1)
}

test('the newest change is that of the newest source at any depth', () => {
  put('src/a.ts', 100)
  put('src/deep/b.ts', 300)
  put('lock.json', 200)
  utimesSync(join(folder, 'src'), 1, 1)
  expect(newestChange([join(folder, 'src'), join(folder, 'lock.json'), join(folder, 'none')])).toBe(300_000)
})

test('a deleted source is a change', () => {
  put('src/a.ts', 100)
  put('src/b.ts', 100)
  const before = newestChange([join(folder, 'src')])
  rmSync(join(folder, 'src/b.ts'))
  expect(newestChange([join(folder, 'src')])).toBeGreaterThan(before)
})

test('a changed test or installed package is no change of the sources', () => {
  put('src/a.ts', 100)
  put('src/a.test.ts', 200)
  put('src/a.test.tsx', 200)
  put('src/node_modules/x/index.ts', 200)
  utimesSync(join(folder, 'src'), 1, 1)
  expect(newestChange([join(folder, 'src')])).toBe(100_000)
})
