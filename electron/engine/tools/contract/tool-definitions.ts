import type { ToolDefinition } from '#shared/session/tool-definition.ts'
import type { Tool } from './tool.ts'

/** What a model is told of these tools: the same bytes for the same tools, and each is paid at every cold start of a model. */
export function toolDefinitions(tools: readonly Tool[]): ToolDefinition[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, parameters }))
}
