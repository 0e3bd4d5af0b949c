import { expect, test } from 'vitest'
import type { TextItem } from '#shared/session/session-view.ts'
import { SHOWN_LENGTH, showMore, shownBlocks } from './text-documents.ts'

const textItem = (text: string): TextItem => ({ kind: 'text', text })
const drawn = (item: TextItem) => shownBlocks(item).blocks.map(({ token }) => token.raw.trim())

test('a text without end is drawn only so far, and goes on where somebody asks for more', () => {
  const paragraphs = Array.from({ length: 2_500 }, (_, index) => `${index} ${'x'.repeat(195)}`)
  const item = textItem(paragraphs.join('\n\n'))
  const first = shownBlocks(item)
  expect([first.waiting, first.omitted]).toEqual([item.text.length - SHOWN_LENGTH, 0])
  showMore(item)
  showMore(item)
  expect([shownBlocks(item).waiting, drawn(item)]).toEqual([0, paragraphs])
})

test('a text of a great many small parts is drawn only so far too', () => {
  const item = textItem('a\n\n'.repeat(20_000))
  expect(shownBlocks(item).blocks.length).toBeLessThan(8_000)
  expect(shownBlocks(item).waiting).toBeGreaterThan(0)
})

test('no character is cut where the text that is drawn ends', () => {
  const item = textItem(`x${'😀'.repeat(SHOWN_LENGTH)}`)
  expect(drawn(item).join('')).toBe(`x${'😀'.repeat((SHOWN_LENGTH - 2) / 2)}`)
})
