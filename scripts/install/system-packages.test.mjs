import { expect, test } from 'vitest'
import { chooseNames, missingLibraries, offeredPackages, packagesFor } from './system-packages.mjs'

const ldd = `	linux-vdso.so.1 (0x00007ffd)
	libnss3.so => not found
	libsmime3.so => not found
	libgtk-3.so.0 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
	libnss3.so => not found
`

test('missing libraries are those ldd did not find, once each', () => {
  expect(missingLibraries(ldd)).toEqual(['libnss3.so', 'libsmime3.so', 'libgtk-3.so.0'])
})

test('libraries of one package ask for it once, and a library nobody knows is named', () => {
  expect(packagesFor(['libnss3.so', 'libsmime3.so', 'libgtk-3.so.0', 'libnew.so.9'])).toEqual({
    wanted: [['libnss3'], ['libgtk-3-0t64', 'libgtk-3-0']],
    unknown: ['libnew.so.9'],
  })
})

test.each([
  ['Debian 12', ' libgtk-3-0 | 3.24.38-2 | mirror bookworm/main amd64 Packages\n', ['libgtk-3-0']],
  ['Ubuntu 24.04', 'libgtk-3-0t64 | 3.24.41-4 | mirror noble/main amd64 Packages\n', ['libgtk-3-0t64']],
  ['a distribution without package lists', '', ['libgtk-3-0']],
])('a package goes by the name it has in %s', (_, madison, names) => {
  expect(chooseNames([['libgtk-3-0t64', 'libgtk-3-0']], offeredPackages(madison))).toEqual(names)
})
