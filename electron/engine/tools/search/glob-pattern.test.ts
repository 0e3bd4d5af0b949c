import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { rgPath } from '@vscode/ripgrep'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/tool-calls.ts'
import { globMatcher } from './glob-pattern.ts'

test.each([
  ['*.ts', ['a.ts', 'src/b.ts', 'src/deep/c.ts'], ['a.tsx', 'ts', 'a.ts/b.js']],
  ['src/*.ts', ['src/a.ts'], ['a.ts', 'src/deep/a.ts', 'lib/src/a.ts']],
  ['src/**/*.ts', ['src/a.ts', 'src/deep/er/a.ts'], ['a.ts', 'lib/src/a.ts']],
  ['**/*.test.ts', ['a.test.ts', 'src/a.test.ts'], ['a.ts']],
  ['src/**', ['src/a', 'src/a/b'], ['a', 'src']],
  ['**/test/**', ['test/a', 'x/test/a/b'], ['test', 'x/tests/a']],
  ['*.{ts,tsx}', ['a.ts', 'b/a.tsx'], ['a.js', 'a.{ts,tsx}']],
  ['{src,lib}/*.js', ['src/a.js', 'lib/a.js'], ['a.js', 'bin/a.js']],
  ['a?.md', ['ab.md', 'x/ac.md'], ['a.md', 'abc.md', 'a/.md']],
  ['[ab]*.md', ['a.md', 'bc.md'], ['c.md']],
  ['[!ab].md', ['c.md', 'x/-.md'], ['a.md']],
  ['[a-c]1', ['a1', 'c1'], ['d1', '-1']],
  ['[]-]1', [']1', '-1'], ['a1']],
  ['README.md', ['README.md', 'docs/README.md'], ['readme.md', 'README.mdx']],
  ['src', ['src/a', 'lib/src/b/c', 'src'], ['srcs/a']],
  ['src/', ['src/a', 'src/b/c'], ['lib/src/a', 'src']],
  ['./src/a.ts', ['src/a.ts'], ['x/src/a.ts']],
  ['a+(b).$x', ['a+(b).$x'], ['aab']],
  ['\\*.md', ['*.md'], ['a.md']],
  ['a{b', ['a{b'], ['ab']],
  ['a[b', ['a[b'], ['ab']],
  ['ä*😀', ['äx😀'], ['ä']],
  ['', [], ['a']],
])('%j fits the right paths', (pattern, fitting, others) => {
  const fits = globMatcher(pattern)
  expect({ fitting: fitting.filter(fits), others: others.filter(fits) }).toEqual({ fitting, others: [] })
})

test('no pattern is an error', () => {
  const unit = fc.constantFrom(...'ab/*?[]{}!^,-\\.()|$+&~'.split(''))
  fc.assert(
    fc.property(fc.string({ unit }), fc.string({ unit }), (pattern, path) => {
      expect(typeof globMatcher(pattern)(path)).toBe('boolean')
    }),
    { numRuns: 2000 },
  )
})

const run = promisify(execFile)

test('what a pattern with a folder in it fits is what ripgrep fits', async () => {
  const names = [
    'a.ts',
    'b.ts',
    'ab.js',
    'src/a.ts',
    'src/b.js',
    'src/lib/a.ts',
    'src/lib/deep/c.ts',
    'lib/a.ts',
    'lib/src/a.js',
  ]
  const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, ''])))
  const piece = fc.constantFrom(
    '*',
    '?',
    '**/',
    'src/',
    'lib/',
    'a',
    'b',
    '.ts',
    '.js',
    '[ab]',
    '{a,b}',
    '[!a]',
    '*.ts',
    '**',
  )
  const patterns = fc
    .sample(
      fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
      { numRuns: 1500, seed: 7 },
    )
    .filter((pattern) => /.\/./.test(pattern) && /[*?[{]/.test(pattern) && !/\*{3}|[^/]\*\*|\*\*[^/]|\/$/.test(pattern))
  expect(patterns.length).toBeGreaterThan(60)
  for (const pattern of new Set(patterns)) {
    const { stdout } = await run(rgPath, ['--no-config', '--files', '--sort=path', `--glob=/${pattern}`], {
      cwd: folder,
    }).catch(() => ({ stdout: '' }))
    const expected = stdout.split('\n').filter((line) => line !== '')
    expect({ pattern, files: names.filter(globMatcher(pattern)).sort() }).toEqual({ pattern, files: expected.sort() })
  }
})

test('a pattern that is made to take long does not', () => {
  const fits = globMatcher(`**/${'*a'.repeat(40)}*b/${'**/'.repeat(40)}${'{a,b}'.repeat(40)}`)
  expect(fits(`${'a'.repeat(200)}/`.repeat(40))).toBe(false)
})
