import { withFile } from '../contain/contained-file.ts'
import type { ContainedPath } from '../contain/contained-path.ts'
import type { Workspace } from '../contract/workspace.ts'
import { sniffEncoding, streamDecoder } from './text-encoding.ts'

const CHUNK = 262_144
/** Nothing longer is kept of a line: who shows it cuts it anyway. */
const LONGEST = 1_000_000

/** The wanted lines of a file by their 1-based numbers, without their ends; those past its end are missing. */
export async function fileLines(
  workspace: Workspace,
  place: ContainedPath,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Map<number, string>> {
  const last = Math.max(...wanted)
  return await withFile(workspace, place, async (file) => {
    const buffer = Buffer.alloc(CHUNK)
    const found = new Map<number, string>()
    let decode = streamDecoder('utf-8')
    let number = 1
    let line = ''
    const endLine = () => {
      if (wanted.has(number)) found.set(number, line.replace(/\r$/, ''))
      number += 1
      line = ''
    }
    for (let position = 0; number <= last; ) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, CHUNK, position)
      const bytes = buffer.subarray(0, bytesRead)
      if (position === 0) {
        const sniffed = sniffEncoding(bytes)
        if (sniffed.kind === 'text') decode = streamDecoder(sniffed.encoding)
      }
      position += bytesRead
      const pieces = decode(bytesRead === 0 ? null : bytes).split('\n')
      for (const [index, piece] of pieces.entries()) {
        if (wanted.has(number)) line += piece.slice(0, LONGEST - line.length)
        if (index < pieces.length - 1) endLine()
      }
      if (bytesRead === 0) {
        endLine()
        break
      }
    }
    return found
  })
}
