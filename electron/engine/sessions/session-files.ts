import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { SessionId } from '#shared/ids.ts'
import { sessionStates } from '#shared/session/session-state.ts'
import { Blobs, blobsNamedIn } from './blobs.ts'

/** Written beside, to be renamed or linked; with the number of the process. */
const LEFT_OVER = /^[0-9a-z]{10}\.(?:json|lock)\.(?:stale\.)?\d+$/
/** How old such a file must be. Milliseconds. */
const LEFT_OVER_MS = 60_000

/** The files of a session: `<id>.jsonl` the journal, `<id>.json` its summary, `<id>.lock` while a process has it open. */
export class SessionFiles {
  readonly folder: string
  readonly blobs: Blobs

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'sessions')
    this.blobs = new Blobs(this.folder)
  }

  journal(id: SessionId): string {
    return join(this.folder, `${id}.jsonl`)
  }

  lock(id: SessionId): string {
    return join(this.folder, `${id}.lock`)
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
  }

  /** Removes what processes left behind that died while they wrote a summary or took a lock. Rejects with the system's error. */
  async sweep(now: number): Promise<void> {
    await this.blobs.sweep(now)
    for (const name of await readdir(this.folder)) {
      if (!LEFT_OVER.test(name)) continue
      const path = join(this.folder, name)
      // Another process was faster.
      const made = await stat(path).catch(() => null)
      if (made && now - made.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
    }
  }

  /** Ids that have a journal. */
  async ids(): Promise<SessionId[]> {
    const names = await readdir(this.folder)
    return names.flatMap((name) => {
      const id = SessionId.safeParse(name.endsWith('.jsonl') ? name.slice(0, -'.jsonl'.length) : undefined)
      return id.success ? [id.data] : []
    })
  }

  /** Ids that a process has open, or had when it died. */
  async locked(): Promise<SessionId[]> {
    const names = await readdir(this.folder)
    return names.flatMap((name) => {
      const id = SessionId.safeParse(name.endsWith('.lock') ? name.slice(0, -'.lock'.length) : undefined)
      return id.success ? [id.data] : []
    })
  }

  /** Reads the summary of a session; null = missing or not readable: it is made again from the journal. */
  async readSummary(id: SessionId): Promise<SessionSummary | null> {
    try {
      return Summary.parse(JSON.parse(await readFile(this.#summary(id), 'utf8')))
    } catch {
      // The journal holds everything; the summary only saves reading it.
      return null
    }
  }

  /** Whole or not at all: written beside and renamed. */
  async writeSummary(summary: SessionSummary): Promise<void> {
    const path = this.#summary(summary.sessionId)
    const temporary = `${path}.${process.pid}`
    await writeFile(temporary, JSON.stringify(summary), { mode: 0o600 })
    await rename(temporary, path)
  }

  /** Removes the files of a session, and the images that no other session names. Rejects with the system's error. */
  async remove(id: SessionId): Promise<void> {
    const named = await blobsNamedIn(this.journal(id))
    await Promise.all([this.journal(id), this.#summary(id), this.lock(id)].map((path) => rm(path, { force: true })))
    if (named.size > 0)
      await this.blobs.removeUnnamed(
        named,
        (await this.ids()).map((other) => this.journal(other)),
      )
  }

  #summary(id: SessionId): string {
    return join(this.folder, `${id}.json`)
  }
}

const Summary = z.object({
  sessionId: SessionId,
  title: z.string(),
  cwd: z.string(),
  state: z.enum(sessionStates),
  asks: z.string().optional(),
  note: z.string(),
  profileName: z.string(),
  demo: z.boolean(),
  oneTime: z.boolean().optional(),
  updatedAt: z.number(),
})
