import { z } from 'zod'
import { changePreview } from './change-preview.ts'
import { assertWritable, readWhole, replaceFile } from './contained-file.ts'
import { locate } from './contained-path.ts'
import { defineTool } from './define-tool.ts'
import { changeSummary, fileChange } from './file-change.ts'
import { countLines, decodeTextFile, encodeTextFile, type TextFile } from './text-file.ts'
import type { ToolContext, ToolResult } from './tool.ts'
import { ToolProblem } from './tool-problem.ts'
import { counted } from './words.ts'

const Input = z.object({ path: z.string(), content: z.string() })
type Input = z.infer<typeof Input>

export const writeFileTool = defineTool({
  name: 'write_file',
  description: 'Create a file, or replace a whole file; makes missing folders. For a change in a file use edit_file.',
  input: Input,
  access: 'write',
  describe: ({ path }) => ({ verb: 'Write', target: path }),
  async prepare(input, context) {
    const plan = await planned(input, context)
    const { place, file, before, change } = plan
    return {
      preview: changePreview(context.workspace, change, before ? 'change' : 'create'),
      async run() {
        if (before && change.added === 0 && change.removed === 0 && !change.omittedLines) {
          return { ok: true, output: `${place.shown} already has this content.`, summary: 'no change' }
        }
        const written = await replaceFile(context.workspace, place, encodeTextFile(file), before)
        return written ? doneResult(plan) : 'outdated'
      },
    }
  },
})

function doneResult({ place, file, before, change }: Plan): ToolResult {
  const lines = counted(countLines(file.text), 'line')
  const summary = before ? changeSummary(change) : `new file, ${lines}`
  const done = before ? `Replaced ${place.shown}: ${summary}.` : `Created ${place.shown}, ${lines}.`
  return { ok: true, output: file.crlf ? `${done} Its CRLF line ends are kept.` : done, summary, diff: change }
}

type Plan = Awaited<ReturnType<typeof planned>>

/** Line ends and byte-order mark stay those of the file that is replaced: the model never saw them. */
async function planned({ path, content }: Input, { workspace }: ToolContext) {
  const place = await locate(workspace, path)
  assertWritable(place)
  const before = await readWhole(workspace, place)
  const old = before ? readable(before.bytes, place.shown) : none
  const file = {
    text: old.crlf ? content.replaceAll('\r\n', '\n') : content,
    bom: old.bom && !content.startsWith('\uFEFF'),
    crlf: old.crlf,
  }
  return { place, before, file, change: fileChange(place.shown, old.text, file.text) }
}

const none: TextFile = { text: '', bom: false, crlf: false }

/** What cannot be compared may be replaced all the same; the diff then shows the new text only. */
function readable(bytes: Uint8Array, shown: string): TextFile {
  try {
    return decodeTextFile(bytes, shown)
  } catch (error) {
    if (error instanceof ToolProblem) return none
    throw error
  }
}
