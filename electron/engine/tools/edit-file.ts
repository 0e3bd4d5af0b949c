import { z } from 'zod'
import { changePreview } from './change-preview.ts'
import { assertWritable, readWhole, replaceFile } from './contained-file.ts'
import { locate } from './contained-path.ts'
import { defineTool } from './define-tool.ts'
import { changeSummary, fileChange } from './file-change.ts'
import { applyEdit } from './find-edit.ts'
import { decodeTextFile, encodeTextFile } from './text-file.ts'
import type { ToolContext } from './tool.ts'
import { ToolProblem } from './tool-problem.ts'
import { counted } from './words.ts'

const Input = z.object({
  path: z.string(),
  old_text: z.string(),
  new_text: z.string(),
  replace_all: z.boolean().optional(),
})
type Input = z.infer<typeof Input>

export const editFileTool = defineTool({
  name: 'edit_file',
  description:
    'Replace old_text with new_text in a file. old_text must be copied exactly from the file, indentation included, and stand there once; replace_all replaces every place.',
  input: Input,
  access: 'write',
  describe: ({ path }) => ({ verb: 'Edit', target: path }),
  async prepare(input, context) {
    const { place, before, file, edited, change } = await planned(input, context)
    return {
      preview: changePreview(context.workspace, change, 'change'),
      async run() {
        const bytes = encodeTextFile({ ...file, text: edited.text })
        if (!(await replaceFile(context.workspace, place, bytes, before))) return 'outdated'
        const where = edited.count === 1 ? `at line ${edited.line}` : `at ${counted(edited.count, 'place')}`
        const summary = changeSummary(change)
        return {
          ok: true,
          output: `Edited ${place.shown} ${where}: ${summary}.${edited.note ? ` Note: ${edited.note}` : ''}`,
          summary,
          diff: change,
        }
      },
    }
  },
})

async function planned(input: Input, { workspace }: ToolContext) {
  const place = await locate(workspace, input.path)
  assertWritable(place)
  const before = await readWhole(workspace, place)
  if (!before) {
    throw new ToolProblem(`${place.shown} does not exist. To create it, use write_file.`, 'not found')
  }
  const file = decodeTextFile(before.bytes, place.shown)
  // The model never sees a carriage return that ends a line.
  const plain = (text: string) => (file.crlf ? text.replaceAll('\r\n', '\n') : text)
  const edit = {
    oldText: plain(input.old_text),
    newText: plain(input.new_text),
    replaceAll: input.replace_all ?? false,
  }
  const edited = applyEdit(file.text, edit, place.shown)
  return { place, before, file, edited, change: fileChange(place.shown, file.text, edited.text) }
}
