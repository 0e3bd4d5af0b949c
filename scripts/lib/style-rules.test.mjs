import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './paths.mjs'
import { readRenderer, styleProblems } from './style-rules.mjs'

const component = (/** @type {string} */ path, /** @type {string} */ className) => ({
  path,
  text: `export const Part = (props) => <p className={${className}} />`,
})
const words = { path: 'styles/base.css', text: '.row { display: flex } .button { top: 0 }' }
const wearer = component('chat/prose.tsx', "'row button'")

test('parts that only style what is theirs are fine', () => {
  const sheets = [words, { path: 'runs/runs.css', text: '.run-card .row { gap: 0 } .run-card.level-2 { top: 0 }' }]
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a component
  const worn = '`run-card level-${props.level}`'
  expect(styleProblems(sheets, [component('runs/card.tsx', worn), wearer])).toEqual([])
})

test('two parts that mean different things by one class are told apart', () => {
  const sheets = [
    words,
    { path: 'chat/prose.css', text: '.run { top: 0 }' },
    { path: 'runs/runs.css', text: '.run { display: grid }' },
  ]
  expect(styleProblems(sheets, [component('chat/prose.tsx', "'run row button'")])).toEqual([
    'chat/prose.css: ".run" reaches beyond chat/. Select by a class that only chat/ has.',
    'runs/runs.css: ".run" reaches beyond runs/. Select by a class that only runs/ has.',
  ])
})

test('a component that wears the class of another part is named, also where it only sometimes wears it', () => {
  const sheets = [words, { path: 'runs/runs.css', text: '.run { display: grid }' }]
  const components = [
    component('runs/card.tsx', "'run'"),
    component('chat/prose.tsx', "props.a ? 'run row' : 'button'"),
  ]
  expect(styleProblems(sheets, components)).toEqual([
    'chat/prose.tsx: "run" is a class of runs/. Give it another name, or move its style to styles/.',
  ])
})

test('a part that restyles what all parts use, and a rule that nothing uses, are named', () => {
  const sheets = [words, { path: 'runs/runs.css', text: '.row, body { gap: 0 } .row:not(.run) { gap: 1px }' }]
  expect(styleProblems(sheets, [wearer])).toEqual([
    'runs/runs.css: ".row" reaches beyond runs/. Select by a class that only runs/ has.',
    'runs/runs.css: "body" reaches beyond runs/. Select by a class that only runs/ has.',
    'runs/runs.css: ".row:not(.run)" reaches beyond runs/. Select by a class that only runs/ has.',
    'runs/runs.css: nothing wears the class "run".',
  ])
})

test('a box that scrolls without holding what is positioned in it is named', () => {
  const sheets = [
    words,
    { path: 'chat/prose.css', text: '.run { overflow-x: auto } .run.b { overflow: auto; position: sticky }' },
  ]
  expect(styleProblems(sheets, [wearer, component('chat/prose.tsx', "'run b'")])).toEqual([
    'chat/prose.css: ".run" scrolls but holds nothing that is positioned in it. Add "position: relative".',
  ])
})

test('the window keeps the rules', () => {
  const { sheets, components } = readRenderer(join(root, 'renderer'))
  expect(sheets.length).toBeGreaterThan(10)
  expect(components.length).toBeGreaterThan(50)
  expect(styleProblems(sheets, components)).toEqual([])
})

test('what a page shows comes with its sheets, also where the component is another part’s', () => {
  const sheets = [
    { path: 'styles/index.css', text: '@import "../chat/chat.css";' },
    { path: 'chat/chat.css', text: '.bubble { top: 0 }' },
    { path: 'runs/runs.css', text: '.command { display: grid }' },
  ]
  const shown = component('runs/command.tsx', "'command'")
  const components = [
    { path: 'main.tsx', text: "import './app.tsx'\nimport './styles/index.css'" },
    {
      path: 'app.tsx',
      text: "import { Part } from './chat/bubble.tsx'\nlazy(() => import('./runs/page.tsx'))\nlazy(() => import('./first/page.tsx'))",
    },
    component('chat/bubble.tsx', "'bubble'"),
    { path: 'runs/page.tsx', text: "import { Part } from './command.tsx'\nimport './runs.css'" },
    { path: 'first/page.tsx', text: "import { Part } from '../runs/command.tsx'" },
  ]
  expect([
    styleProblems(sheets, [...components, shown]),
    styleProblems(sheets, [...components, { ...shown, text: `import './runs.css'\n${shown.text}` }]),
  ]).toEqual([
    ['runs/command.tsx: "command" has no style where first/page.tsx shows it. Import its sheet in this component.'],
    [],
  ])
})
