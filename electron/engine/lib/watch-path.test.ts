import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchPath } from './watch-path.ts'

test('a change of a folder is told with its name, and a folder that is not there is lost at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-watch-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const changed = new Promise((resolve) => {
    const watcher = watchPath(folder, { onChange: resolve })
    onTestFinished(() => watcher.close())
  })
  await writeFile(join(folder, 'a.txt'), '')
  const lost: string[] = []
  watchPath(join(folder, 'nowhere'), { onChange: () => lost.push('changed'), onLost: () => lost.push('lost') }).close()
  expect([await changed, lost]).toEqual(['a.txt', ['lost']])
})
