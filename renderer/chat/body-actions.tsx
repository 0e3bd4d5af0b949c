import type { ToolItem } from '#shared/session-view.ts'
import { commandOf, diffText } from './conversation-text.ts'
import { CopyButton } from './copy-button.tsx'

/** What can be taken out of a call: all of it, also what is folded. */
export function BodyActions({ tool }: { tool: ToolItem }) {
  const { diff } = tool
  const hasDiff = diff !== undefined && diff.hunks.length > 0
  return (
    <div className="body-acts">
      {tool.verb === 'Run' && <CopyButton text={() => commandOf(tool)} name="Copy command" caption="Command" />}
      {hasDiff ? (
        <CopyButton text={() => diffText(diff)} name="Copy change" caption="Change" />
      ) : (
        <CopyButton text={() => tool.output} name="Copy output" caption="Output" />
      )}
    </div>
  )
}
