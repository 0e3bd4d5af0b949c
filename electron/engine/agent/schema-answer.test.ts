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
  ['{"name": "a", "sizes": [0]}', { kind: 'differs', problem: '$.sizes[0]: 0 is less than 1' }],
  ['{}', { kind: 'differs', problem: '$: Instance does not have required property "name"' }],
  [
    '{"name": "a", "more": 1}',
    { kind: 'differs', problem: '$: Property "more" does not match additional properties schema' },
  ],
])('%s', (text, verdict) => {
  expect(schemaVerdict(schema, text)).toEqual(verdict)
})

test.each([
  [{ const: { a: 1 } }, '{"a":1}'],
  [{ enum: [[1], { a: 1 }] }, '{"a":1}'],
  [{ type: 'string', pattern: '^\\p{L}+$' }, '"äb"'],
  [{ type: 'integer' }, '12345678901234567890'],
  [{ type: 'string', format: 'email' }, '"a@localhost"'],
  [{ type: 'object', properties: { id: { type: 'string', format: 'uuid' } } }, '{"id":"none"}'],
])('%j is followed by %s', (rules, text) => {
  expect(schemaVerdict(rules, text)).toEqual({ kind: 'follows' })
})

test.each([
  [{ required: ['a'] }, '{}'],
  [{ const: [1] }, '1'],
  [JSON.parse('{"if": {"type": "object"}, "then": {"required": ["a"]}}'), '{}'],
])('%j is not followed by %s', (rules, text) => {
  expect(schemaVerdict(rules, text)).toMatchObject({ kind: 'differs' })
})

test('many problems are told in a bounded way', () => {
  const sizes = Array.from({ length: 400 }, () => 0)
  const verdict = schemaVerdict(schema, JSON.stringify({ name: 'a', sizes }))
  expect(verdict).toEqual({ kind: 'differs', problem: expect.stringMatching(/\$\.sizes\[4\].*; 395 more problems$/) })
})

test('a schema that leads nowhere is said to be one', () => {
  expect(schemaVerdict({ $ref: '#/nothing' }, '{}')).toEqual({
    kind: 'unknown',
    reason: expect.stringContaining('#/nothing'),
  })
})
