import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { createWorld, type World } from './support/world.ts'

async function keptFiles({ home }: World): Promise<string[]> {
  const entries = await readdir(join(home, 'cache'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

test('the compiled program is kept for one’s own eyes, and used as it is', async () => {
  const world = await createWorld(text('One.'), text('Two.'))
  await world.run(['agent', 'Hi'])
  const files = await keptFiles(world)
  const identities = () => Promise.all(files.map(async (file) => (await stat(file)).ino))
  const before = await identities()
  const { out } = await world.run(['agent', 'Hi'])
  expect({ out, after: await identities(), kept: files.length > 0 }).toEqual({
    out: 'Two.\n',
    after: before,
    kept: true,
  })
  expect((await stat(join(world.home, 'cache'))).mode & 0o77).toBe(0)
})

test('what was kept and is damaged is made anew', async () => {
  const world = await createWorld(text('One.'), text('Two.'), text('Three.'))
  await world.run(['agent', 'Hi'])
  for (const file of await keptFiles(world)) {
    const bytes = await readFile(file)
    await writeFile(file, bytes.fill(0xff, bytes.length / 2))
  }
  const results = [await world.run(['agent', 'Hi']), await world.run(['agent', 'Hi'])]
  expect(results).toMatchObject([
    { code: 0, out: 'Two.\n' },
    { code: 0, out: 'Three.\n' },
  ])
})

test('from what was kept, a package outside of the program is found without a warning', async () => {
  const search = toolCall('grep_search', { pattern: 'nothing' })
  const world = await createWorld(search, text('One.'), search, text('Two.'))
  const results = [await world.run(['agent', 'Search.']), await world.run(['agent', 'Search.'])]
  expect(results.map(({ out }) => out)).toEqual(['One.\n', 'Two.\n'])
  expect(results.map(({ side }) => side).join()).not.toMatch(/warning|not installed/i)
})
