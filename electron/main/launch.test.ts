import { expect, it } from 'vitest'
import { isHidden, isTooLong, readLaunch, startFolderOf } from './launch.ts'

const none = { dataFolder: '/data', startFolder: null, hidden: false, electronSource: 'official', developmentUrl: null }

it.each([
  ['nothing said', [], {}, {}],
  ['--cwd folder', ['--no-sandbox', '.', '--cwd', 'project'], {}, { startFolder: '/here/project' }],
  ['--cwd=folder', ['--cwd=/project'], {}, { startFolder: '/project' }],
  ['--cwd without a folder', ['--cwd'], {}, {}],
  [
    'the environment',
    [],
    { CLAW_CWD: '/project', CLAW_ELECTRON_SOURCE: 'registry' },
    { startFolder: '/project', electronSource: 'registry' },
  ],
  ['no window', ['--hidden'], {}, { hidden: true }],
  ['both, and the argument wins', ['--cwd', '/a'], { CLAW_CWD: '/b' }, { startFolder: '/a' }],
  ['a source that does not exist', [], { CLAW_ELECTRON_SOURCE: 'moon' }, {}],
  [
    'a page of a development server',
    [],
    { ELECTRON_RENDERER_URL: 'http://localhost:5173' },
    { developmentUrl: 'http://localhost:5173' },
  ],
  ['a page from elsewhere', [], { ELECTRON_RENDERER_URL: 'http://localhost.evil.example' }, {}],
  ['a page that is a file', [], { ELECTRON_RENDERER_URL: 'file:///etc/passwd' }, {}],
])('a start with %s', (_what, argv, env, expected) => {
  expect(readLaunch({ argv, env: { CLAW_HOME: '/data', ...env }, cwd: '/here' })).toEqual({ ...none, ...expected })
})

it.each([
  [{ startFolder: '/project' }, '/project'],
  [{ startFolder: null }, null],
  [{ startFolder: 7 }, null],
  [null, null],
  [undefined, null],
])('a second start with %o wants %o', (other, expected) => {
  expect(startFolderOf(other)).toBe(expected)
})

it.each([
  [{ hidden: true }, true],
  [{ hidden: false }, false],
  [{}, false],
  [null, false],
])('a second start with %o shows no window: %s', (other, expected) => {
  expect(isHidden(other)).toBe(expected)
})

it('knows when it was started with more than anybody means', () => {
  expect([isTooLong(['claw', '--cwd', '/a/long/folder'.repeat(100)]), isTooLong(['claw', 'x'.repeat(50_000)])]).toEqual(
    [false, true],
  )
})
