import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { entriesFromEnd } from './journal-end.ts'

const line = (seq: number, text: string) => `${JSON.stringify({ type: 'text-delta', seq, at: 0, text })}\n`

async function backwards(text: string): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'claw-journal-end-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'journal'), text)
  const seen: number[] = []
  for await (const { seq } of entriesFromEnd(join(folder, 'journal'))) seen.push(seq)
  return seen
}

test.each([
  ['nothing', '', []],
  ['one line', line(1, 'a'), [1]],
  ['a torn last line', line(1, 'a') + line(2, 'b').slice(0, -2), [1]],
  ['a last line that only lacks its line feed', line(1, 'a') + line(2, 'b').trimEnd(), [1]],
  ['lines that are none', `${line(1, 'a')}{"half\n\n${line(2, 'b')}`, [2, 1]],
  ['lines longer than a block', line(1, 'ü'.repeat(100_000)) + line(2, 'b') + line(3, 'ü'.repeat(70_000)), [3, 2, 1]],
])('a journal of %s is read from its end', async (_what, text, expected) => {
  expect(await backwards(text)).toEqual(expected)
})

test('many lines over many blocks, none lost or twice', async () => {
  const count = 5_000
  const text = Array.from({ length: count }, (_, seq) => line(seq, `é${'x'.repeat(seq % 97)}`)).join('')
  expect(await backwards(text)).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index))
})

test('a journal that is not there has no entries', async () => {
  const seen = []
  for await (const entry of entriesFromEnd('/nowhere/journal')) seen.push(entry)
  expect(seen).toEqual([])
})
