import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { assertWritable, readWhole, replaceFile } from '../contain/contained-file.ts'
import { assertThere, locate } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import type { ToolContext } from '../contract/tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { changePreview } from './change-preview.ts'
import { contentVersion } from './content-version.ts'
import { changeSummary, fileChange } from './file-change.ts'
import { applyEdit } from './find-edit.ts'
import { decodeTextFile, rewritten } from './text-file.ts'

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
  kind: 'edit',
  describe: ({ path }) => ({ verb: 'Edit', target: path }),
  async prepare(input, context) {
    const { place, before, bytes, edited, change } = await planned(input, context)
    return {
      kind: 'prepared',
      preview: changePreview(context.workspace, change),
      async run() {
        if (!(await replaceFile(context.workspace, place, bytes, before))) return { kind: 'outdated' }
        const where = edited.count === 1 ? `at line ${edited.line}` : `at ${plainCounted(edited.count, 'place')}`
        const summary = changeSummary(change)
        // Who knew all of it before knows all of it now; a place that was found says nothing of the rest.
        const known = context.known(place.shown)
        const knewAll = known?.version === contentVersion(before.bytes) && !known.unseen
        const result = {
          ok: true,
          output: `Edited ${place.shown} ${where}: ${summary}.${edited.note ? ` Note: ${edited.note}` : ''}`,
          summary,
          diff: change,
          ...(knewAll && { file: { path: place.shown, version: contentVersion(bytes) } }),
        }
        return { kind: 'done', result }
      },
    }
  },
})

async function planned(input: Input, { workspace }: ToolContext) {
  const place = await locate(workspace, input.path)
  assertWritable(place)
  const before = await readWhole(workspace, place)
  if (!before) {
    await assertThere(workspace, place, 'To create it, use write_file.')
    throw new ToolProblem(`${place.shown} went away.`, 'not found')
  }
  const file = decodeTextFile(before.bytes, place.shown)
  // The model never sees a carriage return that ends a line.
  const edit = {
    oldText: input.old_text.replaceAll('\r\n', '\n'),
    newText: input.new_text.replaceAll('\r\n', '\n'),
    replaceAll: input.replace_all ?? false,
  }
  const edited = applyEdit(file.text, edit, place.shown)
  const bytes = rewritten(file, edited.replacement, place.shown)
  return { place, before, bytes, edited, change: fileChange(place.shown, file.text, edited.text) }
}
