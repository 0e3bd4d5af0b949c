import type { CallOutcome, Preparation, Tool, ToolContext, ToolResult } from './tool.ts'

/** Prepares a call. It and the `run` of what comes back reject only with the signal's reason; a defect of ours becomes a result as well. */
export async function prepareCall(tool: Tool, input: unknown, context: ToolContext): Promise<Preparation> {
  const preparation = await withoutDefects(
    () => tool.prepare(input, context),
    (result): Preparation => ({ kind: 'settled', result }),
  )
  if (preparation.kind === 'settled') return preparation
  return {
    ...preparation,
    run: (confirmed) =>
      withoutDefects(
        () => preparation.run(confirmed),
        (result): CallOutcome => ({ kind: 'done', result }),
      ),
  }

  async function withoutDefects<Value>(
    work: () => Promise<Value>,
    failedWith: (result: ToolResult) => Value,
  ): Promise<Value> {
    const { signal } = context
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const reason = error instanceof Error ? error.message : String(error)
      const output = `Error: ${tool.name} failed unexpectedly: ${reason}`
      return failedWith({ ok: false, output, summary: 'failed unexpectedly' })
    }
  }
}
