import type { CommandPart } from '#shared/doctor/doctor.ts'
import type { Examination } from './examination.ts'
import { countAt, textAt } from './json-path.ts'

/** First row that fits the name of the model; from vLLM's documentation of tool calling and reasoning. */
const toolParsers: readonly (readonly [RegExp, string])[] = [
  [/qwen-?3[._-]?coder|qwen-?3\.[5-9]/i, 'qwen3_coder'],
  [/gpt-oss/i, 'openai'],
  [/glm-?4\.7/i, 'glm47'],
  [/glm-?4\.[56]/i, 'glm45'],
  [/kimi-?k2/i, 'kimi_k2'],
  [/minimax-?m2/i, 'minimax_m2'],
  [/deepseek.*v3\.2/i, 'deepseek_v32'],
  [/deepseek.*v3\.1/i, 'deepseek_v31'],
  [/deepseek.*(v3|r1)/i, 'deepseek_v3'],
  [/llama-?4/i, 'llama4_pythonic'],
  [/llama-?3/i, 'llama3_json'],
  [/mistral|mixtral|ministral|devstral|magistral|codestral/i, 'mistral'],
  [/granite/i, 'granite'],
  [/qwen|qwq|hermes/i, 'hermes'],
]

const reasoningParsers: readonly (readonly [RegExp, string])[] = [
  [/qwen-?3[._-]?coder|instruct/i, ''],
  [/gpt-oss/i, 'openai_gptoss'],
  [/glm-?4\.[5-7]/i, 'glm45'],
  [/kimi-?k2.*think/i, 'kimi_k2'],
  [/minimax-?m2/i, 'minimax_m2'],
  [/deepseek.*v3\.[12]/i, 'deepseek_v3'],
  [/deepseek.*r1|qwq/i, 'deepseek_r1'],
  [/magistral/i, 'mistral'],
  [/granite/i, 'granite'],
  [/qwen-?3/i, 'qwen3'],
]

/** The tool-call parser of vLLM for a model; null = its family is not known. */
export function toolParserFor(family: string): string | null {
  return parserIn(toolParsers, family)
}

/** The reasoning parser of vLLM for a model; null = none is known to be needed. */
export function reasoningParserFor(family: string): string | null {
  return parserIn(reasoningParsers, family)
}

function parserIn(table: readonly (readonly [RegExp, string])[], model: string): string | null {
  return table.find(([family]) => family.test(model))?.[1] || null
}

/** What the model is called, here and where it comes from: either may tell the family. */
export function familyOf({ model, entry }: Pick<Examination, 'model' | 'entry'>): string {
  return `${textAt(entry, 'root')} ${model}`
}

/** The command that starts this server, as far as it can be told from outside, with the new flags marked. */
export function restartVllm({ profile, key, model, entry }: Examination, added: string): CommandPart[] {
  const root = textAt(entry, 'root') || model
  const port = URL.canParse(profile.baseUrl) ? new URL(profile.baseUrl).port : ''
  const window = countAt(entry, 'max_model_len')
  const known = [
    `vllm serve ${root}`,
    root === model ? '' : ` --served-model-name ${model}`,
    port && port !== '8000' ? ` --port ${port}` : '',
    window !== null && !added.includes('--max-model-len') ? ` --max-model-len ${window}` : '',
    // The key itself has no place in a command line.
    key === null ? '' : ' --api-key "$VLLM_API_KEY"',
  ].join('')
  return [
    { text: known, added: false },
    { text: added, added: true },
  ]
}

/** The two flags without which vLLM refuses tools, and the parser of reasoning where the family has one. */
export function toolFlags(family: string): string {
  const reasoning = reasoningParserFor(family)
  const tools = `--enable-auto-tool-choice --tool-call-parser ${toolParserFor(family) ?? 'hermes'}`
  return reasoning ? `${tools} --reasoning-parser ${reasoning}` : tools
}
