import { describe, expect, it } from 'vitest'
import type { ToolDefinition } from '../contract/backend.ts'
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
  const { text: rest, calls, incomplete, doubtful } = recoverToolCalls(text, tools)
  return [
    rest,
    ...calls.map((call) => `${call.name}(${call.arguments})${call.problem ? ' !' : ''}`),
    ...(incomplete === null ? [] : [`incomplete ${incomplete}`]),
    ...doubtful.map((name) => `doubtful ${name}`),
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
    ['gpt-oss without its namespace', '<|channel|>commentary to=f <|constrain|>json<|message|>{"a":1}<|call|>'],
    ['gpt-oss without its tokens', 'commentary to=functions.f json{"a":1}'],
    ['Mistral without its tokens', 'f[ARGS]{"a":1}'],
    ['GLM without the opener of a value', '<tool_call>f<arg_key>a</arg_key>1</arg_value></tool_call>'],
    [
      'GLM with the end of a key twice',
      '<tool_call>f<arg_key>a</arg_key></arg_key><arg_value>1</arg_value></tool_call>',
    ],
    ['GLM with text after it', '<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>\n'],
    [
      'MiniMax M2',
      '<minimax:tool_call>\n<invoke name="f">\n<parameter name="a">1</parameter>\n</invoke>\n</minimax:tool_call>',
    ],
    [
      'DeepSeek V3.2',
      '<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="a" string="false">1</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    ],
    ['FunctionGemma', '<start_function_call>call:f{a:1}<end_function_call>'],
  ])('%s', (_name, text) => {
    const calls = recovered(text).map((line) => line.replace(/[ \n]/g, ''))
    expect(calls).toEqual(one)
  })
})

describe('values of Qwen XML', () => {
  const mixed = (parameter: string, value: string) => {
    const text = `<function=mixed>\n<parameter=${parameter}>\n${value}\n</parameter>\n</function>`
    return JSON.parse(recoverToolCalls(text, tools).calls[0]?.arguments ?? '{}')[parameter]
  }
  it.each<[string, string, unknown]>([
    ['text', '1', '1'],
    ['text', 'null', 'null'],
    ['text', '{"a":1}', '{"a":1}'],
    ['text', '\n a \n', '\n a \n'],
    ['count', '12', 12],
    ['count', ' -3 ', -3],
    ['count', '5.0', 5],
    ['count', '5.5', '5.5'],
    ['count', 'many', 'many'],
    ['count', '', ''],
    ['count', 'None', null],
    ['ratio', '0.5', 0.5],
    ['ratio', '1e3', 1000],
    ['ratio', 'Infinity', 'Infinity'],
    ['all', 'true', true],
    ['all', 'False', false],
    ['all', 'yes', 'yes'],
    ['list', '[1, "a"]', [1, 'a']],
    ['list', "['a', None, True]", ['a', null, true]],
    ['list', '{"a":1}', '{"a":1}'],
    ['map', '{"a": {"b": []}}', { a: { b: [] } }],
    ['map', "{'a': 'it\\'s'}", { a: "it's" }],
    ['map', '[1]', '[1]'],
    ['perhaps', 'null', null],
    ['perhaps', '7', '7'],
    ['free', '7', 7],
    ['free', 'seven', 'seven'],
    ['free', '{"a":1}', { a: 1 }],
  ])('%s: %j', (parameter, text, value) => {
    expect(mixed(parameter, text)).toEqual(value)
  })

  it('a parameter that the schema does not know is part of the value before it, unless it comes first', () => {
    const text = (first: string, second: string) =>
      `<function=f>\n<parameter=${first}>\n1\n</parameter>\n<parameter=${second}>\n2\n</parameter>\n</function>`
    expect([recovered(text('a', 'x')), recovered(text('x', 'a'))]).toEqual([
      ['', 'f({"a":"1\\n</parameter>\\n<parameter=x>\\n2"})'],
      ['', 'f({"x":1,"a":2})'],
    ])
  })

  it('a value keeps CRLF, but not the one beside its tags', () => {
    const text = '<function=write_file>\r\n<parameter=content>\r\na\r\nb\r\n</parameter>\r\n</function>'
    expect(recovered(text)).toEqual(['', 'write_file({"content":"a\\r\\nb"})'])
  })
})

describe('JSON', () => {
  it.each([
    ['two objects that both fit are two calls', '[TOOL_CALLS]f[ARGS]{"a":1}{"a":2}', ['', 'f({"a":1})', 'f({"a":2})']],
    ['two objects of which one does not fit', '[TOOL_CALLS]f[ARGS]{"a":1}{"b":2}', ['', 'f({"a":1}{"b":2}) !']],
    [
      'two calls that touch each other and do not fit',
      '{"name":"f","arguments":{"a":1}}{"name":"f","arguments":{"b":2}}',
      ['', 'f({"a":1}) !', 'f({"b":2}) !'],
    ],
    [
      'line breaks in a string',
      '<tool_call>{"name":"f","arguments":{"b":"x\ny"}}</tool_call>',
      ['', 'f({"b":"x\\ny"})'],
    ],
    [
      'large numbers keep their digits',
      '[TOOL_CALLS]f[ARGS]{"a":12345678901234567890}',
      ['', 'f({"a":12345678901234567890})'],
    ],
    ['arguments that are a list', '{"name":"f","arguments":[1]}', ['', 'f(1) !']],
    ['no arguments', '{"name":"f"}', ['', 'f({})']],
    ['a nested function', '{"type":"function","function":{"name":"f","arguments":{"a":1}}}', ['', 'f({"a":1})']],
    [
      'several, with semicolons',
      '{"name":"f","parameters":{"a":1}}; {"name":"f","parameters":{"a":2}}',
      ['', 'f({"a":1})', 'f({"a":2})'],
    ],
    ['a list of them', '[{"name":"f","arguments":{"a":1}}]', ['', 'f({"a":1})']],
  ])('%s', (_name, text, expected) => {
    expect(recovered(text)).toEqual(expected)
  })
})

describe('around calls', () => {
  const call = '<tool_call>{"name":"f","arguments":{"a":1}}</tool_call>'
  const unknown = '<tool_call>{"name":"g","arguments":{"a":1}}</tool_call>'
  it.each([
    ['words before', `Let me look.${call}`, ['Let me look.', 'f({"a":1})']],
    ['words before and after', `Now:\n${call}\n\nThen I wait.`, [`Now:\n${call}\n\nThen I wait.`, 'doubtful f']],
    ['marks after it', `Now:\n${call}\n\`\`\``, ['Now:\n\n```', 'f({"a":1})']],
    [
      'words between calls',
      `${call}\nI do not do that.\n${call}`,
      [`${call}\nI do not do that.\n`, 'f({"a":1})', 'doubtful f'],
    ],
    ['calls one after the other', `${call}\n\n${call}\n`, ['', 'f({"a":1})', 'f({"a":1})']],
    ['words around it in one line are about it', `Write ${call} and wait.`, [`Write ${call} and wait.`]],
    ['ends of turns are dropped', `${call}<|im_end|>\n</tool_call>\n`, ['', 'f({"a":1})']],
    ['an unknown tool stays in the text', `${unknown}\n${call}`, [`${unknown}\n`, 'f({"a":1})']],
    ['a fence that is over', `\`\`\`\n${call}\n\`\`\`\n${call}`, [`\`\`\`\n${call}\n\`\`\`\n`, 'f({"a":1})']],
    ['a stray backtick in the paragraph before', `a \` b\n\n${call}`, ['a ` b\n\n', 'f({"a":1})']],
    ['three backticks that are inline code', `\`\`\`x\`\`\` is it.\n${call}`, ['```x``` is it.\n', 'f({"a":1})']],
    ['a call after a call', `Now: ${call}\n${call} Then.`, [`Now: ${call}\n${call} Then.`, 'doubtful f', 'doubtful f']],
    ['inches', `a 5" disk\n${call}`, ['a 5" disk\n', 'f({"a":1})']],
    ['an apostrophe', `It's "so".\n${call}`, ['It\'s "so".\n', 'f({"a":1})']],
    ['a list', `- ${call}`, [`- ${call}`]],
    ['a numbered list', `1. Read:\n   ${call}`, [`1. Read:\n   ${call}`]],
    ['an item of a list with words', `* it holds ${call}`, [`* it holds ${call}`]],
    ['behind a list', `- [ ] read\n- [ ] mend\n\n${call}`, ['- [ ] read\n- [ ] mend\n\n', 'f({"a":1})']],
    ['a number at the start of a line', `1984 was it.\n${call}`, ['1984 was it.\n', 'f({"a":1})']],
    ['indented code', `So:\n\n    ${call}`, [`So:\n\n    ${call}`]],
    ['code that is indented by a tab', `So:\n\n\t${call}`, [`So:\n\n\t${call}`]],
    ['a little indentation', `So:\n  ${call}`, ['So:\n  ', 'f({"a":1})']],
    ['indented, and nothing else', `    ${call}`, ['    ', 'f({"a":1})']],
    ['a comment', `<!-- ${call} -->`, [`<!-- ${call} -->`]],
    ['a comment of many lines', `Seen:\n<!--\n\n${call}\n\n-->`, [`Seen:\n<!--\n\n${call}\n\n-->`]],
    ['a comment that is over', `<!-- no -->\n${call}`, ['<!-- no -->\n', 'f({"a":1})']],
    ['a comment in a line that never ends', `Use <!-- for it.\n\n${call}`, ['Use <!-- for it.\n\n', 'f({"a":1})']],
  ])('%s', (_name, text, expected) => {
    expect(recovered(text)).toEqual(expected)
  })
})

describe('a call that is cut', () => {
  it.each([
    ['Qwen XML in a value', '<function=f>\n<parameter=a>\n1'],
    ['Qwen XML after a value', '<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</tool_call>'],
    ['Hermes', '<tool_call>\n{"name": "f", "arguments": {"a'],
    ['bare JSON', '{"name": "f", "parameters": {"a": 1'],
    ['pythonic', "[f(a='x"],
    ['Mistral', '[TOOL_CALLS]f[ARGS]{"a":'],
    ['DeepSeek', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{"a"'],
    ['GLM', '<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n'],
    ['gpt-oss', '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a":'],
    ['Kimi', '<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{'],
    ['FunctionGemma', '<start_function_call>call:f{a:<escape>v'],
  ])('%s stays in the text and is told', (_name, text) => {
    expect(recovered(text)).toEqual([text, 'incomplete f'])
  })

  it('calls before it are told apart', () => {
    const half = '<tool_call>{"name":"write_file","arg'
    expect(recovered(`<tool_call>{"name":"f","arguments":{"a":1}}</tool_call>\n${half}`)).toEqual([
      `\n${half}`,
      'f({"a":1})',
      'incomplete write_file',
    ])
  })
})
