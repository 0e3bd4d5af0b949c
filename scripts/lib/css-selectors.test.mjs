import { expect, test } from 'vitest'
import { readSelectors } from './css-selectors.mjs'

const sheet = `
/* .comment { } */
@import "./other.css";
.a > .b:not(.c), p:is(.d, .e) { color: red; background: url("x{.f}") }
@media (max-width: 599px) {
  #id:has(> .g) { color: blue }
  @container style(--contrast: more) { .h { top: 0 } }
}
@keyframes turn { from { top: 0 } 50.5% { top: 1px } to { top: 2px } }
.i { margin: .5px }
`

test('selectors of a sheet are read wherever they stand, and nothing else is', () => {
  expect(readSelectors(sheet)).toEqual([
    {
      text: '.a > .b:not(.c)',
      classes: ['a', 'b', 'c'],
      reached: ['a', 'b'],
      hasId: false,
      declarations: 'color: red; background: url("")',
    },
    {
      text: 'p:is(.d, .e)',
      classes: ['d', 'e'],
      reached: ['d', 'e'],
      hasId: false,
      declarations: 'color: red; background: url("")',
    },
    { text: '#id:has(> .g)', classes: ['g'], reached: [], hasId: true, declarations: 'color: blue' },
    { text: '.h', classes: ['h'], reached: ['h'], hasId: false, declarations: 'top: 0' },
    { text: '.i', classes: ['i'], reached: ['i'], hasId: false, declarations: 'margin: .5px' },
  ])
})
