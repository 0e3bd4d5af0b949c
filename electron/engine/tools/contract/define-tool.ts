import type { z } from 'zod'
import type { CallOutcome, Preparation, Tool, ToolContext, ToolResult } from './tool.ts'
import { problemResult, systemProblem, ToolProblem } from './tool-problem.ts'
import { zodArguments } from './zod-arguments.ts'

type Definition<Input> = Pick<Tool<Input>, 'name' | 'description' | 'kind' | 'describe'> & {
  /** The schema of the arguments: what the model is told of them follows from it. */
  input: z.ZodType<Input>
} & (
    | { access: 'read'; run(input: Input, context: ToolContext): Promise<ToolResult> }
    | { access: 'write' | 'shell'; prepare(input: Input, context: ToolContext): Promise<Preparation> }
  )

/**
 * Makes a tool of ours, which keeps the promise of `Tool`: a `ToolProblem` or an error of the file system becomes a result
 * in words.
 */
export function defineTool<Input>(definition: Definition<Input>): Tool<Input> {
  const { name, description, input: schema, access, kind, describe } = definition
  const prepare = (input: Input, context: ToolContext): Promise<Preparation> =>
    definition.access === 'read'
      ? Promise.resolve({
          kind: 'prepared',
          preview: null,
          run: async () => ({ kind: 'done', result: await definition.run(input, context) }),
        })
      : definition.prepare(input, context)
  return Object.assign(zodArguments(schema), {
    ...{ name, description, access, kind, describe },
    async prepare(input: Input, context: ToolContext) {
      const { signal } = context
      const preparation = await withProblems(
        () => prepare(input, context),
        (result): Preparation => ({ kind: 'settled', result }),
      )
      if (preparation.kind === 'settled') return preparation
      return {
        ...preparation,
        run: (confirmed?: boolean) =>
          withProblems(
            () => preparation.run(confirmed),
            (result): CallOutcome => ({ kind: 'done', result }),
          ),
      }

      async function withProblems<Value>(
        work: () => Promise<Value>,
        failedWith: (result: ToolResult) => Value,
      ): Promise<Value> {
        try {
          signal.throwIfAborted()
          return await work()
        } catch (error) {
          if (signal.aborted) throw signal.reason
          const problem = error instanceof ToolProblem ? error : systemProblem(error, pathOf(input))
          if (!problem) throw error
          return failedWith(problemResult(problem))
        }
      }
    },
  })
}

function pathOf(input: unknown): string | undefined {
  return typeof input === 'object' && input !== null && 'path' in input && typeof input.path === 'string'
    ? input.path
    : undefined
}
