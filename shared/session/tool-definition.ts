import { z } from 'zod'

/** A function tool as the model sees it: bytes of the prompt. */
export const ToolDefinition = z.object({
  name: z.string(),
  description: z.string(),
  /** JSON Schema of the arguments. */
  parameters: z.record(z.string(), z.unknown()),
})
export type ToolDefinition = z.infer<typeof ToolDefinition>
