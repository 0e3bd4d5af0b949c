import type { PreparedCall, Tool, ToolContext, ToolResult } from './tool.ts'
import { problemResult, systemProblem, ToolProblem } from './tool-problem.ts'

type Definition<Input> = Omit<Tool<Input>, 'prepare' | 'access'> &
  (
    | { access: 'read'; run(input: Input, context: ToolContext): Promise<ToolResult> }
    | { access: 'write' | 'shell'; prepare(input: Input, context: ToolContext): Promise<PreparedCall> }
  )

/** Makes a tool keep the promise of `Tool`: a `ToolProblem` or an error of the file system becomes a result in words. */
export function defineTool<Input>(definition: Definition<Input>): Tool<Input> {
  const { name, description, input: schema, access, kind, describe } = definition
  const prepare = (input: Input, context: ToolContext): Promise<PreparedCall> =>
    definition.access === 'read'
      ? Promise.resolve({ preview: null, run: () => definition.run(input, context) })
      : definition.prepare(input, context)
  return {
    ...{ name, description, input: schema, access, kind, describe },
    async prepare(input, context) {
      const { signal } = context
      const prepared = await asResult(() => prepare(input, context), signal, pathOf(input))
      if ('ok' in prepared) return prepared
      return { ...prepared, run: (confirmed) => asResult(() => prepared.run(confirmed), signal, pathOf(input)) }
    },
  }
}

async function asResult<Value>(work: () => Promise<Value>, signal: AbortSignal, path: string | undefined) {
  try {
    signal.throwIfAborted()
    return await work()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const problem = error instanceof ToolProblem ? error : systemProblem(error, path)
    if (!problem) throw error
    return problemResult(problem)
  }
}

function pathOf(input: unknown): string | undefined {
  return typeof input === 'object' && input !== null && 'path' in input && typeof input.path === 'string'
    ? input.path
    : undefined
}
