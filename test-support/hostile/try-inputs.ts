import {
  tryGitPlants,
  tryInnerRepositories,
  tryKindsOfRepositories,
  tryNewRepositories,
  tryReplacements,
  tryWaysOutOfGit,
} from './git-plants.ts'
import { tryKernelFiles, trySystemCalls } from './kernel.ts'
import { trySecrets, trySockets } from './secrets.ts'
import { tryMountTricks, tryWrites } from './ways-out.ts'
import { makeWorld, type Outcome } from './world.ts'

/** Tries every hostile input in the sandbox as the user of this process. `within`: a folder that the sandbox shows. */
export async function tryHostileInputs(within: string): Promise<Outcome[]> {
  const world = await makeWorld(within)
  const isRoot = process.getuid?.() === 0
  try {
    return [
      ...(await trySecrets(world, isRoot)),
      ...(await trySockets(world, isRoot)),
      ...(await tryGitPlants(world)),
      ...(await tryReplacements(world)),
      ...(await tryKindsOfRepositories(world)),
      ...(await tryNewRepositories(world)),
      ...(await tryInnerRepositories(world)),
      ...(await tryWaysOutOfGit(world)),
      ...(await tryMountTricks(world)),
      ...(await tryWrites(world)),
      ...(await tryKernelFiles(world)),
      ...(await trySystemCalls(world)),
    ]
  } finally {
    await world.remove()
  }
}
