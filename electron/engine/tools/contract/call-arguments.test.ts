import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contextFor, runTool, temporaryWorkspace } from '../../../../test-support/tool-calls.ts'
import { builtinTools } from '../builtin-tools.ts'
import { readFileTool } from '../files/read-file.ts'
import { parseArguments } from './call-arguments.ts'
import { defineTool } from './define-tool.ts'
import type { Tool } from './tool.ts'
import { toolDefinitions } from './tool-definitions.ts'

const byName = (name: string): Tool => builtinTools.find((tool) => tool.name === name) ?? readFileTool

describe('the seven tools', () => {
  test('have the names and parameters that scripts rely on, in one order', () => {
    const shape = toolDefinitions(builtinTools).map(({ name, parameters }) => [
      name,
      Object.keys(z.looseObject({ properties: z.looseObject({}) }).parse(parameters).properties),
      parameters.required,
    ])
    expect(shape).toEqual([
      ['bash', ['command'], ['command']],
      ['edit_file', ['path', 'old_text', 'new_text', 'replace_all'], ['path', 'old_text', 'new_text']],
      ['glob_search', ['pattern'], ['pattern']],
      ['grep_search', ['pattern', 'path'], ['pattern']],
      ['list_dir', ['path'], ['path']],
      ['read_file', ['path', 'start_line', 'end_line'], ['path']],
      ['write_file', ['path', 'content'], ['path', 'content']],
    ])
  })

  test('cost the model few bytes, the same every time', () => {
    const body = () =>
      JSON.stringify(toolDefinitions(builtinTools).map((tool) => ({ type: 'function', function: tool })))
    expect(body()).toBe(body())
    expect(Buffer.byteLength(body())).toBeLessThanOrEqual(2600)
    expect(body()).not.toMatch(/\$schema|additionalProperties|9007199254740991/)
  })

  test('take for themselves what their definition says of integers', () => {
    expect(toolDefinitions([readFileTool])[0]?.parameters).toEqual({
      type: 'object',
      properties: {
        path: { type: 'string' },
        start_line: { type: 'integer', minimum: 1 },
        end_line: { type: 'integer', minimum: 1 },
      },
      required: ['path'],
    })
  })
})

describe('the arguments of a call', () => {
  test.each([
    ['read_file', '{"path":"a","start_line":"3","end_line":null}', { path: 'a', start_line: 3 }],
    [
      'edit_file',
      '{"path":"a","old_text":"1","new_text":"2","replace_all":"True"}',
      { path: 'a', old_text: '1', new_text: '2', replace_all: true },
    ],
    ['write_file', '{"path":"a","content":"12","mode":"x"}', { path: 'a', content: '12' }],
  ])('of %s are taken where they have one meaning only: %s', (name, json, input) => {
    expect(parseArguments(byName(name), json)).toMatchObject({ ok: true, input })
  })

  test.each([
    ['read_file', '', 'path is missing. Its parameters are: path, start_line, end_line.'],
    [
      'read_file',
      '{"place":"a"}',
      'path is missing; there is no place. Its parameters are: path, start_line, end_line.',
    ],
    ['bash', '{"command":"x","run_in_background":true}', 'there is no run_in_background'],
    ['read_file', '["a"]', 'they must be one JSON object.'],
    ['read_file', '{"path":"a","start_line":0}', 'start_line: Too small: expected number to be >=1.'],
    ['read_file', '{"path":"a","start_line":1.5}', 'start_line: Invalid input: expected int, received number'],
    ['bash', '{"command":""}', 'command: Too small: expected string to have >=1 characters'],
    ['bash', '{"command":["ls"]}', 'command: Invalid input: expected string, received array'],
    ['bash', '{"command":', 'they are not valid JSON:'],
  ])('of %s that are wrong are said in words: %s', (name, json, words) => {
    const parsed = parseArguments(byName(name), json)
    expect(parsed).toEqual({
      ok: false,
      output: expect.stringContaining(`Error: the arguments of ${name} are wrong: ${words}`),
    })
  })

  test.each([
    ['read_file', { file_path: 'a', offset: 5, limit: 3 }, { path: 'a', start_line: 5, end_line: 7 }, []],
    ['read_file', { filePath: 'a', offset: 0 }, { path: 'a', start_line: 1 }, []],
    ['read_file', { path: 'a', limit: '2' }, { path: 'a', end_line: 2 }, []],
    ['read_file', { path: 'a', pages: '1' }, { path: 'a' }, ['pages']],
    ['bash', { cmd: 'ls', description: 'Lists.' }, { command: 'ls' }, []],
    ['bash', { command: 'ls', timeout: 5 }, { command: 'ls' }, ['timeout']],
    ['edit_file', { path: 'a', old_string: '1', new_string: '2' }, { path: 'a', old_text: '1', new_text: '2' }, []],
    ['write_file', { path: 'a', file_text: 'x' }, { path: 'a', content: 'x' }, []],
    ['grep_search', { query: 'x', directory: 'src' }, { pattern: 'x', path: 'src' }, []],
    ['grep_search', { pattern: 'x', glob: '*.ts' }, { pattern: 'x' }, ['glob']],
  ])('of %s are understood under the names of other agents: %j', (name, given, input, ignored) => {
    expect(parseArguments(byName(name), JSON.stringify(given))).toEqual({ ok: true, input, ignored })
  })

  test('that two names could mean are not guessed', () => {
    expect(parseArguments(byName('read_file'), '{"file":"a","file_path":"b"}')).toMatchObject({ ok: false })
  })

  test('never throw, whatever a model writes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...builtinTools), fc.oneof(fc.json(), fc.string()), (tool, json) => {
        expect(typeof parseArguments(tool, json).ok).toBe('boolean')
      }),
    )
  })
})

describe('a foreign tool', () => {
  /** As a server describes one: JSON Schema, open, and with a parser that somebody else wrote. */
  const foreign = (parameters: Record<string, unknown>): Tool => ({
    name: 'lookup',
    description: 'Looks up.',
    parameters,
    parse: (given) => {
      const parsed = z.fromJSONSchema(parameters).safeParse(given)
      return parsed.success ? { ok: true, input: parsed.data } : { ok: false, problems: ['it does not fit'] }
    },
    access: 'unknown',
    kind: 'other',
    describe: () => ({ verb: 'Use', target: 'lookup' }),
    prepare: () => Promise.reject(new Error('not here')),
  })

  test('is told of with its own schema, untouched', () => {
    const parameters = { $schema: 'x', type: 'object', properties: { minLength: { type: 'string', minLength: 2 } } }
    expect(toolDefinitions([foreign(parameters)])).toEqual([{ name: 'lookup', description: 'Looks up.', parameters }])
  })

  test('keeps a null that its schema knows, and what an open schema takes beside its names', () => {
    const properties = {
      since: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      count: { type: ['integer', 'null'] },
      limit: { type: 'integer' },
    }
    const tool = foreign({ type: 'object', properties, required: ['since', 'count'] })
    expect(parseArguments(tool, '{"since":null,"count":null,"limit":"5","more":1,"run_in_background":true}')).toEqual({
      ok: true,
      input: { since: null, count: null, limit: 5, more: 1, run_in_background: true },
      ignored: [],
    })
  })

  test('says in words what does not fit', () => {
    const tool = foreign({ type: 'object', properties: { limit: { type: 'integer' } }, required: ['limit'] })
    expect(parseArguments(tool, '{"limit":"many"}')).toEqual({
      ok: false,
      output: 'Error: the arguments of lookup are wrong: it does not fit. Its parameters are: limit.',
    })
  })
})

describe('a run', () => {
  const failing = (error: unknown) =>
    defineTool({
      name: 'failing',
      description: '',
      input: z.object({ path: z.string() }),
      access: 'read',
      kind: 'other',
      describe: () => ({ verb: 'Fail', target: '' }),
      run: () => Promise.reject(error),
    })
  const systemError = (code: string) => Object.assign(new Error(`${code}: raw`), { code })

  test.each([
    ['ENOENT', 'Error: x does not exist. Look with list_dir or glob_search.'],
    ['EACCES', 'Error: The system does not allow it: no permission for x.'],
    ['ENOSPC', 'Error: The disk is full; nothing was changed. Tell the user.'],
    ['EROFS', 'Error: x is on a read-only disk.'],
    ['EISDIR', 'Error: x is a folder, not a file. Use list_dir.'],
    ['EWEIRD', 'Error: failing failed unexpectedly: EWEIRD: raw'],
  ])('that meets %s says it in words', async (code, output) => {
    const result = await runTool(failing(systemError(code)), { path: 'x' }, contextFor(await temporaryWorkspace()))
    expect([result.ok, result.output]).toEqual([false, output])
  })

  test('that is aborted rejects with the reason, also when the tool failed of it', async () => {
    const abort = new AbortController()
    const tool: Tool = {
      ...failing(null),
      prepare: () => {
        abort.abort(new Error('stopped by the user'))
        return Promise.reject(new Error('killed'))
      },
    }
    const context = contextFor(await temporaryWorkspace(), { signal: abort.signal })
    await expect(runTool(tool, {}, context)).rejects.toThrow('stopped by the user')
    await expect(runTool(tool, {}, context)).rejects.toThrow('stopped by the user')
  })
})
