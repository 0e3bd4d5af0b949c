import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KnownWindows } from './known-windows.ts'

const listed = (tokens: number) => ({ kind: 'listed' as const, tokens })
const refused = (tokens: number) => ({ kind: 'refused' as const, tokens })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-windows-'))
})
afterEach(() => rm(folder, { recursive: true }))

const small = { baseUrl: 'http://127.0.0.1:8080/v1', model: 'small' }

it('keeps what a server listed for whoever asks next, by address and model', async () => {
  await new KnownWindows(folder).learn(small, listed(8192))
  const other = new KnownWindows(folder)
  expect([
    await other.of(small),
    await other.of({ ...small, baseUrl: 'http://127.0.0.1:8080/' }),
    await other.of({ ...small, model: 'large' }),
    await other.of({ ...small, baseUrl: 'http://127.0.0.1:8081/v1' }),
  ]).toEqual([8192, 8192, null, null])
})

it('believes a refusal more than a list, until the list says something else', async () => {
  const windows = new KnownWindows(folder)
  const seen = []
  for (const learned of [listed(131_072), refused(4096), listed(131_072), listed(16_384)]) {
    await windows.learn(small, learned)
    seen.push(await windows.of(small))
  }
  expect(seen).toEqual([131_072, 4096, 4096, 16_384])
})

it('loses none of those that are learned at once, and forgets the oldest of very many', async () => {
  const windows = new KnownWindows(folder)
  await Promise.all(
    Array.from({ length: 203 }, (_, index) => windows.learn({ ...small, model: `m${index}` }, listed(index + 1))),
  )
  expect(await Promise.all([2, 3, 202].map((index) => windows.of({ ...small, model: `m${index}` })))).toEqual([
    null,
    4,
    203,
  ])
})

it('a damaged file is no more than forgotten', async () => {
  const path = join(folder, 'windows.json')
  await writeFile(path, '{"windows":[{"mod')
  const windows = new KnownWindows(folder)
  expect(await windows.of(small)).toBe(null)
  await windows.learn(small, refused(2048))
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ windows: [{ ...small, refused: 2048 }] })
})
