import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findPlan, planOf } from './plan.ts'
import type { Item } from './session-view.ts'

/** "1/3: x first, · second" */
function read(text: string, whole = true): string {
  const plan = findPlan(text, whole)
  if (!plan) return 'none'
  return `${plan.done}/${plan.total}: ${plan.steps.map(({ text: words, done }) => `${done ? 'x' : '·'} ${words}`).join(', ')}`
}

const two = '- [x] One\n- [ ] Two'

test.each([
  ['a list', two, '1/2: x One, · Two'],
  ['between sentences', `I do this:\n\n${two}\n\nFirst I look.`, '1/2: x One, · Two'],
  ['under other marks', '* [X] One\n+ [ ] Two\n1. [ ] Three\n12) [x] Four', '2/4: x One, · Two, · Three, x Four'],
  ['with lines between', '- [ ] One\n\n- [ ] Two\n', '0/2: · One, · Two'],
  ['with Windows line ends', '- [ ] One\r\n- [x] Two\r\n', '1/2: · One, x Two'],
  ['nested', '- [ ] One\n  - [x] Its half\n      - [ ] Deep\n- [ ] Two', '1/4: · One, x Its half, · Deep, · Two'],
  [
    'with remarks in it',
    '- [ ] One\n  as it is said\n  ```sh\n- [ ] not this\n  ```\n- why\n- [ ] Two',
    '0/2: · One, · Two',
  ],
  ['the newest', `${two}\n\nNow:\n- [x] One\n- [x] Two\n`, '2/2: x One, x Two'],
  ['the newest, also of a part', `${two}\n- [ ] Three\n\nLeft:\n- [x] Two\n- [x] Three`, '2/2: x Two, x Three'],
  ['not of one', '- [ ] One', 'none'],
  ['not of one at a time', '- [ ] One\nand then\n- [ ] Two', 'none'],
  ['not a plain list', '- One\n- Two\n[ ] Three\n[x](y)', 'none'],
  ['not without words', '- [ ]\n- [ ] \n', 'none'],
  ['not in a fence', `\`\`\`md\n${two}\n\`\`\``, 'none'],
  ['not in a longer fence', `~~~~\n~~~\n${two}\n~~~~\n`, 'none'],
  ['not in a fence that stays open', `\`\`\`\n${two}`, 'none'],
  ['not in indented code', '    - [ ] One\n    - [ ] Two', 'none'],
  ['after code in a line of its own', `\`\`\`sh\`\`\`\n${two}`, '1/2: x One, · Two'],
  [
    'without its Markdown',
    '- [ ] **Find** every `__init__.py` *and* _all_ [links](https://a.b)\n- [ ] ~~No~~ **the `x`** of my_own_name, 2 * 3 * 4',
    '0/2: · Find every __init__.py and all links, · No the x of my_own_name, 2 * 3 * 4',
  ],
  ['without what cannot be seen', '- [ ] a\u202eb\n- [ ] \u001b[1mc', '0/2: · a<U+202E>b, · ␛[1mc'],
])('a plan is found: %s', (_what, text, plan) => {
  expect(read(text)).toBe(plan)
})

test('long lists and long steps are cut, and counted whole', () => {
  const long = Array.from({ length: 120 }, () => `- [x] ${'word '.repeat(100)}`).join('\n')
  const plan = findPlan(long, true)
  expect([plan?.done, plan?.total, plan?.steps.length, plan?.steps[0]?.text.length]).toEqual([120, 120, 100, 200])
})

test('a list that is being written waits for its end', () => {
  expect([
    read(two, false),
    read(`${two}\n-`, false),
    read(`${two}\nNow`, false),
    read(`${two}\nNow\n`, false),
  ]).toEqual(['none', 'none', 'none', '1/2: x One, · Two'])
})

test('of a turn, the newest whole list counts', () => {
  const text = (words: string): Item => ({ kind: 'text', text: words })
  const notice: Item = { kind: 'notice', code: 'x', message: two }
  const done = text('- [x] One\n- [x] Two')
  const end = { reason: 'completed', at: 1, failure: null, budget: null } as const
  const turns = [
    { items: [], end: null },
    { items: [notice], end },
    { items: [text(two)], end: null },
    { items: [text(two), notice], end: null },
    { items: [text(two), notice, done], end: null },
    { items: [text(two), notice, done], end },
    { items: [text(two), done, text('Done.')], end: null },
  ]
  expect(turns.map((turn) => planOf(turn)?.done ?? null)).toEqual([null, null, null, 1, 1, 2, 2])
})

const step = fc.record({ text: fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,3}$/), done: fc.boolean() })
const listed = fc.array(
  fc.tuple(
    step,
    fc.constantFrom('- ', '* ', '+ ', '1. ', '  - ', '\t* ', '3)  '),
    fc.constantFrom('\n', '\n\n', '\r\n'),
  ),
  { minLength: 2, maxLength: 20 },
)

test('however a text comes in, a list is found whole or not at all', () => {
  fc.assert(
    fc.property(
      listed,
      fc.constantFrom('', 'Plan:\n', '```\n- [ ] x\n```\n', '# To do\n\n'),
      fc.nat(),
      (list, before, at) => {
        // The first item stands at the left.
        const lines = list.map(([{ text, done }, mark, end], index) => {
          return `${index === 0 ? mark.trimStart() : mark}[${done ? 'x' : ' '}] ${text}${end}`
        })
        const text = `${before}${lines.join('')}That is all.\n`
        const steps = list.map(([one]) => one)
        const plan = { done: steps.filter(({ done }) => done).length, total: steps.length, steps }
        expect(findPlan(text, true)).toEqual(plan)
        expect([null, plan]).toContainEqual(findPlan(text.slice(0, at % (text.length + 1)), false))
      },
    ),
  )
})

test('nothing that a model writes breaks it', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('- [ ] ', '[x]', '\n', '```', '~~~', '  ', '**', '`', '_', '](', '1.'),
  )
  fc.assert(
    fc.property(fc.array(piece), fc.boolean(), (pieces, whole) => {
      const plan = findPlan(pieces.join(''), whole)
      expect(plan === null || (plan.total >= 2 && plan.done <= plan.total)).toBe(true)
    }),
  )
})
