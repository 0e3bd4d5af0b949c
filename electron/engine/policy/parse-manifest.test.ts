import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseManifest } from './parse-manifest.ts'

const nothing = {
  trusted: null,
  permissions: {},
  unknownSettings: [],
  safeEnv: [],
  denyTools: [],
  denyToolPrefixes: [],
  beforePrompt: [],
  afterTurn: [],
  beforeTool: {},
  afterTool: {},
  limits: {},
  delegatedTasks: null,
  verify: [],
}

/** Every key, in the way that the published format writes it. */
const whole = {
  trusted: true,
  managedSettings: { permissions: { write: 'deny', sandbox: true }, reviewMode: 'strict' },
  safeEnv: ['DATABASE_URL'],
  denyTools: ['Bash'],
  denyToolPrefixes: ['Web_'],
  hooks: {
    beforePrompt: ['Answer in French.'],
    afterTurn: ' Run the release list. ',
    beforeTool: { Bash: ['Say why.'], '*': ['Be careful.', ''] },
    afterTool: { edit_file: 'Format it.' },
  },
  budget: {
    maxTotalTokens: 1,
    maxInputTokens: 2,
    maxOutputTokens: 3,
    maxReasoningTokens: 4,
    maxTotalCostUsd: 0.5,
    maxToolCalls: 6,
    maxDelegatedTasks: 7,
    maxModelCalls: 8,
    maxSessionTurns: 0,
  },
  verify: ['npm test', ' npm run lint '],
}
const read = {
  trusted: true,
  permissions: { write: 'deny', sandbox: true },
  unknownSettings: ['reviewMode'],
  safeEnv: ['DATABASE_URL'],
  denyTools: ['bash'],
  denyToolPrefixes: ['web_'],
  beforePrompt: ['Answer in French.'],
  afterTurn: ['Run the release list.'],
  beforeTool: { bash: ['Say why.'], '*': ['Be careful.'] },
  afterTool: { edit_file: ['Format it.'] },
  limits: {
    totalTokens: 1,
    inputTokens: 2,
    outputTokens: 3,
    reasoningTokens: 4,
    costUsd: 500_000,
    toolCalls: 6,
    modelCalls: 8,
    turns: 0,
  },
  delegatedTasks: 7,
  verify: ['npm test', 'npm run lint'],
}

function snakeCased(value: unknown, path: readonly string[] = []): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const toolNames = /Tool$/.test(path.at(-1) ?? '')
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      toolNames ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner, [...path, key]),
    ]),
  )
}

describe('a whole manifest', () => {
  test.each([
    ['with nothing in it', '{}', nothing],
    ['in camelCase', JSON.stringify(whole), read],
    ['in snake_case', JSON.stringify(snakeCased(whole)), read],
    ['that says it is not to be trusted', '{"trusted": false}\n', { ...nothing, trusted: false }],
    [
      'with names that objects have anyway',
      '{"hooks":{"beforeTool":{"__proto__":"a","constructor":"b"}}}',
      expect.anything(),
    ],
  ])('%s', (_what, text, manifest) => {
    expect(parseManifest(text)).toEqual({ kind: 'whole', manifest })
  })
})

describe('a broken manifest says where and why', () => {
  test.each([
    ['', 1, 'is not valid JSON: value expected'],
    ['{\n  "denyTools": ["bash"]\n  "trusted": true\n}', 3, 'is not valid JSON: comma expected'],
    ['{\n  "denyTools": ["bash"],\n}', 3, 'is not valid JSON: property name expected'],
    ['{\n  // why\n}', 2, 'is not valid JSON: invalid comment token'],
    ['{"denyTools": ["bash"]', 1, 'is not valid JSON: close brace expected'],
    ['{} {}', 1, 'is not valid JSON: end of file expected'],
    ['[]', 1, 'is wrong: it must be an object'],
    ['null', 1, 'is wrong: it must be an object'],
    ['{\n  "denyTool": ["bash"]\n}', 2, 'has a key that is not known: denyTool'],
    ['{\n\n  "hooks": { "onStart": "x" }\n}', 3, 'has a key that is not known: hooks.onStart'],
    ['{"budget": {\n"max_wall_time": 3}}', 2, 'has a key that is not known: budget.maxWallTime'],
    [
      '{"managedSettings": {"permissions":\n {"read": "deny"}}}',
      2,
      'has a key that is not known: managedSettings.permissions.read',
    ],
    ['{\n "deny_tools": ["bash"],\n "denyTools": []\n}', 3, 'says denyTools twice'],
    ['{"hooks": {"beforeTool": {"bash": "a",\n "Bash": "b"}}}', 2, 'says Bash twice'],
    ['{"denyTools": "bash"}', 1, 'is wrong: denyTools must be a list of names of tools'],
    ['{"denyTools": [\n"bash",\n"Bash(rm *)"]}', 3, 'is wrong: denyTools.1 must be the name of a tool'],
    ['{"denyToolPrefixes": [\n""]}', 2, 'is wrong: denyToolPrefixes.0 must be the name of a tool'],
    ['{"denyTools": [null]}', 1, 'is wrong: denyTools.0 must be the name of a tool'],
    ['{"safeEnv": ["A=1"]}', 1, 'is wrong: safeEnv.0 must be the name of a variable, without a value'],
    ['{\n"safe_env": {"A": "1"}}', 2, 'is wrong: safeEnv must be a list of names of environment variables'],
    ['{"trusted": "yes"}', 1, 'is wrong: trusted must be true or false'],
    [
      '{"hooks": {\n"beforePrompt":\n 5}}',
      2,
      'is wrong: hooks.beforePrompt must be a text or a list of at most 200 texts',
    ],
    [
      '{"hooks": {"beforeTool": "x"}}',
      1,
      'is wrong: hooks.beforeTool must be an object that gives texts by the name of a tool',
    ],
    ['{"budget": {"maxToolCalls": 1.5}}', 1, 'is wrong: budget.maxToolCalls must be a whole number from 0 on'],
    ['{"budget": {"maxToolCalls": -1}}', 1, 'is wrong: budget.maxToolCalls must be a whole number from 0 on'],
    ['{"budget": {"maxToolCalls": null}}', 1, 'is wrong: budget.maxToolCalls must be a whole number from 0 on'],
    ['{"budget": {"maxTotalCostUsd": "1"}}', 1, 'is wrong: budget.maxTotalCostUsd must be a number of US dollars'],
    [
      '{"managedSettings": {"permissions": {"write": true}}}',
      1,
      'is wrong: managedSettings.permissions.write must be "allow", "ask" or "deny"',
    ],
    [JSON.stringify({ denyTools: Array(201).fill('a') }), 1, 'is wrong: denyTools must have at most 200 entries'],
    ['{"a\u202eb": 1}', 1, 'has a key that is not known: a<U+202E>b'],
    [JSON.stringify({ ['x'.repeat(60_000)]: 1 }), 1, `has a key that is not known: ${'x'.repeat(79)}…`],
    [`${'['.repeat(30_000)}`, null, 'is nested too deeply'],
    [`{"hooks":${'{"a":'.repeat(5000)}`, null, 'is nested too deeply'],
  ])('%j', (text, line, reason) => {
    expect(parseManifest(text)).toEqual({ kind: 'broken', problem: { line, reason } })
  })

  test('whatever bytes it holds, and never with its content', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const result = parseManifest(text)
        expect('manifest' in result || result.problem.reason !== '').toBe(true)
      }),
    )
    expect(parseManifest('root:x:0:0:secret\n')).toEqual({
      kind: 'broken',
      problem: { line: 1, reason: 'is not valid JSON: invalid symbol' },
    })
  })
})
