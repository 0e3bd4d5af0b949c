import { expect, test } from 'vitest'
import { contentOf, type ImagePart, joinedContent, kept, wordsOf } from './content.ts'

const image: ImagePart = {
  type: 'image',
  blob: 'a'.repeat(64),
  mediaType: 'image/png',
  name: 'shot.png',
  bytes: 118_000,
}

test('an image is told by its name and size', () => {
  const sizes = [1, 118_000, 2_340_000].map((bytes) => wordsOf([{ ...image, bytes }]))
  expect(sizes).toEqual(['image (shot.png, 1 KB)', 'image (shot.png, 118 KB)', 'image (shot.png, 2.3 MB)'])
})

test('text is kept as it is, and parts beside all of it in words', () => {
  const parts = [{ type: 'text' as const, text: 'Look:' }, image]
  expect([kept('Hi'), kept(parts), contentOf(kept('Hi')), contentOf(kept(parts))]).toEqual([
    { text: 'Hi' },
    { text: 'Look:\nimage (shot.png, 118 KB)', parts },
    'Hi',
    parts,
  ])
})

test('texts become one text, and with an image among them all become parts', () => {
  expect([joinedContent(['a', 'b']), joinedContent(['a', [image], 'b'])]).toEqual([
    'a\n\nb',
    [{ type: 'text', text: 'a' }, image, { type: 'text', text: 'b' }],
  ])
})
