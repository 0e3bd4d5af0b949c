import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { hasHalfCharacter, wholeCharacters } from '#shared/lib/whole-characters.ts'
import { assertWritable, readWhole, replaceFile, type WholeFile } from '../contain/contained-file.ts'
import { locateForWriting } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import type { Preparation, ToolContext, ToolResult } from '../contract/tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { changePreview } from './change-preview.ts'
import { contentVersion } from './content-version.ts'
import { changeSummary, fileChange } from './file-change.ts'
import { countLines, decodeTextFile, rewritten, type TextFile, wholeReplacement, writtenAs } from './text-file.ts'

const Input = z.object({ path: z.string(), content: z.string() })
type Input = z.infer<typeof Input>

export const writeFileTool = defineTool({
  name: 'write_file',
  description: 'Create a file, or replace a whole file; makes missing folders. For a change in a file use edit_file.',
  input: Input,
  access: 'write',
  kind: 'edit',
  describe: ({ path }) => ({ verb: 'Write', target: path }),
  async prepare(input, context): Promise<Preparation> {
    const plan = await planned(input, context)
    const { place, bytes, before, change } = plan
    const file = { path: place.shown, version: contentVersion(bytes) }
    // Nobody is asked about nothing.
    if (before?.bytes.equals(bytes)) {
      const output = `${place.shown} already has this content.`
      return { kind: 'settled', result: { ok: true, output, summary: 'no change', file } }
    }
    return {
      kind: 'prepared',
      preview: changePreview(context.workspace, change, plan.unseen),
      async run() {
        const isDone = await replaceFile(context.workspace, place, bytes, before)
        return isDone ? { kind: 'done', result: { ...doneResult(plan), file } } : { kind: 'outdated' }
      },
    }
  },
})

function doneResult({ place, text, old, change, isBroken }: Plan): ToolResult {
  const lines = plainCounted(countLines(text), 'line')
  const summary = old ? changeSummary(change) : `new file, ${lines}`
  const notes = [
    old ? `Replaced ${place.shown}: ${summary}.` : `Created ${place.shown}, ${lines}.`,
    old ? writtenAs(old) : '',
    isBroken ? 'The content had halves of characters; each is a \uFFFD now.' : '',
  ]
  return { ok: true, output: notes.filter((note) => note !== '').join(' '), summary, diff: change }
}

type Plan = Awaited<ReturnType<typeof planned>>

/** Encoding, line ends and byte-order mark stay those of the file that is replaced: the model never saw them. */
async function planned(input: Input, context: ToolContext) {
  const place = await locateForWriting(context.workspace, input.path)
  assertWritable(place)
  const before = await readWhole(context.workspace, place)
  const isBroken = hasHalfCharacter(input.content)
  const content = wholeCharacters(input.content)
  if (!before) {
    const bytes = Buffer.from(content)
    const change = fileChange(place.shown, null, content)
    return { place, before, bytes, isBroken, text: content, old: null, change, unseen: null }
  }
  const old = replaceable(before, place.shown)
  const text = textFor(old, content)
  const bytes = rewritten(old, wholeReplacement(old.text, text), place.shown)
  const unseen = before.bytes.equals(bytes) ? null : whatIsUnseen(place.shown, before, context)
  if (unseen && !context.isShown) throw unseen
  return { place, before, bytes, isBroken, text, old, change: fileChange(place.shown, old.text, text), unseen }
}

function textFor({ bom, encoding, carriageReturns }: TextFile, content: string): string {
  const marked = bom || encoding !== 'utf-8' ? content.replace(/^\uFEFF/, '') : content
  return carriageReturns === 'none' ? marked : marked.replaceAll('\r\n', '\n')
}

function replaceable({ bytes }: WholeFile, shown: string): TextFile {
  try {
    return decodeTextFile(bytes, shown)
  } catch (error) {
    if (!(error instanceof ToolProblem)) throw error
    throw new ToolProblem(
      `${shown} holds something else than text that can be read here, and write_file does not replace what nobody can compare. Choose another name, or ask the user whether it may go and remove it with bash.`,
      'not text',
    )
  }
}

/** Who replaces a whole file without having seen it loses what is in it. The problem, or null where all was seen. */
function whatIsUnseen(shown: string, before: WholeFile, { known }: ToolContext): ToolProblem | null {
  if (before.bytes.length === 0) return null
  const file = known(shown)
  const orEdit = 'or change a part of it with edit_file.'
  if (!file) {
    return new ToolProblem(
      `${shown} exists and you have not read it, so replacing it could lose what is in it. Read it first with read_file, ${orEdit}`,
      'not read before',
    )
  }
  if (file.version !== contentVersion(before.bytes)) {
    return new ToolProblem(
      `${shown} was changed since you last saw it; nothing was written. Read it again with read_file, ${orEdit}`,
      'changed since it was read',
    )
  }
  if (file.unseen) {
    return new ToolProblem(
      `You have not seen all of ${shown}, so replacing it could lose what is in it. Read on from start_line ${file.unseen.line} of ${file.unseen.of}, or change a part of it with edit_file, as it must be where a line is too long to be shown.`,
      'read in part only',
    )
  }
  return null
}
