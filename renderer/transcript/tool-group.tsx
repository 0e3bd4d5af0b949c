import { memo } from 'react'
import type { ToolItem } from '#shared/session/session-view.ts'
import { ToolRow } from './tool-row.tsx'

interface ToolGroupProps {
  tools: readonly ToolItem[]
  /** The turn's last command, which is open. */
  lastCommand: string | null
  /** Edits are closed until somebody opens them. */
  brief?: boolean
}

/** Calls in sequence share one frame. */
export const ToolGroup = memo(function ToolGroup({ tools, lastCommand, brief }: ToolGroupProps) {
  return (
    <div className="tools">
      {tools.map((tool) => (
        <ToolRow key={tool.callId} tool={tool} lastCommand={tool.callId === lastCommand} brief={brief} />
      ))}
    </div>
  )
}, sameGroup)

function sameGroup(a: ToolGroupProps, b: ToolGroupProps): boolean {
  return (
    a.lastCommand === b.lastCommand &&
    a.tools.length === b.tools.length &&
    a.tools.every((tool, index) => tool === b.tools[index])
  )
}
