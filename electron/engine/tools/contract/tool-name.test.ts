import { expect, test } from 'vitest'
import { builtinTools } from '../builtin-tools.ts'
import { toolNamed } from './tool-name.ts'

test.each([
  ['read_file', 'read_file'],
  ['functions.read_file', 'read_file'],
  ['default_api:bash', 'bash'],
  ['read_file<|channel|>commentary', 'read_file'],
  ['Read_File', 'read_file'],
  ['read-file', 'read_file'],
  [' grep_search ', 'grep_search'],
  ['read', undefined],
  ['readfile', undefined],
  ['other.read_file', undefined],
  ['', undefined],
])('%j means %j', (name, tool) => {
  expect(toolNamed(builtinTools, name)?.name).toBe(tool)
})
