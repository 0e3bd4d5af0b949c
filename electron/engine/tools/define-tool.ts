import type { Tool } from './tool.ts'
import { problemResult, systemProblem, ToolProblem } from './tool-problem.ts'

/** Makes a tool keep the promise of `Tool`: a `ToolProblem` or an error of the file system becomes a result in words. */
export function defineTool<Input>(tool: Tool<Input>): Tool<Input> {
  const { preview, run } = tool
  return {
    ...tool,
    run: (input, context) => asResult(() => run(input, context), context.signal, pathOf(input)),
    ...(preview && {
      preview: (input, context) => asResult(() => preview(input, context), context.signal, pathOf(input)),
    }),
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
