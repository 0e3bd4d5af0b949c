import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { AnsweredFolder, InstructionsView } from '#shared/policy/instructions.ts'
import { oneLine } from '../lib/one-line.ts'
import type { FolderAnswer, TrustStore } from '../policy/trust-store.ts'
import { type FoundFile, findInstructions } from './find-instructions.ts'
import { type InstructionPlaces, instructionPlaces, trustedFolderOf } from './instruction-places.ts'
import { instructionsMessage, LARGEST_MESSAGE, type MessageParts, roomFor } from './instructions-message.ts'
import { nestedFiles } from './nested-files.ts'

/** What the model is told at the beginning of a turn. */
export interface TurnInstructions {
  /** Empty = nothing that it does not know. */
  text: string
  /** Paths of files that are others than when they were used last; they count, and the person hears of it. */
  changed: readonly string[]
}

/** Said where nothing counts any more of what the model has read before. */
const WITHDRAWN = '<instructions>\nThe instructions given before do not count any more.\n</instructions>'
/** No window is so small that so many bytes are too many. */
const ALWAYS_FITS = 512

/** All that is there for work in a folder, and what the person thinks of it. */
interface Instructed {
  places: InstructionPlaces
  trustedFolder: string
  answer: FolderAnswer | undefined
  /** The person's own first, then from the top down. */
  files: readonly FoundFile[]
  nested: readonly string[]
}

/** The files that say how to work in a folder, whose text reaches the model where the person trusts the folder. */
export class Instructions {
  readonly #dataFolder: string
  readonly #trust: TrustStore

  constructor(dataFolder: string, trust: TrustStore) {
    this.#dataFolder = dataFolder
    this.#trust = trust
  }

  /**
   * What a turn in a real folder begins with. `said`: what the model was told before; it is told again only what is
   * different. `windowOf` is asked for the window in tokens only where there is much to say. A changed file is noted, so
   * that it is named once. `FailureError` `storage`: what the person trusts cannot be read.
   */
  async ofTurn(folder: string, said: string, windowOf: () => Promise<number | null>): Promise<TurnInstructions> {
    const there = await this.#look(folder)
    const parts = there && messageParts(folder, there)
    const whole = parts ? instructionsMessage(parts, LARGEST_MESSAGE).text : ''
    if (!there || !parts || whole === '')
      return { text: said === '' || said === WITHDRAWN ? '' : WITHDRAWN, changed: [] }
    const changed = await this.#noteChanged(there)
    if (whole === said) return { text: '', changed }
    const window = Buffer.byteLength(whole) > ALWAYS_FITS ? await windowOf() : null
    const { text } = instructionsMessage(parts, roomFor(window))
    return { text: text === said ? '' : text, changed }
  }

  /** All that is there. `FailureError`: `not-found` no such folder, `storage`. */
  async show(folder: string): Promise<InstructionsView> {
    const real = await realFolder(folder)
    const there = await this.#look(real)
    if (!there) {
      const { top } = await instructionPlaces(real)
      const trustedFolder = await trustedFolderOf(top)
      const answer = (await this.#trust.folders()).get(trustedFolder)
      return { folder: trustedFolder, trust: trustOf(answer), files: [], nested: [] }
    }
    const { used } = instructionsMessage(messageParts(real, there), LARGEST_MESSAGE)
    return {
      folder: there.trustedFolder,
      trust: trustOf(there.answer),
      files: there.files.map((file) => ({
        path: file.path,
        sha256: file.sha256,
        trusted: counts(file, there.answer),
        bytes: file.bytes,
        used: used.has(nameOf(real, file)),
        changed: isChanged(file, there),
        problem: problemsOf(file).join('; ') || null,
      })),
      nested: [...there.nested],
    }
  }

  /**
   * Keeps a yes or no to the instructions of a folder and of all that belongs to the same repository. `FailureError`:
   * `not-found`, `storage`.
   */
  async answer(folder: string, trusted: boolean): Promise<void> {
    const { top, folders } = await instructionPlaces(await realFolder(folder))
    const [trustedFolder, files] = await Promise.all([trustedFolderOf(top), findInstructions(top, folders)])
    await this.#trust.answerFolder(trustedFolder, trusted, seenOf(top, files))
  }

  /** The folders that the person answered about, by name. `FailureError` `storage`. */
  async answeredFolders(): Promise<AnsweredFolder[]> {
    const answers = [...(await this.#trust.folders())]
    return answers.map(([folder, { trusted }]) => ({ folder, trusted })).sort((a, b) => (a.folder < b.folder ? -1 : 1))
  }

  /** Takes an answer back: the person is asked again. A folder may be gone meanwhile. `FailureError` `storage`. */
  async revoke(folder: string): Promise<void> {
    const real = await realpath(folder).catch(() => null)
    const top = real === null ? folder : (await instructionPlaces(real)).top
    await this.#trust.forgetFolder(real === null ? folder : await trustedFolderOf(top))
  }

  /** null = there is no file, which costs a look at each place and nothing else. */
  async #look(folder: string): Promise<Instructed | null> {
    const [places, own] = await Promise.all([
      instructionPlaces(folder),
      findInstructions(this.#dataFolder, [this.#dataFolder], true),
    ])
    const files = await findInstructions(places.top, places.folders)
    if (files.length + own.length === 0) return null
    if (files.length === 0) return { places, trustedFolder: places.top, answer: undefined, files: own, nested: [] }
    const trustedFolder = await trustedFolderOf(places.top)
    const answer = (await this.#trust.folders()).get(trustedFolder)
    const nested = answer?.trusted ? await nestedFiles(folder) : []
    return { places, trustedFolder, answer, files: [...own, ...files], nested }
  }

  async #noteChanged(there: Instructed): Promise<string[]> {
    const changed = there.files.filter((file) => isChanged(file, there))
    if (changed.length === 0) return []
    try {
      await this.#trust.noteSeen(there.trustedFolder, seenOf(there.places.top, changed))
    } catch (error) {
      // Then they are named once more; that is no reason not to work.
      if (!(error instanceof FailureError)) throw error
    }
    return changed.map(({ path }) => path)
  }
}

function messageParts(folder: string, { files, answer, nested }: Instructed): MessageParts {
  const counting = files.filter((file) => counts(file, answer))
  const own = files.filter(({ isOwn }) => isOwn)
  return {
    texts: counting.flatMap((file) =>
      file.text.trim() === '' ? [] : [{ name: nameOf(folder, file), text: file.text.trimEnd(), bytes: file.bytes }],
    ),
    problems: counting.flatMap((file) =>
      problemsOf(file).map((problem) => oneLine(`${nameOf(folder, file)}: ${problem}`)),
    ),
    nested: nested.map((path) => shownIn(folder, path)),
    untrusted: files.filter((file) => !counts(file, answer)).map((file) => nameOf(folder, file)),
    mark: counting.length === 0 ? '' : markOf([answer?.at, own.map(({ sha256, changedAt }) => [sha256, changedAt])]),
  }
}

/** When the person trusted a folder, or wrote the own file, is known to nobody who wrote the files before. */
function markOf(known: unknown): string {
  return createHash('sha256').update(JSON.stringify(known)).digest('hex').slice(0, 8)
}

function counts({ isOwn }: FoundFile, answer: FolderAnswer | undefined): boolean {
  return isOwn || answer?.trusted === true
}

function isChanged(file: FoundFile, { answer, places }: Instructed): boolean {
  if (file.isOwn || !answer?.trusted || file.sha256 === '') return false
  return answer.seen[relative(places.top, file.path)] !== file.sha256
}

/** By the path below the top: a worktree has the same ones elsewhere. */
function seenOf(top: string, files: readonly FoundFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, sha256 }) => [relative(top, path), sha256]))
}

function trustOf(answer: FolderAnswer | undefined): InstructionsView['trust'] {
  return answer === undefined ? 'untrusted' : answer.trusted ? 'trusted' : 'declined'
}

function problemsOf({ problem, importProblems }: FoundFile): string[] {
  return [...(problem === null ? [] : [problem]), ...importProblems]
}

/** How the model names a file: as its tools do where they reach it. */
function nameOf(folder: string, { path, isOwn }: FoundFile): string {
  return isOwn ? "the user's own file" : shownIn(folder, path)
}

function shownIn(folder: string, path: string): string {
  const way = relative(folder, path)
  return oneLine(way.startsWith('..') ? path : way.split(sep).join('/'))
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const message = `The folder ${folder} does not exist or cannot be read.`
    throw new FailureError(failure('not-found', message), { cause: error })
  }
}
