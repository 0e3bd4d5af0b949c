import { expect, test } from 'vitest'
import { toolKindOf, wasCut } from './tool-kind.ts'

test('the kind of a call is what its journal says, and in an older one what its tool is known for', () => {
  const calls = [
    { name: 'list_dir' },
    { name: 'grep_search' },
    { name: 'write_file' },
    { name: 'bash' },
    { name: 'strange' },
    { name: 'bash', toolKind: 'other' as const },
  ]
  expect(calls.map(toolKindOf)).toEqual(['read', 'search', 'edit', 'run', 'other', 'other'])
})

test('a call was cut where its reason says so, and in an older journal where its text does', () => {
  const cut = 'Error: The answer was cut in the middle of this call.'
  const calls = [
    { state: 'not-run', notRun: 'cut' as const, output: '' },
    { state: 'not-run', notRun: 'limit' as const, output: cut },
    { state: 'not-run', output: cut },
    { state: 'not-run', output: 'Error: shortcut is no tool.' },
    { state: 'failed', output: cut },
  ]
  expect(calls.map(wasCut)).toEqual([true, false, true, false, false])
})
