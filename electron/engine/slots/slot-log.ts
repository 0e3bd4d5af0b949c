import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Line, LineCutter, lineValue } from '../lib/line-cutter.ts'
import { SlotLine } from './slot-order.ts'

const CHUNK = 64 * 1024

/**
 * The file that orders the calls of one server, shared by all processes: lines are only ever appended, and their order
 * decides. A file that is used up is followed by the next one, `queue-<number>`; the highest number counts.
 */
export class SlotLog {
  readonly path: string
  readonly #folder: string
  readonly #number: number
  readonly #file: FileHandle
  #read = 0
  readonly #lines = new LineCutter()

  private constructor(folder: string, number: number, file: FileHandle) {
    this.#folder = folder
    this.#number = number
    this.#file = file
    this.path = join(folder, nameOf(number))
  }

  /** Opens the newest file of a queue, or makes the first one. Rejects with the system's error. */
  static async open(folder: string, atLeast = 0): Promise<SlotLog> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    let wanted = Math.max(atLeast, ...(await numbers(folder)))
    for (;;) {
      const file = await open(join(folder, nameOf(wanted)), FLAGS, 0o600)
      const all = await numbers(folder)
      const highest = Math.max(wanted, ...all)
      if (highest === wanted) {
        // A lower one was closed before a higher one was made.
        await Promise.all(all.filter((number) => number < wanted).map((number) => remove(folder, number)))
        return new SlotLog(folder, wanted, file)
      }
      await file.close()
      wanted = highest
    }
  }

  /** How much of it was read, in bytes. */
  get size(): number {
    return this.#read
  }

  /** The one that follows this one when it is closed. */
  async next(): Promise<SlotLog> {
    await this.close()
    return SlotLog.open(this.#folder, this.#number + 1)
  }

  /** Begins with a line break, too: a line that was torn by a full disk spoils no other. */
  async append(line: SlotLine): Promise<void> {
    const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`)
    const { bytesWritten } = await this.#file.write(bytes)
    if (bytesWritten < bytes.length) throw new Error('The disk took only a part of a line.')
  }

  /** What was appended since the last look, by anybody. */
  async news(): Promise<SlotLine[]> {
    const lines: SlotLine[] = []
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, CHUNK, this.#read)
      if (bytesRead === 0) return lines
      this.#read += bytesRead
      for (const line of this.#lines.feed(buffer.subarray(0, bytesRead))) lines.push(...slotLineOf(line))
    }
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT

function nameOf(number: number): string {
  return `queue-${number}`
}

async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => (/^queue-\d+$/.test(name) ? [Number(name.slice('queue-'.length))] : []))
}

function remove(folder: string, number: number): Promise<void> {
  return rm(join(folder, nameOf(number)), { force: true })
}

/** Empty for a torn line, and for one of a version that knows more. */
function slotLineOf(line: Line): SlotLine[] {
  const parsed = SlotLine.safeParse(lineValue(line))
  return parsed.success ? [parsed.data] : []
}
