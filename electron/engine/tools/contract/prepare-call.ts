import type { PreparedCall, Tool, ToolContext, ToolResult } from './tool.ts'

/** Prepares a call. It and the `run` of what comes back reject only with the signal's reason; a defect of ours becomes a result as well. */
export async function prepareCall(
  tool: Tool,
  input: unknown,
  context: ToolContext,
): Promise<PreparedCall | ToolResult> {
  const prepared = await withoutDefects(tool, context, () => tool.prepare(input, context))
  if ('ok' in prepared) return prepared
  return { ...prepared, run: (confirmed) => withoutDefects(tool, context, () => prepared.run(confirmed)) }
}

async function withoutDefects<Value>(
  tool: Tool,
  { signal }: ToolContext,
  work: () => Promise<Value>,
): Promise<Value | ToolResult> {
  signal.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, output: `Error: ${tool.name} failed unexpectedly: ${reason}`, summary: 'failed unexpectedly' }
  }
}
