import type { z } from 'zod'
import type { PreparedCall, Tool, ToolContext, ToolResult } from './tool.ts'
import { problemResult, systemProblem, ToolProblem } from './tool-problem.ts'
import { zodArguments } from './zod-arguments.ts'

type Definition<Input> = Pick<Tool<Input>, 'name' | 'description' | 'kind' | 'describe'> & {
  /** Of the arguments: what the model is told of them follows from it. */
  input: z.ZodType<Input>
} & (
    | { access: 'read'; run(input: Input, context: ToolContext): Promise<ToolResult> }
    | { access: 'write' | 'shell'; prepare(input: Input, context: ToolContext): Promise<PreparedCall> }
  )

/**
 * Makes a tool of ours, which keeps the promise of `Tool`: a `ToolProblem` or an error of the file system becomes a result
 * in words.
 */
export function defineTool<Input>(definition: Definition<Input>): Tool<Input> {
  const { name, description, input: schema, access, kind, describe } = definition
  const prepare = (input: Input, context: ToolContext): Promise<PreparedCall> =>
    definition.access === 'read'
      ? Promise.resolve({ preview: null, run: () => definition.run(input, context) })
      : definition.prepare(input, context)
  return Object.assign(zodArguments(schema), {
    ...{ name, description, access, kind, describe },
    async prepare(input: Input, context: ToolContext) {
      const { signal } = context
      const prepared = await asResult(() => prepare(input, context), signal, pathOf(input))
      if ('ok' in prepared) return prepared
      return {
        ...prepared,
        run: (confirmed?: boolean) => asResult(() => prepared.run(confirmed), signal, pathOf(input)),
      }
    },
  })
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
