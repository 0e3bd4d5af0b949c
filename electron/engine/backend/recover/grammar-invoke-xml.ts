import type { Cursor } from './cursor.ts'
import { afterOptional, afterSpaces, type FoundCall, type Grammar, type Reading } from './grammar.ts'
import { TaggedCalls } from './tagged-calls.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/**
 * MiniMax M2: `<minimax:tool_call><invoke name="f"><parameter name="a">1</parameter></invoke></minimax:tool_call>`, the
 * same within `<function_calls>`, and DeepSeek V3.2, which writes `｜DSML｜` into each tag and says with `string="true"`
 * what the schema says too.
 */
export const invokeXml: Grammar = invokeGrammar('', ['minimax:tool_call', 'function_calls'])
export const invokeDsml: Grammar = invokeGrammar('｜DSML｜', ['function_calls', 'tool_calls'])

function invokeGrammar(mark: string, sections: readonly string[]): Grammar {
  const starts = sections.map((section) => `<${mark}${section}>`)
  const ends = sections.map((section) => `</${mark}${section}>`)
  const end = `</${mark}invoke>`
  const tags = new TaggedCalls({
    functionSource: `<${mark}invoke\\s+name="([\\w.-]{1,128})"\\s*>`,
    functionEnd: end,
    parameterSource: `<${mark}parameter\\s+name="([^"\\n]{1,128})"[^>\\n]{0,64}>`,
    parameterStart: `<${mark}parameter `,
    parameterEnd: `</${mark}parameter>`,
    valuesOnLines: false,
    wrapperStarts: starts,
    wrapperEnds: ends,
  })
  return {
    opens(cursor: Cursor): boolean {
      if (cursor.literal(...starts)) cursor.spaces()
      if (!cursor.literal(`<${mark}invoke name="`) || cursor.name() === '' || !cursor.literal('">')) return false
      return cursor.spaces() && cursor.literal(`<${mark}parameter name="`, end)
    },

    read(text: string, start: number, tools: ToolSchemas): Reading | null {
      const calls: FoundCall[] = []
      let position = start
      for (;;) {
        const header = tags.header(text, position)
        if (!header) break
        const name = plainName(header.name)
        const call = tags.read(text, header.end, tools.get(name))
        if (!call) return { calls, end: position, unfinished: name }
        const after = afterOptional(text, call.end, ...ends)
        const begin = afterSpaces(text, position)
        calls.push({ name, arguments: JSON.stringify(call.given), start: begin, end: after })
        position = after
      }
      return calls.length > 0 ? { calls, end: position } : null
    },
  }
}
