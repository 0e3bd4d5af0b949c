import { expect, it } from 'vitest'
import { isOpenable } from './links.ts'

it.each([
  ['https://example.com/a?b#c', true],
  ['http://127.0.0.1:8000', true],
  ['mailto:me@example.com', true],
  ['HTTPS://EXAMPLE.COM', true],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['ms-msdt:/id', false],
  ['app://claw/', false],
  ['example.com', false],
  ['', false],
])('%s: %s', (url, expected) => {
  expect(isOpenable(url)).toBe(expected)
})
