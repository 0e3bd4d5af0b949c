import { z } from 'zod'
import type { Tool } from './contract/tool.ts'
import { editFileTool } from './files/edit-file.ts'
import { readFileTool } from './files/read-file.ts'
import { writeFileTool } from './files/write-file.ts'
import { globSearchTool } from './search/glob-search.ts'
import { grepSearchTool } from './search/grep-search.ts'
import { listDirTool } from './search/list-dir.ts'
import { createBashTool } from './shell/bash.ts'

/** By name: their order is part of the prefix that a server caches. */
export const builtinTools: readonly Tool[] = [
  createBashTool(),
  editFileTool,
  globSearchTool,
  grepSearchTool,
  listDirTool,
  readFileTool,
  writeFileTool,
]

/** A tool as the model sees it; the type is the backend's `ToolDefinition`. */
interface Definition {
  name: string
  description: string
  parameters: Record<string, unknown>
}

/** The same bytes for the same tools; each byte is paid at every cold start of a model. */
export function toolDefinitions(tools: readonly Tool[]): Definition[] {
  return tools.map(({ name, description, input }) => ({
    name,
    description,
    parameters: trimmed(z.toJSONSchema(input)),
  }))
}

/** Without what says nothing to a model: dialect, closedness, the bounds of a safe integer. */
function trimmed(schema: object): Record<string, unknown> {
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      key !== '$schema' &&
      key !== 'additionalProperties' &&
      !((key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) &&
      key !== 'minLength',
  )
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      typeof value === 'object' && value && !Array.isArray(value) ? trimmed(value) : value,
    ]),
  )
}
