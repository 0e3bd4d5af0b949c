import type { ToolItem } from '#shared/session/session-view.ts'
import { toolKindOf } from '#shared/session/tool-kind.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { commandOf, diffText } from './conversation-text.ts'

/** What can be taken out of a call: all of it, also what is folded. */
export function BodyActions({ tool }: { tool: ToolItem }) {
  const { diff } = tool
  const hasDiff = diff !== undefined && diff.hunks.length > 0
  return (
    <div className="body-acts">
      {toolKindOf(tool) === 'run' && <CopyButton text={() => commandOf(tool)} name="Copy command" caption="Command" />}
      {hasDiff ? (
        <CopyButton text={() => diffText(diff)} name="Copy change" caption="Change" />
      ) : (
        <CopyButton text={() => tool.output} name="Copy output" caption="Output" />
      )}
    </div>
  )
}
