import { Cursor } from './cursor.ts'
import type { Grammar } from './grammar.ts'
import { bareJson } from './grammar-bare-json.ts'
import { deepseek } from './grammar-deepseek.ts'
import { functionGemma } from './grammar-function-gemma.ts'
import { glm } from './grammar-glm.ts'
import { harmony } from './grammar-harmony.ts'
import { hermes } from './grammar-hermes.ts'
import { invokeDsml, invokeXml } from './grammar-invoke-xml.ts'
import { kimi } from './grammar-kimi.ts'
import { llama } from './grammar-llama.ts'
import { lostTokens } from './grammar-lost-tokens.ts'
import { mistral } from './grammar-mistral.ts'
import { pythonic } from './grammar-pythonic.ts'
import { qwenXml } from './grammar-qwen-xml.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** At most one of them opens at a place. */
const grammars: readonly Grammar[] = [
  qwenXml,
  hermes,
  glm,
  llama,
  mistral,
  deepseek,
  harmony,
  kimi,
  functionGemma,
  invokeXml,
  invokeDsml,
  bareJson,
  pythonic,
  lostTokens,
]

/** Whether a call begins at a place; `undecided` = more text may make it one. */
type Opening = { kind: 'call'; grammar: Grammar } | { kind: 'undecided' } | { kind: 'none' }

/** Says in which grammar a call begins at `position`. */
export function openingAt(text: string, position: number, atStart: boolean, tools: ToolSchemas): Opening {
  let undecided = false
  for (const grammar of grammars) {
    if (grammar.atStart && !atStart) continue
    const cursor = new Cursor(text, position)
    if (grammar.opens(cursor, tools)) return { kind: 'call', grammar }
    undecided ||= cursor.ranOut
  }
  return { kind: undecided ? 'undecided' : 'none' }
}
