import { expect, it } from 'vitest'
import {
  type CorpusCall,
  corpusTools,
  prose,
  QWEN_EXAMPLE,
  spellings,
  values,
} from '../../../../test-support/leak-corpus.ts'
import { recoverToolCalls } from './recover-tool-calls.ts'

/** Measured over the whole corpus: what a family cannot say without ambiguity may be missed, nothing may be made up. */

const before = "I'll look at the file first, it's `here`.\n\n"
const bash: CorpusCall = { name: 'bash', given: { command: 'npm test' } }

interface Case {
  title: string
  text: string
  calls: readonly CorpusCall[]
  /** What is left of the text. */
  rest: string
}

function cases(): Case[] {
  return Object.entries(spellings).flatMap(([family, { write, alone }]) =>
    Object.entries({ ...values, 'a whole Qwen call': QWEN_EXAMPLE }).flatMap(([kind, value]) => {
      const calls = [{ name: 'write_file', given: { path: 'a.ts', content: value } }]
      const turned = [{ name: 'write_file', given: { content: value, path: 'a.ts' } }]
      const title = `${family}: ${kind}`
      return [
        { title, text: write(calls), calls, rest: '' },
        { title: `${title}, last parameter first`, text: write(turned), calls: turned, rest: '' },
        { title: `${title}, two calls`, text: `${write([...calls, bash])}\n`, calls: [...calls, bash], rest: '' },
        { title: `${title}, second call`, text: write([bash, ...calls]), calls: [bash, ...calls], rest: '' },
        ...(alone ? [] : [{ title: `${title}, after words`, text: before + write(calls), calls, rest: before }]),
      ]
    }),
  )
}

function read(text: string) {
  const { calls, ...rest } = recoverToolCalls(text, corpusTools)
  return { ...rest, calls: calls.filter(({ problem }) => !problem).map(asCall) }
}

function asCall({ name, arguments: text }: { name: string; arguments: string }): CorpusCall {
  return { name, given: JSON.parse(text) }
}

it('at least 98 % of whole calls are recovered, as they were meant', () => {
  const all = cases()
  const missed = all.filter(({ text, calls, rest }) => {
    const found = read(text)
    return found.text !== rest || found.incomplete !== null || JSON.stringify(found.calls) !== JSON.stringify(calls)
  })
  expect(all.length).toBeGreaterThan(300)
  expect(missed.length / all.length).toBeLessThanOrEqual(0.02)
  expect(missed.map(({ title }) => title)).toEqual(ambiguous)
})

/** Nothing in the text says where the value ends. */
const ambiguous = ['Qwen XML without ends of parameters: a parameter of the same tool, last parameter first']

it('a text cut anywhere never gives a call that was not made', () => {
  const wrong = cases().flatMap(({ title, text, calls }, index) => {
    const meant = new Set(calls.map((call) => JSON.stringify(call)))
    const step = Math.max(1, Math.floor(text.length / CUTS))
    return range(index % step, text.length, step).flatMap((length) =>
      read(text.slice(0, length)).calls.every((call) => meant.has(JSON.stringify(call)))
        ? []
        : [`${title} at ${length}`],
    )
  })
  expect(wrong).toEqual([])
})

it('prose about calls has none and comes out as it was', () => {
  expect(prose.map((text) => ({ ...read(text) }))).toEqual(
    prose.map((text) => ({ text, calls: [], incomplete: null, doubtful: [] })),
  )
})

it('a call in a fence, in inline code or in quotes is an example, in every spelling', () => {
  const call = [{ name: 'read_file', given: { path: 'a.ts' } }]
  const texts = Object.values(spellings).flatMap(({ write }) => {
    const example = write(call)
    return [
      `So:\n\n\`\`\`\n${example}\n\`\`\`\n\nThat is all.`,
      `~~~~xml\n${example}\n~~~~`,
      `Write \`\`\`\`\`${example}\`\`\`\`\` to call it.`,
      `He wrote “${example}” to call it.`,
      `Write '${example.replaceAll("'", '"')}' to call it.`,
    ]
  })
  expect(texts.map(read)).toEqual(texts.map((text) => ({ text, calls: [], incomplete: null, doubtful: [] })))
})

/** How often each text is cut; together they are cut everywhere. */
const CUTS = 5

function range(start: number, end: number, step: number): number[] {
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step)
}
