import { watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScriptStep } from '../../../test-support/scripted-backend.ts'
import { createWorld, type World } from './world.ts'

/** A world whose backend is saved as `mine` and takes so many answers at once. */
export async function worldWithSlots(slots: number, ...script: ScriptStep[]): Promise<World> {
  const world = await createWorld(...script)
  const args = ['--name', 'Mine', '--base-url', world.backend.baseUrl, '--model', 'scripted', '--slots', String(slots)]
  const { code, side } = await world.run(['profiles', 'add', 'mine', ...args])
  if (code !== 0) throw new Error(`The profile could not be saved: ${side}`)
  return world
}

/** Resolves when so many lines of this type stand in the queue of the only server. */
export async function queueHolds({ home }: World, type: string, count: number): Promise<void> {
  const [name = ''] = (await readdir(join(home, 'slots'))).filter((file) => file !== 'paused')
  const path = join(home, 'slots', name, 'queue-0')
  await new Promise<void>((resolve, reject) => {
    const look = async () => {
      if ((await readFile(path, 'utf8')).split(`"type":"${type}"`).length <= count) return
      watcher.close()
      resolve()
    }
    const watcher = watch(path, () => {
      look().catch(reject)
    })
    look().catch(reject)
  })
}
