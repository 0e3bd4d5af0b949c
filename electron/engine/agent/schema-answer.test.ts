import { expect, test } from 'vitest'
import { schemaVerdict } from './schema-answer.ts'

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, sizes: { type: 'array', items: { type: 'integer', minimum: 1 } } },
  required: ['name'],
  additionalProperties: false,
}

test.each([
  ['{"name": "a", "sizes": [1, 2]}', { kind: 'follows' }],
  ['\n {"name": "a"}\n', { kind: 'follows' }],
  ['Here it is: {"name": "a"}', { kind: 'differs', problem: 'it is not JSON alone' }],
  ['```json\n{"name": "a"}\n```', { kind: 'differs', problem: 'it is not JSON alone' }],
  ['', { kind: 'differs', problem: 'it is not JSON alone' }],
  ['{"name": "a", "sizes": [0]}', { kind: 'differs', problem: '$.sizes[0]: Too small: expected number to be >=1' }],
  ['{"name": "a", "more": 1}', { kind: 'differs', problem: '$: Unrecognized key: "more"' }],
  ['{}', { kind: 'differs', problem: '$.name: Invalid input: expected string, received undefined' }],
])('%s', (text, verdict) => {
  expect(schemaVerdict(schema, text)).toEqual(verdict)
})

test('many problems are told in a bounded way', () => {
  const sizes = Array.from({ length: 400 }, () => 0)
  const verdict = schemaVerdict(schema, JSON.stringify({ name: 'a', sizes }))
  expect(verdict).toEqual({ kind: 'differs', problem: expect.stringMatching(/\$\.sizes\[4\].*; 395 more problems$/) })
})

test('a schema that cannot be checked here is said to be one, and what is no JSON is still none', () => {
  const conditional: Record<string, unknown> = JSON.parse('{"if": {"type": "object"}, "then": {"required": ["a"]}}')
  expect([schemaVerdict(conditional, '{}'), schemaVerdict(conditional, 'none')]).toEqual([
    { kind: 'unknown', reason: expect.any(String) },
    { kind: 'differs', problem: 'it is not JSON alone' },
  ])
})
