import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  chunk,
  gate,
  httpError,
  json,
  raw,
  startScriptedBackend,
  text,
  toolCall,
  usage,
} from '../../test-support/scripted-backend.ts'
import { journalHolds } from './support/journal.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const look = (id: string, input = 2000) => toolCall('list_dir', { path: '.' }, { id, usage: usage(input, 50) })

/** Lines of the ledger by type. */
async function ledgerLines({ home }: World) {
  const folder = join(home, 'ledger')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .flatMap((part) => part.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function set(world: World, ...operands: string[]): Promise<void> {
  expect(await world.run(['budget', 'set', ...operands])).toMatchObject({ code: 0 })
}

describe('claw budget', () => {
  test('says what was spent, in words, as a table, as JSON and as CSV', async () => {
    const world = await createWorld(look('a'), text('Done.', { usage: usage(2100, 7, { cost: 0.0123 }) }))
    expect((await world.run(['agent', 'Look.'])).code).toBe(0)
    await set(world, 'day', 'total-tokens', '10000')
    const words = await world.run(['budget'])
    expect(words.out.split('\n').map((line) => line.replace(/ +/g, ' ').trimEnd())).toEqual([
      'Today: 2 model calls, 4,100 in, 57 out, $0.0123, cost of 1 not known',
      'This month: 2 model calls, 4,100 in, 57 out, $0.0123, cost of 1 not known',
      '',
      'spent on times tokens cost',
      'answers 2 4,157 tokens $0.0123',
      'calls of list_dir 1',
      '',
      'for of limit used',
      'a day everything 10,000 tokens 4,157 tokens used 41%',
      '',
    ])
    const { out } = await world.run(['budget', '--json', '--since', '7d', '--by', 'model'])
    expect(JSON.parse(out)).toMatchObject({
      today: { modelCalls: 2, toolCalls: 1, inputTokens: 4100, outputTokens: 57, reportedMicroUsd: 12_300 },
      limits: [{ limit: 'totalTokens', allowed: 10_000, used: 4157 }],
      range: { total: { modelCalls: 2 }, by: 'model', rows: [{ model: 'scripted', spending: { modelCalls: 2 } }] },
    })
    const csv = await world.run(['budget', '--csv'])
    expect(csv.out.trim().split('\r\n')).toHaveLength(3)
    const table = await world.run(['budget', '--by', 'session'])
    expect(table.out).toMatch(/Look\. +2 +4,100 +57/)
  })

  test.each([
    [['budget', 'set', 'week', 'usd', '1'], /one of run, background-run, session, day, month, not "week"/],
    [['budget', 'set', 'day', 'dollars', '1'], /not "dollars"/],
    [['budget', 'set', 'day', 'usd', 'much'], /usd needs a number from 0 on, not "much"/],
    [['budget', 'set', 'day', 'usd'], /needs a value, or none/],
    [['budget', '--since', 'yesterday'], /needs a number of days/],
  ])('%j is refused in words', async (args, words) => {
    const world = await createWorld()
    expect(await world.run(args)).toMatchObject({ code: 2, side: expect.stringMatching(words) })
  })

  test('takes a limit away again', async () => {
    const world = await createWorld()
    await set(world, 'month', 'wall-time', '2h')
    await set(world, 'month', 'usd', '1.50')
    const { out } = await world.run(['budget', '--json'])
    await set(world, 'month', 'wall-time', 'none')
    await set(world, 'month', 'usd', 'none')
    const after = await world.run(['budget', '--json'])
    expect([JSON.parse(out).limits, JSON.parse(after.out).limits]).toMatchObject([
      [
        { limit: 'costUsd', allowed: 1_500_000 },
        { limit: 'wallTime', allowed: 7_200_000 },
      ],
      [],
    ])
  })
})

describe("a day's limit", () => {
  test('holds for eight processes together, which race for it', async () => {
    const calls = 40
    const world = await createWorld(
      ...Array.from({ length: calls }, (_, at) =>
        toolCall('glob_search', { pattern: `${at}.*` }, { id: `c${at}`, usage: usage(700, 50) }),
      ),
    )
    await set(world, 'day', 'total-tokens', '8000')
    const runs = await Promise.all(Array.from({ length: 8 }, () => world.run(['agent', '--json', 'Look.'])))
    const ends = runs.map(({ code, out }) => [code, jsonLines(out).at(-1)?.budget])
    const spent = (await ledgerLines(world)).filter(({ type, label }) => type === 'spend' && label === 'answer')
    const total = spent.reduce((sum, line) => sum + Number(line.input) + Number(line.output), 0)
    expect(ends).toEqual(
      Array.from({ length: 8 }, () => [3, expect.objectContaining({ limit: 'totalTokens', allowed: 8000 })]),
    )
    expect([total, spent.length]).toEqual([
      world.backend.chatRequests().length * 750,
      world.backend.chatRequests().length,
    ])
    expect(total).toBeLessThanOrEqual(8000)
    expect(total).toBeGreaterThan(4000)
  })

  test('is given free again by who finds that the one who reserved it was killed', async () => {
    const held = gate()
    const world = await createWorld(
      text('one two', { chunks: 2, gate: held.opened }),
      text('Done.', { usage: usage(700, 5) }),
    )
    // Room for one prompt, not for two.
    await set(world, 'day', 'input-tokens', '1000')
    const first = world.start(['agent', 'Hi'])
    await world.backend.chatRequest(0)
    const refused = await world.run(['agent', '--json', 'Hi'])
    first.child.kill('SIGKILL')
    await first.exit
    const after = await world.run(['agent', '--json', 'Hi'])
    expect([refused, after].map(({ code, out }) => [code, jsonLines(out).at(-1)?.reason])).toEqual([
      [3, 'budget'],
      [0, 'completed'],
    ])
    expect((await ledgerLines(world)).map(({ type }) => type)).toEqual([
      ...['reserve', 'reserve'],
      ...['reserve', 'release', 'reserve', 'spend'],
    ])
  })

  test('that cannot be checked refuses, and a chat without limits goes on', async () => {
    const world = await createWorld(text('Done.'), text('Done.'))
    await set(world, 'day', 'turns', '5')
    await writeFile(join(world.home, 'ledger'), 'not a folder')
    const limited = await world.run(['agent', '--json', 'Hi'])
    await set(world, 'day', 'turns', 'none')
    const free = await world.run(['agent', '--json', 'Hi'])
    const warnings = (out: string) => jsonLines(out).flatMap(({ type, code }) => (type === 'warning' ? [code] : []))
    expect([
      [limited.code, jsonLines(limited.out).at(-1)?.failure],
      [free.code, warnings(free.out)],
      world.backend.chatRequests().length,
    ]).toEqual([[1, expect.objectContaining({ code: 'storage' })], [0, ['ledger-not-written']], 1])
  })
})

test('a limit is told with its scope, where it was set and what it went to', async () => {
  const world = await createWorld(look('a'), look('b', 2100))
  const { out } = await world.run(['agent', '--json', '--max-model-calls', '2', 'Look.'])
  const plain = await world.run(['agent', '--max-model-calls', '0', 'Look.'])
  const lines = jsonLines(out)
  expect([lines.at(-2), lines.at(-1)?.budget]).toEqual([
    expect.objectContaining({
      type: 'warning',
      code: 'budget',
      message:
        'Stopped at the limit of 2 model calls for a run (--max-model-calls): 2 model calls are used. Most went to model call 2, scripted (2,150 tokens); model call 1, scripted (2,050 tokens). To go on, send another message or start it again with a higher limit.',
    }),
    { limit: 'modelCalls', allowed: 2, used: 2 },
  ])
  expect(plain.side).toContain(
    'Stopped: the limit of 0 model calls is reached (for a run, --max-model-calls; 0 model calls used).',
  )
})

test('an answer that reaches a limit is cut within a chunk, and its half call never runs', async () => {
  const world = await createWorld(
    raw(
      [
        ...Array.from({ length: 50 }, () => chunk({ content: 'word ' })),
        chunk({
          tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'bash', arguments: '{"com' } }],
        }),
      ],
      { end: 'hold' },
    ),
  )
  const { code, out } = await world.run(['agent', '--json', '--unsafe', '--max-output-tokens', '20', 'Write.'])
  const [request] = world.backend.chatRequests()
  await request?.closed
  const texts = jsonLines(out).flatMap(({ type, text: part }) => (type === 'text-delta' ? [String(part)] : []))
  expect([code, texts.join(''), request?.body.max_tokens, world.backend.chatRequests().length]).toEqual([
    3,
    'word '.repeat(21),
    20,
    1,
  ])
})

test("a session's limit counts over its life, also when another process goes on with it", async () => {
  const world = await createWorld(look('a'), text('Done.'), look('b', 2100), look('c', 2200))
  await set(world, 'session', 'turns', '3')
  const [first] = jsonLines((await world.run(['agent', '--json', 'Look.'])).out)
  const { out, code } = await world.run(['agent-resume', '--json', String(first?.sessionId), 'Look again.'])
  const end = jsonLines(out).at(-1)
  expect([code, end?.turns, end?.budget, world.backend.chatRequests().length]).toEqual([
    3,
    1,
    { limit: 'turns', allowed: 3, used: 3 },
    3,
  ])
})

test('journal and ledger agree, also on answers that were cut, broken off or refused', async () => {
  const cutShort = raw([chunk({ role: 'assistant', content: '' }), chunk({ content: 'half an ' })], { end: 'cut' })
  const world = await createWorld(
    look('a'),
    text('Done.', { usage: usage(2100, 9, { cost: 0.0001 }) }),
    httpError(401, 'No.'),
    cutShort,
    text('word '.repeat(60), { chunks: 60, usage: null }),
  )
  await world.run(['agent', 'Look.'])
  await world.run(['agent', 'Hi'])
  await world.run(['agent', 'Hi'])
  await world.run(['agent', '--max-output-tokens', '30', 'Hi'])
  const folder = join(world.home, 'sessions')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const entries = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8'))))
    .flatMap((journal) => journal.trimEnd().split('\n'))
    .map((line) => JSON.parse(line))
  const usages = entries.filter(({ type }) => type === 'usage').map((entry) => entry.usage)
  const sum = (rows: Record<string, unknown>[], key: string) =>
    rows.reduce((total, row) => total + Number(row[key] ?? 0), 0)
  const spent = (await ledgerLines(world)).filter(({ type }) => type === 'spend')
  expect({
    calls: spent.length,
    input: sum(spent, 'input'),
    output: sum(spent, 'output'),
    cost: sum(spent, 'cost'),
    estimated: spent.filter(({ counted }) => counted === 'estimated').length,
  }).toEqual({
    calls: entries.filter(({ type }) => type === 'model-call-start').length,
    input: sum(usages, 'inputTokens'),
    output: sum(usages, 'outputTokens'),
    cost: sum(usages, 'costMicroUsd'),
    estimated: usages.filter(({ source }) => source === 'estimated').length,
  })
})

describe('a limit in USD', () => {
  const limit = ['--max-budget-usd', '0.01']

  test('refuses to start where nobody knows a price, and says what to set', async () => {
    const world = await createWorld(text('No.'))
    const { code, out } = await world.run(['agent', '--json', ...limit, 'Hi'])
    expect([code, jsonLines(out).at(-1)?.failure, world.backend.chatRequests().length]).toEqual([
      1,
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('Set input and output cost per million tokens on the profile'),
      }),
      0,
    ])
  })

  test('asks the server for its prices where the profile has none', async () => {
    const world = await createWorld()
    const list = {
      data: [{ id: 'scripted', pricing: { prompt: '0.000001', completion: '0.00001' }, context_length: 100_000 }],
    }
    const server = await startScriptedBackend({
      script: [text('Done.', { usage: usage(1000, 10, { cost: 0.0005 }) })],
      routes: { '/v1/models': json(list) },
    })
    onTestFinished(() => server.close())
    const add = ['profiles', 'add', 'router', '--kind', 'openrouter', '--base-url', server.baseUrl, '--no-key']
    expect((await world.run([...add, '--model', 'scripted'])).code).toBe(0)
    const { out, code } = await world.run(['agent', '--json', '--profile', 'router', ...limit, 'Hi'])
    const most = server.chatRequests()[0]?.body.max_tokens
    // 10,000 micro-dollars, less what the prompt costs at a micro-dollar a token, at ten micro-dollars a token.
    expect([code, jsonLines(out).at(-1)?.usage, Number(most) > 800 && Number(most) < 1000]).toEqual([
      0,
      expect.objectContaining({ costMicroUsd: 500 }),
      true,
    ])
  })
})

describe('in a terminal a limit asks', () => {
  test('and one last answer, a raise and a stop do what they say', async () => {
    const world = await createWorld(
      look('a'),
      look('b', 2100),
      text('That is all so far.', { usage: usage(2200, 9) }),
      look('c', 2300),
    )
    const { screen, asked, type, exit } = startInTerminal(world, ['agent-chat', '--max-turns', '1', 'Look.'])
    await screen.seen('the limit of 1 turn is reached (for a run, --max-turns; 1 turn used)')
    await asked('raise to')
    type('r much\r')
    await asked('Type f for one last answer, r and a number to raise the limit (such as r 50k), or s to stop.')
    type('r 2\r')
    await screen.seen('the limit of 2 turns is reached')
    await asked('raise to')
    type('f\r')
    await screen.seen('That is all so far.')
    await screen.seen('Your next message goes on from here.')
    await screen.seen('> ')
    type('More\r')
    await asked('raise to')
    type('s\r')
    await screen.seen('Stopped: the limit of 1 turn')
    await screen.seen('> ')
    type('/budget\r')
    await screen.seen('Today        4 model calls')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, world.backend.chatRequests().length]).toEqual([3, 4])
    await journalHolds(world, '"type":"budget-answer"')
  })

  test('and whoever raises it elsewhere frees the chat that waits, in this process and in a background run', async () => {
    const held = gate()
    const later = toolCall('list_dir', { path: '.' }, { id: 'b', gate: held.opened })
    const world = await createWorld(look('a'), text('All is seen.'), later, text('All is seen again.'))
    await set(world, 'day', 'model-calls', '1')
    const here = startInTerminal(world, ['agent-chat', 'Look.'])
    await here.asked('raise to')
    await set(world, 'day', 'model-calls', '3')
    await here.screen.seen('The limit has room again: it goes on.')
    await here.screen.seen('All is seen.')
    await here.screen.seen('> ')
    here.type('\x04')
    expect(await here.exit).toBe(0)

    const { out } = await world.run(['agent-bg', 'Look again.'])
    const away = startInTerminal(world, ['agent-attach', /^run +(\w+)/.exec(out)?.[1] ?? ''])
    await away.screen.seen('Look again.')
    held.open()
    await away.asked('raise to')
    await set(world, 'day', 'model-calls', '9')
    await away.screen.seen('All is seen again.')
    expect(await away.exit).toBe(0)
    expect(world.backend.chatRequests()).toHaveLength(4)
  })
})
