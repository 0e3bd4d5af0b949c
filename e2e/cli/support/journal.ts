import { watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from './world.ts'

/** Resolves when the journal of the only session holds these words: what a killed process leaves behind. */
export function journalHolds({ home }: World, words: string): Promise<void> {
  const folder = join(home, 'sessions')
  return new Promise((resolve, reject) => {
    const look = async () => {
      const name = (await readdir(folder)).find((file) => file.endsWith('.jsonl'))
      if (!name || !(await readFile(join(folder, name), 'utf8')).includes(words)) return
      watcher.close()
      resolve()
    }
    const watcher = watch(folder, () => {
      look().catch(reject)
    })
    look().catch(reject)
  })
}
