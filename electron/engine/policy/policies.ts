import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { PolicyTrust, PolicyView, SeenManifest } from '#shared/policy/policy.ts'
import type { Clock } from '../lib/clock.ts'
import { type ManifestFile, ManifestReader, manifestPlaces, originalOf } from './manifest-files.ts'
import { type JudgedManifest, noPolicy, Policy } from './policy.ts'
import { type TrustAnswer, TrustStore } from './trust-store.ts'

export interface PoliciesOptions {
  dataFolder: string
  clock: Clock
  /** Names of environment variables that hold keys of backends. */
  keyVariables(): ReadonlySet<string>
}

/** The manifests of folders, and what the person thinks of them. */
export class Policies {
  readonly #reader = new ManifestReader()
  /** By folder: what becomes a worktree is a new folder. */
  readonly #originals = new Map<string, string | null>()
  /** The one place where answers of the person are kept. */
  readonly trust: TrustStore
  readonly #options: PoliciesOptions

  constructor(options: PoliciesOptions) {
    this.#options = options
    this.trust = new TrustStore(options.dataFolder, options.clock)
  }

  /**
   * What counts in a workspace now. `FailureError`: `invalid-input` a manifest is broken (it is never skipped), `storage`
   * what the person trusts cannot be read.
   */
  async policyFor({ root, addedFolders }: Workspace): Promise<Policy> {
    const files = await this.#files(root, addedFolders)
    if (files.length === 0) return noPolicy
    const answers = await this.trust.answers()
    for (const { path, content } of files) {
      if (content.kind === 'broken') throw new FailureError(brokenManifest(path, content.problem))
    }
    const judged = judge(files, answers)
    // When the person trusted is known to nobody who wrote the files before.
    const known = judged.map(({ path }) => [path, answers.get(path)])
    const mark = createHash('sha256').update(JSON.stringify(known)).digest('hex').slice(0, 8)
    return new Policy(judged, this.#options.keyVariables(), mark)
  }

  /** What counts in folders as a person names them. `FailureError` as with `policyFor`, and `not-found`: no such folder. */
  async policyIn(folder: string, addedFolders: readonly string[]): Promise<Policy> {
    const [root = folder, ...added] = await Promise.all([folder, ...addedFolders].map(realFolder))
    return this.policyFor({ root, addedFolders: added })
  }

  /** Every manifest of a folder, broken ones too. `FailureError`: `not-found` no such folder, `storage`. */
  async show(folder: string, addedFolders: readonly string[] = []): Promise<PolicyView> {
    const [real = folder, ...added] = await Promise.all([folder, ...addedFolders].map(realFolder))
    const files = await this.#files(real, added)
    if (files.length === 0) return { folder: real, files: [], limits: [] }
    const answers = await this.trust.answers()
    const { describeManifest } = await import('./describe-manifest.ts')
    const keyVariables = this.#options.keyVariables()
    const judged = judge(files, answers)
    return {
      folder: real,
      limits: judged.length === files.length ? new Policy(judged).limitSources() : [],
      files: files.map((file) => {
        const { path, hash, content } = file
        const trust = trustOf(file, answers)
        return content.kind === 'broken'
          ? { path, hash, trust, problem: brokenManifest(path, content.problem).message, rules: [] }
          : {
              path,
              hash,
              trust,
              problem: null,
              rules: describeManifest(content.manifest, trust === 'trusted', keyVariables),
            }
      }),
    }
  }

  /**
   * Trusts manifests as they were shown, or remembers that the person said no. `FailureError`: `busy` one of them was
   * changed meanwhile (none is taken then), `storage`.
   */
  async answer(seen: readonly SeenManifest[], trusted: boolean): Promise<void> {
    const now = await this.#reader.read(seen.map(({ path }) => path))
    const changed = seen.find(({ path, hash }) => now.find((file) => file.path === path)?.hash !== hash)
    if (changed) {
      const message = `${changed.path} was changed meanwhile. Look at it again, then decide.`
      throw new FailureError(failure('busy', message, { retryable: true }))
    }
    await this.trust.answer(seen, trusted)
  }

  async #files(root: string, addedFolders: readonly string[]): Promise<ManifestFile[]> {
    let original = this.#originals.get(root)
    if (original === undefined) {
      original = await originalOf(root)
      this.#originals.set(root, original)
    }
    return this.#reader.read(manifestPlaces(root, addedFolders, original))
  }

  /** Takes trust back; the person is asked again. `FailureError` `storage`. */
  revoke(paths: readonly string[]): Promise<void> {
    return this.trust.forget(paths)
  }
}

interface Workspace {
  root: string
  addedFolders: readonly string[]
}

/** Those that are whole. */
function judge(files: readonly ManifestFile[], answers: ReadonlyMap<string, TrustAnswer>): JudgedManifest[] {
  return files.flatMap((file) =>
    file.content.kind === 'broken'
      ? []
      : [{ path: file.path, manifest: file.content.manifest, trust: trustOf(file, answers) }],
  )
}

function trustOf({ path, hash }: ManifestFile, answers: ReadonlyMap<string, TrustAnswer>): PolicyTrust {
  const answer = answers.get(path)
  if (!answer) return 'untrusted'
  if (answer.hash !== hash) return 'changed'
  return answer.trusted ? 'trusted' : 'declined'
}

function brokenManifest(path: string, { line, reason }: { line: number | null; reason: string }): Failure {
  const where = line === null ? path : `${path}, line ${line},`
  return failure('invalid-input', `The policy ${where} ${reason}. Repair it: no run begins before that.`)
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    throw new FailureError(failure('not-found', `The folder ${folder} does not exist or cannot be read.`), {
      cause: error,
    })
  }
}
