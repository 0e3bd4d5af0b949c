import { describe, expect, it } from 'vitest'
import type { ToolDefinition } from '../backend.ts'
import { recoverToolCalls } from './recover-tool-calls.ts'

const tools: ToolDefinition[] = [
  definition('f', { a: { type: 'integer' } }),
  definition('write_file', { path: { type: 'string' }, content: { type: 'string' } }, ['path', 'content']),
  definition('mixed', {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    all: { type: 'boolean' },
    list: { type: 'array' },
    map: { type: 'object' },
    perhaps: { type: ['string', 'null'] },
    free: {},
  }),
]

function definition(name: string, properties: Record<string, unknown>, required: string[] = []): ToolDefinition {
  return { name, description: `Does ${name}.`, parameters: { type: 'object', properties, required } }
}

/** In short: text, calls, and the tool whose call is cut. */
function recovered(text: string) {
  const { text: rest, calls, incomplete } = recoverToolCalls(text, tools)
  return [
    rest,
    ...calls.map((call) => `${call.name}(${call.arguments})${call.problem ? ' !' : ''}`),
    ...(incomplete === null ? [] : [`incomplete ${incomplete}`]),
  ]
}

const one = ['', 'f({"a":1})']

describe('every family of models', () => {
  it.each([
    ['Qwen XML', '<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>'],
    ['Qwen XML without its opener', '<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>'],
    ['Qwen XML without any outer tag', '<function=f>\n<parameter=a>\n1\n</parameter>\n</function>'],
    [
      'Qwen XML without the end of the parameter',
      '<tool_call>\n<function=f>\n<parameter=a>\n1\n</function>\n</tool_call>',
    ],
    ['Qwen XML in one line', '<tool_call><function=f><parameter=a>1</parameter></function></tool_call>'],
    ['Hermes', '<tool_call>\n{"name":"f","arguments":{"a":1}}\n</tool_call>'],
    ['Hermes without its end', '<tool_call>\n{"name":"f","arguments":{"a":1}}'],
    ['Hermes with a brace too many', '<tool_call>\n{"name":"f","arguments":{"a":1}}}\n</tool_call>'],
    ['Hermes with arguments as text', '<tool_call>{"name":"f","arguments":"{\\"a\\":1}"}</tool_call>'],
    ['Hermes as a Python dict', "<tool_call>{'name': 'f', 'arguments': {'a': 1}}</tool_call>"],
    ['Llama with its tag', '<|python_tag|>{"name":"f","parameters":{"a":1}}<|eom_id|>'],
    ['Llama as bare JSON', '\n{"name":"f","parameters":{"a":1}}\n'],
    ['Llama with a type', '{"type": "function", "name": "f", "parameters": {"a": 1}}'],
    ['Llama 3.1 function tags', '<function=f>{"a":1}</function>'],
    ['Llama pythonic', '[f(a=1)]'],
    ['Llama 4', '<|python_start|>[f(a=1)]<|python_end|>'],
    ['Llama built-in', '<|python_tag|>f.call(a=1)'],
    ['Mistral old', '[TOOL_CALLS][{"name":"f","arguments":{"a":1}}]'],
    ['Mistral new', '[TOOL_CALLS]f[ARGS]{"a":1}'],
    ['Mistral with an id', '[TOOL_CALLS]f[CALL_ID]abcdefghi[ARGS]{"a":1}</s>'],
    [
      'DeepSeek V3',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{"a":1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    [
      'DeepSeek V3.1',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{"a":1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    ['GLM-4.5', '<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>'],
    ['GLM-4.7', '<tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>'],
    ['gpt-oss', '<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a":1}<|call|>'],
    [
      'gpt-oss, recipient first',
      '<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{"a":1}<|call|>',
    ],
    ['gpt-oss without its start', '<|channel|>commentary to=functions.f<|message|>{"a":1}'],
    [
      'Kimi K2',
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{"a":1}<|tool_call_end|><|tool_calls_section_end|>',
    ],
    ['FunctionGemma', '<start_function_call>call:f{a:1}<end_function_call>'],
  ])('%s', (_name, text) => {
    const calls = recovered(text).map((line) => line.replace(/[ \n]/g, ''))
    expect(calls).toEqual(one)
  })
})
