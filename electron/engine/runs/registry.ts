import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { RunId } from '#shared/ids.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'
import { ENGINE_BUILD } from '../lib/engine-build.ts'
import { errorCode } from '../lib/storage-failure.ts'
import { type RegisteredRun, type RunEntry, readEntry } from './run-entry.ts'

/** Somebody wants a run to end: written before the first signal, so that the run stays ended whoever dies meanwhile. */
const KillRequest = z.object({ by: z.string(), at: z.number() })

/** How old a file must be before it counts as left over by a process that died while it wrote. Milliseconds. */
const LEFT_OVER_MS = 60_000

/**
 * The files of background runs: `<id>.json` the entry, `<id>.kill` a wish that it ends, `<id>.log` what its worker had to
 * say beside its journal. Entries are replaced whole; there is no lock, since each has one writer.
 */
export class RunRegistry {
  readonly folder: string

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'runs')
  }

  /** Makes the folder, for the user alone. Rejects with the system's error. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    if (((await stat(this.folder)).mode & 0o077) !== 0) await chmod(this.folder, 0o700)
  }

  log(runId: RunId): string {
    return join(this.folder, `${runId}.log`)
  }

  /** Ids that have an entry; none where there is no folder yet. */
  async ids(): Promise<RunId[]> {
    return (await this.#names()).flatMap((name) => runIdOf(name) ?? [])
  }

  /** Reads the entry of a run; null = there is none, or it cannot be understood. */
  async read(runId: RunId): Promise<RegisteredRun | null> {
    return readEntry(runId, await this.#json(this.#path(runId)))
  }

  /** `flush: false` for progress, which nobody misses after a power cut. Rejects with the system's error. */
  async write(entry: RunEntry, options: { flush?: boolean } = {}): Promise<void> {
    const text = JSON.stringify({ ...entry, build: ENGINE_BUILD || undefined })
    await writeFileAtomic(this.#path(entry.run.runId), `${text}\n`, options)
  }

  /** Takes the place of a worker that is gone: what another version added to the entry stays in it, but that one build wrote all of it. */
  async amend(runId: RunId, change: Partial<RunEntry['run']>): Promise<void> {
    const entry = z
      .looseObject({ run: z.looseObject({}), endpoint: z.unknown() })
      .safeParse(await this.#json(this.#path(runId)))
    if (!entry.success) return
    const amended = { ...entry.data, build: undefined, endpoint: null, run: { ...entry.data.run, ...change } }
    await writeFileAtomic(this.#path(runId), `${JSON.stringify(amended)}\n`)
  }

  async requestKill(runId: RunId, by: string, at: number): Promise<void> {
    await writeFileAtomic(this.#killPath(runId), JSON.stringify({ by, at }))
  }

  /** The request of somebody who wants the run to end; null = nobody does. */
  async killRequest(runId: RunId): Promise<{ by: string } | null> {
    return KillRequest.nullable()
      .catch(null)
      .parse(await this.#json(this.#killPath(runId)))
  }

  async remove(runId: RunId): Promise<void> {
    const paths = [this.#path(runId), this.#killPath(runId), this.log(runId)]
    await Promise.all(paths.map((path) => rm(path, { force: true })))
  }

  /** Removes what processes left behind that died while they wrote; `isMine` says which entries can be understood. */
  async sweep(isKnown: (runId: RunId) => boolean, now: number): Promise<void> {
    for (const name of await this.#names()) {
      const runId = runIdOf(name)
      const path = join(this.folder, name)
      const leftOver = runId
        ? !isKnown(runId) && (await this.#json(path)) === undefined
        : name.endsWith('.tmp') || (await this.#isDeadSocket(name))
      if (!leftOver) continue
      // Another process was faster.
      const info = await stat(path).catch(() => null)
      if (info && now - info.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
    }
  }

  /** Of a run that has no entry any more: nobody listens there. */
  async #isDeadSocket(name: string): Promise<boolean> {
    const runId = RunId.safeParse(name.endsWith('.sock') ? name.slice(0, -'.sock'.length) : undefined)
    return runId.success && (await this.#json(this.#path(runId.data))) === undefined
  }

  /** undefined = not there or no JSON. */
  async #json(path: string): Promise<unknown> {
    try {
      return JSON.parse((await readFileIfThere(path)) ?? '')
    } catch {
      // Half of an entry, or none that we may read: as good as none.
      return undefined
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.folder)
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }

  #path(runId: RunId): string {
    return join(this.folder, `${runId}.json`)
  }

  #killPath(runId: RunId): string {
    return join(this.folder, `${runId}.kill`)
  }
}

/** The run whose entry has that file name, as the watcher of the folder tells it; null = it is no entry. */
export function runIdOf(name: string | null): RunId | null {
  const id = RunId.safeParse(name?.endsWith('.json') ? name.slice(0, -'.json'.length) : undefined)
  return id.success ? id.data : null
}
