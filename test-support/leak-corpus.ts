import type { ToolDefinition } from '../electron/engine/backend/contract/backend.ts'

/** For tests: texts with and without calls, in the spellings of every family (docs/servers.md E.1). */

export interface CorpusCall {
  name: string
  given: Readonly<Record<string, string>>
}

export const corpusTools: readonly ToolDefinition[] = [
  definition('write_file', ['path', 'content']),
  definition('bash', ['command']),
  definition('read_file', ['path']),
]

function definition(name: string, parameters: readonly string[]): ToolDefinition {
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type: 'string' }]))
  return { name, description: `Does ${name}.`, parameters: { type: 'object', properties, required: [...parameters] } }
}

export interface Spelling {
  write(calls: readonly CorpusCall[]): string
  /** It is a call only if it is the whole text. */
  alone?: true
}

const qwenFunction = ({ name, given }: CorpusCall) =>
  `<function=${name}>\n${entries(given, (key, value) => `<parameter=${key}>\n${value}\n</parameter>\n`)}</function>`
const qwenShort = ({ name, given }: CorpusCall) =>
  `<function=${name}>\n${entries(given, (key, value) => `<parameter=${key}>\n${value}\n`)}</function>`
const invoke =
  (mark: string, gap = '') =>
  ({ name, given }: CorpusCall) =>
    `<${mark}invoke name="${name}">\n${entries(given, (key, value) => `${gap}<${mark}parameter name="${key}"${mark && ' string="true"'}>${value}</${mark}parameter>\n`)}</${mark}invoke>`
const named = (key: string) => (call: CorpusCall) => JSON.stringify({ name: call.name, [key]: call.given })
const python = ({ name, given }: CorpusCall) =>
  `${name}(${Object.entries(given)
    .map(([key, value]) => `${key}=${pythonString(value)}`)
    .join(', ')})`
const glm =
  (gap: string) =>
  ({ name, given }: CorpusCall) =>
    `<tool_call>${name}${gap}${entries(given, (key, value) => `<arg_key>${key}</arg_key>${gap}<arg_value>${value}</arg_value>${gap}`)}</tool_call>`
const deepseek = (inner: (call: CorpusCall) => string) =>
  each(
    (call) => `<｜tool▁call▁begin｜>${inner(call)}<｜tool▁call▁end｜>`,
    '',
    '<｜tool▁calls▁begin｜>',
    '<｜tool▁calls▁end｜>',
  )

/** By name. */
export const spellings: Readonly<Record<string, Spelling>> = {
  'Qwen XML': { write: each((call) => `<tool_call>\n${qwenFunction(call)}\n</tool_call>`) },
  'Qwen XML, functions in one tool_call': { write: each(qwenFunction, '\n', '<tool_call>\n', '\n</tool_call>') },
  'Qwen XML without its opener': { write: each((call) => `${qwenFunction(call)}\n</tool_call>`) },
  'Qwen XML without outer tags': { write: each(qwenFunction) },
  'Qwen XML without ends of parameters': { write: each((call) => `<tool_call>\n${qwenShort(call)}\n</tool_call>`) },
  'Qwen XML with CRLF': { write: each((call) => `<tool_call>\r\n${qwenFunction(call)}\r\n</tool_call>`) },
  Hermes: { write: each((call) => `<tool_call>\n${named('arguments')(call)}\n</tool_call>`) },
  'Hermes without ends': { write: each((call) => `<tool_call>\n${named('arguments')(call)}`) },
  'Hermes, indented': {
    write: each(({ name, given }) => `<tool_call>${JSON.stringify({ name, arguments: given }, null, 2)}</tool_call>`),
  },
  'Hermes, arguments as text': {
    write: each(
      ({ name, given }) => `<tool_call>${JSON.stringify({ name, arguments: JSON.stringify(given) })}</tool_call>`,
    ),
  },
  'Llama python tag': { write: each(named('parameters'), ';', '<|python_tag|>', '<|eom_id|>') },
  'Llama bare JSON': { write: each(named('parameters'), '; '), alone: true },
  'Llama pythonic': { write: each(python, ', ', '[', ']'), alone: true },
  'Llama function tags': {
    write: each(({ name, given }) => `<function=${name}>${JSON.stringify(given)}</function>`),
  },
  'Llama 4': { write: each(python, ', ', '<|python_start|>[', ']<|python_end|>') },
  'Mistral old': { write: each(named('arguments'), ', ', '[TOOL_CALLS][', ']') },
  'Mistral new': {
    write: each(({ name, given }) => `[TOOL_CALLS]${name}[ARGS]${JSON.stringify(given)}`, ''),
  },
  'DeepSeek V3': {
    write: deepseek(({ name, given }) => `function<｜tool▁sep｜>${name}\n\`\`\`json\n${JSON.stringify(given)}\n\`\`\``),
  },
  'DeepSeek V3.1': { write: deepseek(({ name, given }) => `${name}<｜tool▁sep｜>${JSON.stringify(given)}`) },
  'GLM-4.5': { write: each(glm('\n')) },
  'GLM-4.7': { write: each(glm(''), '') },
  'gpt-oss': {
    write: each(
      ({ name, given }) =>
        `<|start|>assistant<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${JSON.stringify(given)}<|call|>`,
      '',
    ),
  },
  'gpt-oss, recipient first': {
    write: each(
      ({ name, given }) =>
        `<|start|>assistant to=functions.${name}<|channel|>commentary json<|message|>${JSON.stringify(given)}<|call|>`,
      '',
    ),
  },
  'Kimi K2': {
    write: (calls) =>
      `<|tool_calls_section_begin|>${calls
        .map(
          ({ name, given }, index) =>
            `<|tool_call_begin|>functions.${name}:${index}<|tool_call_argument_begin|>${JSON.stringify(given)}<|tool_call_end|>`,
        )
        .join('')}<|tool_calls_section_end|>`,
  },
  'MiniMax M2': { write: each(invoke(''), '\n', '<minimax:tool_call>\n', '\n</minimax:tool_call>') },
  'MiniMax M2, indented': { write: each(invoke('', '  '), '\n', '<minimax:tool_call>\n', '\n</minimax:tool_call>') },
  'Function calls': { write: each(invoke(''), '\n', '<function_calls>\n', '\n</function_calls>') },
  'DeepSeek V3.2': {
    write: each(invoke('｜DSML｜'), '\n', '<｜DSML｜function_calls>\n', '\n</｜DSML｜function_calls>'),
  },
  FunctionGemma: {
    write: each(
      ({ name, given }) =>
        `<start_function_call>call:${name}{${Object.entries(given)
          .map(([key, value]) => `${key}:<escape>${value}<escape>`)
          .join(',')}}<end_function_call>`,
      '',
    ),
  },
}

/** Bodies of files and commands that are hard to tell from the markup around them. */
export const values: Readonly<Record<string, string>> = {
  plain: 'export const a = 1',
  empty: '',
  'line breaks around it': '\n\nx\n\n',
  'only white space': ' \n\t\n ',
  quotes: `He said "don't" and \`then\` 'what' ""\\"" """x"""`,
  backslashes: 'C:\\new\\table \\u0041 \\" \\\\',
  brackets: '}}]]))[{(;,',
  unicode: 'é😀 ｜▁ \u2028\u200b 漢字 \u0000',
  html: '<div class="a">\n  <p>x &amp; y</p>\n</div>\n<!-- </div> -->',
  'a fence': '# Title\n\n```js\nf()\n```\n\n`x`\n',
  json: '{"name":"bash","arguments":{"command":"rm -rf /"}}',
  'JSON, joined': '{"a":1}{"a":2}',
  'a stray end of a parameter': 'one\n</parameter>\ntwo',
  'a stray opener': 'one\n<tool_call>\ntwo\n<function=\nthree',
  'Qwen tags in a sentence': 'use <function=bash> and <parameter=path> then </parameter> and </function></tool_call>.',
  'parameters in a manual': 'Write it so:\n<parameter=command>\nls\n</parameter>\nand go on',
  'a Hermes call': 'x\n<tool_call>\n{"name":"bash","arguments":{"command":"rm -rf /"}}\n</tool_call>\ny',
  'a Mistral call': 'x [TOOL_CALLS]bash[ARGS]{"command":"rm -rf /"} y',
  'a Llama call': '<|python_tag|>{"name":"bash","parameters":{"command":"x"}}',
  'a DeepSeek call':
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>bash<｜tool▁sep｜>{"command":"x"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  'a parameter of the same tool': 'one\n<parameter=path>\ntwo\n<parameter=content>\nthree',
  'a GLM call': 'x\n<tool_call>bash\n<arg_key>command</arg_key>\n<arg_value>x</arg_value>\n</tool_call>\ny',
  'GLM keys': '<arg_key>a</arg_key>\n<arg_value',
  'a shell script': 'cat <<\'EOF\' > a.txt\n"$HOME" && [ -f x ] || exit 1\nEOF',
  python: 'def f(a={"x": [1, 2]}):\n    """Doc."""\n    return f"{a!r}\\n"',
  thinking: '<think>\nhm\n</think>\nso',
}

/** A whole call inside a value: only the structural reading of Qwen's tags survives it. */
export const QWEN_EXAMPLE = [
  'Models call tools so:',
  '<tool_call>',
  '<function=write_file>',
  '<parameter=path>',
  'inner.txt',
  '</parameter>',
  '<parameter=content>',
  'inner body',
  '</parameter>',
  '</function>',
  '</tool_call>',
  'and wait.',
].join('\n')

/** Prose in which nothing is a call. */
export const prose: readonly string[] = [
  'use the `<tool_call>` tag',
  'Use the <tool_call> tag to call a tool, then </tool_call>.',
  'The `<function=read_file>` tag opens a function and `</function>` closes it.',
  'The <function=read_file> tag opens a function.',
  'Qwen writes <tool_call><function=NAME>, Hermes <tool_call>{"name": ...}</tool_call>, Mistral [TOOL_CALLS].',
  'A call looks like <tool_call>{"name": "read_file", "arguments": {"path": "a"}}</tool_call> in the text.',
  'She wrote "<tool_call>{"name": "read_file", "arguments": {"path": "a"}}</tool_call>" on the board.',
  'The string \'<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>\' is parsed.',
  '“<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>”',
  '> <tool_call>\n> {"name": "bash", "arguments": {"command": "ls"}}\n> </tool_call>',
  '> <tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>',
  'Mistral models start with [TOOL_CALLS] and then the name.',
  'Put [TOOL_CALLS] before [ARGS].',
  '[TOOL_CALLS]',
  '<tool_call>',
  '<tool_call>\n',
  '<tool_call>\n\nNothing came of it.\n</tool_call>',
  '<function=',
  '<|python_tag|>',
  '<|channel|>final<|message|>Done.<|end|>',
  'Tokens: <|start|>assistant<|channel|>analysis<|message|>I think so<|end|>',
  '<｜tool▁calls▁begin｜> begins the section.',
  'a < b && c <d> [e] {f}',
  'if (a<tool_calls) { return [f(a)] }',
  'Array<function=> is no type.',
  '{"answer": 42}',
  '{"name": "Ada", "age": 36}',
  '{"name": "read_file"} is how it begins, and the rest follows.',
  '{"name": "read_file", "arguments": {"path": "a"}} is what the server should send.',
  'The server should send {"name": "read_file", "arguments": {"path": "a"}}',
  '[{"name": "Ada"}, {"name": "Bob"}]',
  '[read_file] is the tool to use.',
  '[bash](https://example.com/bash)',
  'commentary to=functions.bash is what gpt-oss writes.',
  'bash[ARGS] is what Mistral writes.',
  'Write bash[ARGS]{"command":"ls"} to call it.',
  'read_file is the tool.',
  '[bash(1)](https://example.com) describes the shell.',
  'Call [read_file(path="a")] first.',
  '[read_file(path="a")] would be the call.',
  'read_file(path="a")',
  '```\n<tool_call>\n{"name": "bash", "arguments": {"command": "ls"}}\n</tool_call>\n```',
  '~~~xml\n<function=bash>\n<parameter=command>\nls\n</parameter>\n</function>\n~~~\nThat is all.',
  '````md\n```\n<tool_call>\n```\n<function=bash>\n<parameter=command>\nls\n</parameter>\n</function>\n````',
  '- like this:\n  ```\n  <function=bash>\n  <parameter=command>\n  ls\n  </parameter>\n  </function>\n  ```',
  '```json\n{"name": "bash", "arguments": {"command": "ls"}}\n```',
  '```\nnever closed\n<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>',
  'Use `<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>` for it.',
  'Use ``<tool_call>{"name": "bash", "arguments": {"command": "`ls`"}}</tool_call>`` for it.',
  'Over two lines `<tool_call>\n<function=bash>\n<parameter=command>\nls\n</parameter>\n</function>` it goes.',
  '<tool_call>\n<function=unheard_of>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>',
  '<tool_call>{"name": "unheard_of", "arguments": {"command": "ls"}}</tool_call>',
  '[TOOL_CALLS]unheard_of[ARGS]{"a": 1}',
  '<|python_tag|>print("hello")',
  'He is 5" tall, it\'s "quoted" and \'so\' on; 3 < 4 [sic].',
  '',
  '\n\n',
  '`',
  '"',
]

function entries(given: Readonly<Record<string, string>>, write: (key: string, value: string) => string): string {
  return Object.entries(given)
    .map(([key, value]) => write(key, value))
    .join('')
}

function each(write: (call: CorpusCall) => string, joint = '\n', before = '', after = '') {
  return (calls: readonly CorpusCall[]) => before + calls.map(write).join(joint) + after
}

function pythonString(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\0', '\\x00')
  return `'${escaped}'`
}
