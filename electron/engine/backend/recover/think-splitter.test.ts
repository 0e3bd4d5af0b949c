import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ThinkSplitter } from './think-splitter.ts'

function split(parts: readonly string[], options: { opensItself?: boolean; isCut?: boolean } = {}) {
  const memory = { opensItself: options.opensItself ?? false }
  const splitter = new ThinkSplitter(memory)
  const splits = parts.map((part) => (splitter.passes(part) ? { reasoning: '', text: part } : splitter.feed(part)))
  splits.push(splitter.end(options.isCut ?? false))
  return {
    reasoning: splits.map(({ reasoning }) => reasoning).join(''),
    text: splits.map(({ text }) => text).join(''),
    ...memory,
  }
}

const rows: {
  name: string
  text: string
  reasoning: string
  answer: string
  opensItself?: boolean
  isCut?: boolean
}[] = [
  { name: 'a block', text: '<think>\nhm\n</think>\n\nSo.', reasoning: 'hm\n', answer: 'So.' },
  { name: 'a block after white space', text: '\n <think>hm</think>So.', reasoning: 'hm', answer: 'So.' },
  { name: 'the other spellings', text: '<thinking>hm</think></thinking>So.', reasoning: 'hm</think>', answer: 'So.' },
  { name: 'brackets', text: '[THINK]hm[/THINK]So.', reasoning: 'hm', answer: 'So.' },
  { name: 'an empty block', text: '<think>\n\n</think>\n\nSo.', reasoning: '', answer: 'So.' },
  { name: 'a block that never ends', text: '<think>hm </thi', reasoning: 'hm </thi', answer: '' },
  {
    name: 'tags in the reasoning',
    text: '<think><think> a < b </thinker></think>So.',
    reasoning: '<think> a < b </thinker>',
    answer: 'So.',
  },
  {
    name: 'a second block',
    text: '<think>hm</think>So <think>x</think>.',
    reasoning: 'hm',
    answer: 'So <think>x</think>.',
  },
  { name: 'a tag further in', text: 'Use <think> here.', reasoning: '', answer: 'Use <think> here.' },
  { name: 'half a tag', text: '<thin', reasoning: '', answer: '<thin' },
  { name: 'nothing', text: ' \n', reasoning: '', answer: ' \n' },
  {
    name: 'a tag in code',
    text: 'Qwen:\n```\n<think>\nx\n</think>\ny\n```',
    reasoning: '',
    answer: 'Qwen:\n```\n<think>\nx\n</think>\ny\n```',
  },
  {
    name: 'a fenced end tag',
    text: 'Qwen:\n```\nx\n</think>\ny\n```',
    reasoning: '',
    answer: 'Qwen:\n```\nx\n</think>\ny\n```',
  },
  {
    name: 'a tag that is talked about',
    text: 'End with </think> or `</think>`.',
    reasoning: '',
    answer: 'End with </think> or `</think>`.',
  },
  { name: 'a known opener', text: 'hm\n</think>\n\nSo.', opensItself: true, reasoning: 'hm\n', answer: 'So.' },
  {
    name: 'a known opener, sent this time',
    text: '<think>hm</think>So.',
    opensItself: true,
    reasoning: 'hm',
    answer: 'So.',
  },
  { name: 'a known opener, cut', text: 'hm', opensItself: true, isCut: true, reasoning: 'hm', answer: '' },
]

it.each(rows)('$name is split the same way whatever the pieces', ({ text, reasoning, answer, ...options }) => {
  const expected = { reasoning, text: answer, opensItself: options.opensItself ?? false }
  expect(split([text], options)).toEqual(expected)
  expect(split(text.split(''), options)).toEqual(expected)
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)]
      expect(split([text.slice(0, first), text.slice(first, second), text.slice(second)], options)).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})

it('an end tag that nothing opened makes reasoning of what is not shown yet, and is remembered', () => {
  expect(split(['hm\n</think>\n\nSo.'])).toEqual({ reasoning: 'hm\n', text: 'So.', opensItself: true })
  expect(split(['hm</think>So.'])).toEqual({ reasoning: 'hm', text: 'So.', opensItself: true })
  expect(split(['hm</think>'])).toEqual({ reasoning: 'hm', text: '', opensItself: true })
  expect(split(['hm', '\n</th', 'ink>\n', '\nSo.'])).toEqual({ reasoning: '', text: 'hm\nSo.', opensItself: true })
})

it('a model that was thought to think and did not has answered', () => {
  expect(split(['So ', 'it is.'], { opensItself: true })).toEqual({
    reasoning: 'So it is.',
    text: 'So it is.',
    opensItself: false,
  })
})

it('after the reasoning of the server everything is text', () => {
  const splitter = new ThinkSplitter({ opensItself: false })
  expect([splitter.feed('<thi'), splitter.stop(), splitter.passes('nk>'), splitter.feed('</think>')]).toEqual([
    { reasoning: '', text: '' },
    '<thi',
    true,
    { reasoning: '', text: '</think>' },
  ])
})
