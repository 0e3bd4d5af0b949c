import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chunk, gate, httpError, raw, text, toolCall, toolCalls, usage } from '../../test-support/scripted-backend.ts'
import { journalHolds } from './support/journal.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const anyNumber = expect.any(Number)
const read = toolCall('read_file', { path: 'a.txt' }, { id: 'c1', text: 'I look.' })
const write = toolCall('write_file', { path: 'new.txt', content: 'made\n' }, { id: 'c1' })

async function worldWithFile(...script: Parameters<typeof createWorld>): Promise<World> {
  const world = await createWorld(...script)
  await writeFile(join(world.work, 'a.txt'), 'alpha\n')
  return world
}

describe('a run', () => {
  test('puts the answer on stdout and everything else on stderr', async () => {
    const world = await worldWithFile(read, text('It says alpha.', { usage: usage(1200, 7) }))
    expect(await world.run(['agent', 'What', 'is', 'in a.txt?'])).toEqual({
      code: 0,
      out: 'I look.\nIt says alpha.\n',
      side: '✓ Read a.txt (line 1)\nEnvironment, scripted: 1,210 in, 12 out, cost not known\n',
    })
    const asked = world.backend.chatRequests().at(0)?.messages.at(-1)?.content
    expect(asked).toMatch(/What is in a\.txt\?$/)
  })

  test('with --json is one object a line, the last of which says how it ended', async () => {
    const world = await worldWithFile(
      read,
      text('Alpha.', { reasoning: 'Hm.', usage: usage(20, 6, { prompt_tokens_details: { cached_tokens: 10 } }) }),
    )
    const { code, out, side } = await world.run(['agent', '--json', 'Look.'])
    const lines = jsonLines(out)
    const stamp = { seq: anyNumber, at: anyNumber }
    const cost = { reasoningTokens: null, costMicroUsd: null, source: 'reported' }
    const id = expect.stringMatching(/^[0-9a-z]{10}$/)
    expect({ code, side, lines }).toEqual({
      code: 0,
      side: '',
      lines: [
        {
          type: 'run-start',
          ...stamp,
          sessionId: id,
          runId: id,
          profile: 'environment',
          model: 'scripted',
          cwd: world.work,
        },
        { type: 'text-delta', ...stamp, text: 'I look.' },
        { type: 'usage', ...stamp, inputTokens: 10, outputTokens: 5, cachedInputTokens: null, ...cost },
        {
          type: 'tool-start',
          ...stamp,
          callId: 'c1',
          name: 'read_file',
          arguments: '{"path":"a.txt"}',
          recovered: false,
        },
        { type: 'tool-end', ...stamp, callId: 'c1', ok: true, output: expect.stringContaining('alpha') },
        { type: 'reasoning-delta', ...stamp, text: 'Hm.' },
        { type: 'text-delta', ...stamp, text: 'Alpha.' },
        { type: 'usage', ...stamp, inputTokens: 20, outputTokens: 6, cachedInputTokens: 10, ...cost },
        {
          type: 'run-end',
          ...stamp,
          reason: 'completed',
          exitCode: 0,
          finalText: 'Alpha.',
          turns: 2,
          modelCalls: 2,
          toolCalls: 1,
          usage: { inputTokens: 30, outputTokens: 11, cachedInputTokens: 10, ...cost },
          verify: null,
          budget: null,
          failure: null,
        },
      ],
    })
    const numbers = lines.map(({ seq }) => seq as number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  })

  test('passes its flags on to the server', async () => {
    const world = await createWorld(text('{"n":1}'))
    await writeFile(join(world.work, 'schema.json'), '{"type":"object"}')
    await world.run([
      'agent',
      ...['--no-stream', '--temperature', '0.5', '--model', 'other', '--max-output-tokens', '50'],
      ...['--response-schema-file', 'schema.json', '--system-prompt=- Be short.', '--append-system-prompt', 'Be kind.'],
      'Hi',
    ])
    const [request] = world.backend.chatRequests()
    expect(request?.body).toMatchObject({ model: 'other', temperature: 0.5, response_format: { type: 'json_schema' } })
    expect([request?.body.stream ?? false, request?.messages[0]]).toEqual([
      false,
      { role: 'system', content: '- Be short.\n\nBe kind.' },
    ])
  })

  test.each([
    ['{"name": "a"}', { code: 0, reason: 'completed', finalText: '{"name": "a"}', failure: null }],
    ['Again: none', { code: 1, reason: 'failed', failure: expect.objectContaining({ code: 'protocol' }) }],
  ])('asks once more for an answer that does not follow its schema: then %s', async (second, end) => {
    const world = await createWorld(text('Here it is: {"name": 1}'), text(second))
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    await writeFile(join(world.work, 'schema.json'), JSON.stringify(schema))
    const { code, out } = await world.run(['agent', 'Name it.', '--response-schema-file', 'schema.json', '--json'])
    expect({ code, ...jsonLines(out).at(-1) }).toMatchObject(end)
    const told = world.backend.chatRequests()[1]?.messages.at(-1)
    expect(told).toMatchObject({ role: 'user', content: expect.stringContaining('it is not JSON alone') })
  })

  test('works in the folder of --cwd, and reads in that of --add-dir', async () => {
    const world = await worldWithFile(
      toolCall('read_file', { path: '../a.txt' }),
      text('Done.'),
      toolCall('read_file', { path: '../a.txt' }),
      text('Done.'),
    )
    await mkdir(join(world.work, 'inner'))
    const outputs = []
    for (const more of [[], ['--add-dir', '.']]) {
      const { out } = await world.run(['agent', '--json', '--cwd', 'inner', ...more, 'Read.'])
      outputs.push(jsonLines(out).find(({ type }) => type === 'tool-end')?.ok)
    }
    expect(outputs).toEqual([false, true])
  })
})

describe('the prompt', () => {
  test.each([
    ['what is piped in follows it', ['agent', 'Review this.'], 'diff --git\n', 'Review this.\n\ndiff --git'],
    ['may be all of what is piped in', ['agent'], 'Say hello.\n', 'Say hello.'],
    ['- stands for what is piped in', ['agent', '-'], 'Say hello.\n', 'Say hello.'],
    ['may begin with dashes after --', ['agent', '--', '--why?'], '', '--why?'],
  ])('%s', async (_what, args, input, prompt) => {
    const world = await createWorld(text('Done.'))
    const { code } = await world.run(args, { input: { text: input } })
    const asked = String(world.backend.chatRequests().at(0)?.messages.at(-1)?.content)
    expect([code, asked.slice(asked.lastIndexOf('</context>') + 10).trim()]).toEqual([0, prompt])
  })

  test('does not wait for an input that stays open and silent', async () => {
    const world = await createWorld(text('Done.'))
    expect((await world.run(['agent', 'Hi'], { input: 'open' })).code).toBe(0)
  })
})

describe('the exit code', () => {
  const key = httpError(401, 'Incorrect API key provided')
  test.each([
    ['1 for a failure', [key], [], 1, { reason: 'failed', failure: { code: 'auth' } }],
    [
      '3 for a limit',
      [read, text('No.')],
      ['--max-turns', '1'],
      3,
      { reason: 'budget', budget: { limit: 'turns', allowed: 1, used: 1 }, failure: null },
    ],
    [
      '3 for tool calls',
      [
        toolCalls([
          ['read_file', { path: 'a.txt' }],
          ['list_dir', { path: '.' }],
        ]),
        text('No.'),
      ],
      ['--max-tool-calls', '1'],
      3,
      { budget: { limit: 'toolCalls', allowed: 1, used: 1 }, toolCalls: 1 },
    ],
    [
      '3 for money',
      [read, text('No.', { usage: usage(1_000_000, 1) })],
      ['--max-budget-usd', '0.5', '--input-cost-per-million', '1', '--output-cost-per-million', '1'],
      3,
      { budget: { limit: 'costUsd', allowed: 0.5, used: 1.000016 }, usage: { costMicroUsd: 1_000_016 } },
    ],
    [
      '3 for time',
      [text('one two', { chunks: 2, gate: gate().opened })],
      ['--max-wall-time', '400ms'],
      3,
      { budget: { limit: 'wallTime', allowed: 400 } },
    ],
    [
      '4 for an approval that nobody can give',
      [write, text('No.')],
      [],
      4,
      { reason: 'needs-approval', failure: { message: expect.stringContaining('--allow-write') } },
    ],
    [
      '4 for a command too',
      [toolCall('bash', { command: 'ls' }), text('No.')],
      ['--allow-write'],
      4,
      { reason: 'needs-approval', failure: { message: expect.stringContaining('--allow-shell') } },
    ],
  ])('is %s', async (_what, script, flags, exitCode, end) => {
    const world = await worldWithFile(...script)
    const { code, out } = await world.run(['agent', '--json', ...flags, 'Do it.'])
    expect([code, jsonLines(out).at(-1)]).toMatchObject([exitCode, { type: 'run-end', exitCode, ...end }])
  })

  test('is 5 where nothing answers, with a last line also where no run could begin', async () => {
    const world = await createWorld()
    const gone = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }
    const results = [
      await world.run(['agent', '--json', 'Hi'], { env: gone }),
      await world.run(['agent', '--json', 'Hi'], { env: { ...gone, OPENAI_MODEL: undefined } }),
      await world.run(['agent', '--json', 'Hi'], { env: { OPENAI_BASE_URL: undefined, OPENAI_MODEL: undefined } }),
    ]
    const end = { type: 'run-end', exitCode: 5, reason: 'failed', failure: { code: 'unreachable' } }
    expect(results.map(({ code, out }) => [code, jsonLines(out).at(-1)])).toMatchObject([
      [5, end],
      [5, end],
      [5, end],
    ])
  })

  test.each([
    [['agnt'], 'There is no command "agnt"; perhaps agent was meant.'],
    [['chat'], 'perhaps agent-chat was meant'],
    [['agent'], 'A prompt is missing.'],
    [['agent', '--modle', 'x', 'Hi'], 'There is no flag --modle; perhaps --model was meant.'],
    [['agent', 'Hi', '--model'], '--model needs a value: --model <model>.'],
    [['agent', 'Hi', '--profile', '--json'], '--profile needs a value'],
    [['agent', 'Hi', '--max-turns', 'many'], '--max-turns needs a whole number, not "many".'],
    [['agent', 'Hi', '--max-wall-time', '0'], '--max-wall-time needs a time such as 90s, 5m or 1h, not "0".'],
    [['agent', 'Hi', '--base-url', 'localhost'], '--base-url needs a web address'],
    [['agent', 'Hi', '--json=yes'], '--json takes no value.'],
    [['agent', 'Hi', '--response-schema-file', 'gone.json'], 'gone.json does not exist.'],
    [['agent', 'Hi', '--cwd', 'gone'], 'does not exist'],
    [['agent', 'Hi', '--profile', 'gone'], 'There is no profile "gone".'],
    [['agent-resume', 'zzzz', 'Hi'], 'No session starts with "zzzz".'],
    [['agent-resume'], 'agent-resume needs the id of a session'],
    [['agent-resume', 'zzzz', 'Hi', '--folder', '.'], 'There is no flag --folder'],
  ])('is 2 for %j, and says what is wrong', async (args, words) => {
    const world = await createWorld()
    const { code, out, side } = await world.run(args)
    expect({ code, out, said: side.includes(words) ? words : side }).toEqual({ code: 2, out: '', said: words })
  })
})

describe('permissions', () => {
  test('without a flag nothing is written', async () => {
    const world = await createWorld(write, text('No.'))
    const { code, side } = await world.run(['agent', 'Make it.'])
    expect([code, await readdir(world.work)]).toEqual([4, []])
    expect(side).toContain('Run it again with --allow-write')
  })

  test('--allow-write writes, --allow-shell runs', async () => {
    const world = await createWorld(write, toolCall('bash', { command: 'cat new.txt' }), text('Done.'))
    const { code, side } = await world.run(['agent', '--allow-write', '--allow-shell', 'Make it.'])
    expect([code, await readFile(join(world.work, 'new.txt'), 'utf8')]).toEqual([0, 'made\n'])
    expect(side).toMatch(/^✓ Write new\.txt .*\n {5}1 \+ made\n✓ Run cat new\.txt .*\n {2}│ made\n/)
  })
})

describe('an interrupt', () => {
  test('stops the turn, tells the server, and the journal has its end', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }))
    const { child, out, exit } = world.start(['agent', '--json', 'Count.'])
    await out.seen('"one "')
    child.kill('SIGINT')
    const request = await world.backend.chatRequest(0)
    await request.closed
    const code = await exit
    const end = jsonLines(out.text).at(-1)
    expect([code, end]).toMatchObject([130, { type: 'run-end', reason: 'aborted', exitCode: 130, finalText: 'one ' }])
    const list = JSON.parse((await world.run(['sessions', '--json'])).out)
    expect(list).toMatchObject([{ state: 'stopped', title: 'Count.' }])
  })

  test('a reader that goes away ends the run', async () => {
    const more = gate()
    const world = await createWorld(
      raw([chunk({ content: 'one ' }), more.opened, chunk({ content: 'two ' })], { end: 'hold' }),
    )
    const { child, out, exit } = world.start(['agent', 'Count.'])
    await out.seen('one ')
    child.stdout?.destroy()
    more.open()
    await (await world.backend.chatRequest(0)).closed
    expect(await exit).toBe(130)
  })

  test('a session whose backend is gone goes to another one only where a person names it', async () => {
    const world = await createWorld(text('One.'), text('Two.'))
    await world.run(['profiles', 'add', 'Mine', '--base-url', world.backend.baseUrl, '--model', 'scripted'])
    const first = await world.run(['agent', 'Hi', '--profile', 'mine', '--json'])
    const id = String(jsonLines(first.out)[0]?.sessionId)
    await world.run(['profiles', 'remove', 'mine'])
    const refused = await world.run(['agent-resume', id, 'And?'])
    expect(refused).toMatchObject({
      code: 2,
      side: expect.stringContaining('this session, Mine, is not there any more'),
    })
    expect(world.backend.chatRequests()).toHaveLength(1)
    const named = await world.run(['agent-resume', id, 'And?', '--base-url', world.backend.baseUrl])
    expect(named).toMatchObject({ code: 0, out: 'Two.\n' })
  })

  test('a killed run is interrupted, and goes on with what was said', async () => {
    const world = await createWorld(text('one two', { chunks: 2, gate: gate().opened }), text('three.'))
    const { child, out, exit } = world.start(['agent', 'Count to three.'])
    await out.seen('one ')
    await journalHolds(world, '"one "')
    child.kill('SIGKILL')
    await exit
    const [session] = JSON.parse((await world.run(['sessions', '--json'])).out) as {
      sessionId: string
      state: string
    }[]
    expect(session?.state).toBe('interrupted')
    const resumed = await world.run(['agent-resume', session?.sessionId.slice(0, 5) ?? '', 'Go', 'on.'])
    expect(resumed).toMatchObject({ code: 0, out: 'three.\n' })
    expect(resumed.side).toContain('Its last turn was interrupted and can go on.')
    const roles = world.backend.chatRequests()[1]?.messages.map(({ role, content }) => [role, String(content)])
    expect(roles).toMatchObject([
      ['system', expect.anything()],
      ['user', expect.stringContaining('Count to three.')],
      ['assistant', expect.stringContaining('one')],
      ['user', expect.stringContaining('Go on.')],
    ])
  })

  test('a cut turn goes on by itself where nobody can type, a complete one asks for a prompt', async () => {
    const world = await createWorld(httpError(401, { error: 'Unauthorized' }), text('Done now.'))
    expect(await world.run(['agent', 'Do it.'])).toMatchObject({ code: 1 })
    const [session] = JSON.parse((await world.run(['sessions', '--json'])).out) as { sessionId: string }[]
    const id = session?.sessionId ?? ''
    expect(await world.run(['agent-resume', id])).toMatchObject({ code: 0, out: 'Done now.\n' })
    expect(await world.run(['agent-resume', id])).toMatchObject({
      code: 2,
      side: expect.stringContaining('needs a prompt'),
    })
  })
})

test('a key that a server repeats stands in no output, no journal and no other file', async () => {
  const key = 'sk-live-0123456789abcdef'
  const repeats = (status: number) => httpError(status, `The key ${key} may not do this.`)
  const inStream = raw([`data: {"error":{"message":"Wrong key ${key}","code":401}}\n\n`])
  const world = await createWorld(repeats(401), inStream, repeats(400))
  const env = { OPENAI_API_KEY: key }
  const runs = [
    await world.run(['agent', 'Hi.'], { env }),
    await world.run(['agent', '--json', 'Hi.'], { env }),
    await world.run(['agent', '--json', 'Hi.'], { env }),
  ]
  expect(world.backend.chatRequests().map(({ headers }) => headers.authorization)).toEqual(
    Array(3).fill(`Bearer ${key}`),
  )
  const names = (await readdir(world.home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const files = await Promise.all(names.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))
  expect(files.length).toBeGreaterThan(3)
  expect([runs.map(({ code }) => code), [...runs.map(({ out, side }) => out + side), ...files].join()]).toEqual([
    [1, 1, 1],
    expect.not.stringContaining('0123456789abcdef'),
  ])
})
