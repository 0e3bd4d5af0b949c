import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { actAs, callerFolder, chosenFolder, electronArguments, hasDisplay, withAbsoluteCwd } from './launch.mjs'

test("the caller's folder is npm's only for the script npm started", () => {
  const env = { npm_lifecycle_event: 'claw', INIT_CWD: '/home/me/work' }
  expect(callerFolder(env, 'claw', '/clone')).toBe('/home/me/work')
  expect(callerFolder(env, 'start', '/clone')).toBe('/clone')
  expect(callerFolder({}, 'claw', '/clone')).toBe('/clone')
})

test('a relative --cwd is meant from the folder of the caller', () => {
  expect(withAbsoluteCwd(['--cwd', 'app', '--cwd=../x', '--cwd', '/y', '--model', 'app'], '/home/me')).toEqual([
    '--cwd',
    '/home/me/app',
    '--cwd=/home/x',
    '--cwd',
    '/y',
    '--model',
    'app',
  ])
})

/** Chromium's own complaints about its surroundings stay out of the terminal. */
const QUIET = '--log-level=3'

test('Electron gets --no-sandbox for root on Linux only', () => {
  const start = { env: { DISPLAY: ':0' }, args: ['--cwd', '/x'] }
  expect(electronArguments({ ...start, platform: 'linux', isRoot: true })).toEqual([
    QUIET,
    '--no-sandbox',
    '.',
    '--cwd',
    '/x',
  ])
  expect(electronArguments({ ...start, platform: 'linux', isRoot: false })).toEqual([QUIET, '.', '--cwd', '/x'])
  expect(electronArguments({ ...start, platform: 'darwin', isRoot: true })).toEqual([QUIET, '.', '--cwd', '/x'])
})

test('Electron is told to look for Wayland where there is no X server', () => {
  const start = { platform: 'linux', isRoot: false, args: [] }
  expect(electronArguments({ ...start, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual([
    QUIET,
    '--ozone-platform-hint=auto',
    '.',
  ])
  expect(electronArguments({ ...start, env: { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' } })).toEqual([QUIET, '.'])
})

test('only Linux can be without a display', () => {
  expect(hasDisplay('linux', {})).toBe(false)
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDisplay('win32', {})).toBe(true)
})

test('the clone is not what is worked on, the folder of a caller elsewhere is', () => {
  expect(chosenFolder('/clone', '/clone')).toEqual({})
  expect(chosenFolder('/clone/scripts', '/clone')).toEqual({})
  expect(chosenFolder('/home/me/work', '/clone')).toEqual({ CLAW_CWD: '/home/me/work' })
  expect(chosenFolder('/clone-of-mine', '/clone')).toEqual({ CLAW_CWD: '/clone-of-mine' })
})

test.each([
  ['process.exit(7)', 7],
  ['process.kill(process.pid, "SIGTERM")', 143],
])('the child that runs %s gives its end to us', async (code, expected) => {
  const signals = process.listenerCount('SIGTERM')
  expect(await actAs(spawn(process.execPath, ['-e', code]))).toBe(expected)
  expect(process.listenerCount('SIGTERM')).toBe(signals)
})
