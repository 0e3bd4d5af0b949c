import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId, TurnId } from '#shared/ids.ts'
import { hasHalfCharacter } from '#shared/lib/whole-characters.ts'
import type { Limits } from '#shared/limits/budget.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { viewFromEntries } from '#shared/session/apply-event.ts'
import { SessionEntry } from '#shared/session/session-entry.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { testBudget } from '../../../test-support/budgets.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { prepared } from '../../../test-support/tool-calls.ts'
import type { Backend, ChatRequest, ContextAllotment, StreamEvent } from '../backend/contract/backend.ts'
import { noPolicy } from '../policy/policy.ts'
import type { LearnedWindow } from '../profiles/known-windows.ts'
import type { Tool } from '../tools/contract/tool.ts'
import { toolDefinitions } from '../tools/contract/tool-definitions.ts'
import { zodArguments } from '../tools/contract/zod-arguments.ts'
import { runAgentLoop } from './agent-loop.ts'
import { Conversation } from './conversation.ts'

const LONG = 'x'.repeat(6000)

const stop = (callId?: string): StreamEvent => ({
  type: 'message_stop',
  finish: callId ? 'tool_calls' : 'stop',
  rawFinish: null,
  toolCalls: callId ? [{ callId, name: 'look', arguments: '{}', recovered: false }] : [],
  brokenToolCalls: [],
})
const counted = (inputTokens: number): StreamEvent => ({
  type: 'usage',
  usage: {
    inputTokens,
    outputTokens: 10,
    cachedInputTokens: null,
    reasoningTokens: null,
    costMicroUsd: null,
    source: 'reported',
  },
})
type Answer = StreamEvent[] | FailureError
const look = (callId: string, tokens: number): Answer => [counted(tokens), stop(callId)]
const text = (content: string, tokens: number): Answer => [
  { type: 'content_delta', text: content },
  counted(tokens),
  stop(),
]
const overflow = new FailureError(
  failure('context-overflow', 'It does not fit.', { details: { contextWindow: 4000, promptTokens: 5000 } }),
)

interface Setting {
  answers: Answer[]
  profile?: Partial<Profile>
  limits?: Limits
  allotment?: () => Promise<ContextAllotment>
  outputs?: string
  turns?: number
}

async function play({ answers, profile: more, limits = {}, allotment, outputs = LONG, turns = 1 }: Setting) {
  const profile: Profile = {
    id: ProfileId.parse('local'),
    name: 'Local',
    kind: 'vllm',
    baseUrl: 'http://127.0.0.1:1/v1',
    model: 'm',
    key: { source: 'none' },
    ...more,
  }
  const requests: ChatRequest[] = []
  const backend: Backend = {
    async *chat(request) {
      requests.push({ ...request, messages: [...request.messages] })
      const answer = answers.shift()
      if (!answer) throw new Error('The script is over.')
      if (answer instanceof FailureError) throw answer
      yield { type: 'message_start', id: '', model: 'm' }
      yield* answer
    },
    listModels: () => Promise.resolve([]),
    ...(allotment && { allotment }),
    close: () => Promise.resolve(),
  }
  const tool: Tool = {
    name: 'look',
    description: 'Looks.',
    ...zodArguments(z.object({})),
    access: 'read',
    kind: 'other',
    describe: () => ({ verb: 'Look', target: '' }),
    prepare: () =>
      prepared(null, () => Promise.resolve({ ok: true, output: `${outputs}${requests.length}`, summary: '' })),
  }
  const conversation = new Conversation()
  const entries: SessionEntry[] = []
  const emit = (event: UnstampedEvent) => {
    if (event.type === 'phase' || event.type === 'tool-output') return
    const entry = SessionEntry.parse({ ...event, seq: entries.length, at: 0 })
    entries.push(entry)
    conversation.apply(entry)
  }
  emit(
    sampleSessionStart({
      systemPrompt: 'System.',
      profile: { profileId: profile.id, profileName: 'Local', kind: 'vllm', model: 'm' },
    }),
  )
  const outcomes = []
  const learned: LearnedWindow[] = []
  const turnId = TurnId.parse('turn000001')
  for (let turn = 1; turn <= turns; turn++) {
    emit({
      type: 'turn-start',
      turnId,
      text: `Do ${turn}.`,
      facts: turn === 1 ? '<facts>' : '',
      ...(turn === 1 && { instructions: '<rules>' }),
    })
    const outcome = await runAgentLoop({
      conversation,
      backend: () => Promise.resolve({ backend, profile }),
      noteReach: () => undefined,
      learnWindow: (_profile, window) => learned.push(window),
      slotHolder: freeSlot,
      tools: [tool],
      definitions: toolDefinitions([tool]),
      policy: noPolicy,
      toolContext: { workspace: { root: '/project', addedFolders: [] } },
      budget: testBudget(limits),
      permissions: () => ({ write: 'ask', shell: 'ask', sandbox: true }),
      sessionRules: new Set(),
      ask: null,
      answerMs: () => null,
      askBudget: () => null,
      hasFollowUps: () => false,
      readFollowUps: () => undefined,
      carriedOver: [],
      openCalls: () => [],
      emit,
      persisted: () => Promise.resolve(),
      now: () => 0,
      elapsed: () => 0,
      signal: new AbortController().signal,
      options: {},
      verification: () => ({ commands: [], rounds: 0 }),
      soFar: () => ({ items: [] }),
    })
    emit({ type: 'turn-end', turnId, ...outcome })
    outcomes.push(outcome.reason)
  }
  return { outcomes, requests, entries, conversation, learned, warnings: warningsOf(entries) }
}

const warningsOf = (entries: SessionEntry[]) => entries.flatMap((entry) => (entry.type === 'warning' ? [entry] : []))
const compactions = (entries: SessionEntry[]) =>
  entries.flatMap((entry) => (entry.type === 'compaction' ? [entry.summary] : []))
const roles = (request: ChatRequest | undefined) => request?.messages.map(({ role }) => role).join(' ')

function refold(entries: readonly SessionEntry[]): Conversation {
  const conversation = new Conversation()
  for (const entry of entries) conversation.apply(entry)
  return conversation
}

describe('a full context', () => {
  const filling = () => [look('a', 1000), look('b', 2500), look('c', 5500), text('SUMMARY', 7100), text('Done.', 1900)]

  test('is summarised before the next call: the same beginning and tools, then the newest messages go on', async () => {
    const { outcomes, requests, entries, conversation } = await play({
      answers: filling(),
      profile: { contextWindow: 8000 },
    })
    expect([outcomes, compactions(entries)]).toEqual([['completed'], ['SUMMARY']])
    const [, , third, asked, after] = requests
    expect(asked?.tools).toEqual(third?.tools)
    expect(asked?.messages.slice(0, third?.messages.length)).toEqual(third?.messages)
    expect(asked?.messages.at(-1)).toMatchObject({ role: 'user', content: expect.stringContaining('summary') })
    expect(roles(after)).toBe('system user')
    const head = after?.messages[1]?.content ?? ''
    for (const part of ['<facts>', '<rules>', 'SUMMARY', 'Do 1.']) expect(head).toContain(part)
    expect(conversation.messages().at(-1)).toMatchObject({ role: 'assistant', content: 'Done.' })
    expect(viewFromEntries(entries)?.turns[0]?.items).toContainEqual({
      kind: 'notice',
      code: 'compaction',
      message: 'Earlier messages were summarised.',
    })
  })

  test('keeps the newest calls with their answers, as far as they fit', async () => {
    const { requests } = await play({
      answers: [
        look('a', 1000),
        look('b', 2000),
        look('c', 2500),
        look('d', 3500),
        text('SUMMARY', 3600),
        text('D', 1),
      ],
      profile: { contextWindow: 4000 },
      outputs: 'x'.repeat(600),
    })
    expect(roles(requests.at(-1))).toBe('system user assistant tool')
    expect(requests.at(-1)?.messages.slice(2)).toEqual(requests.at(-2)?.messages.slice(8, 10))
  })

  test('counts the summary as a call of the model, and goes on without one that may not be paid for', async () => {
    const spent = await play({ answers: filling(), profile: { contextWindow: 8000 }, limits: { modelCalls: 5 } })
    const short = await play({
      answers: [look('a', 1000), look('b', 2500), look('c', 5500), text('Done.', 7100)],
      profile: { contextWindow: 8000 },
      limits: { modelCalls: 4 },
    })
    expect([spent.outcomes, compactions(spent.entries), short.outcomes, compactions(short.entries)]).toEqual([
      ['completed'],
      ['SUMMARY'],
      ['completed'],
      [],
    ])
  })

  test('counts every request for a summary, and none of them as a step', async () => {
    const answers = () => [
      look('a', 1000),
      look('b', 2500),
      look('c', 3000),
      overflow,
      overflow,
      text('SUMMARY', 900),
      text('Done.', 900),
    ]
    const { requests, entries } = await play({ answers: answers() })
    const enough = await play({ answers: answers(), limits: { modelCalls: 7, turns: 5 } })
    // A summary that no call may follow is not asked for.
    const less = await play({ answers: answers(), limits: { modelCalls: 5 } })
    expect([
      requests.length,
      viewFromEntries(entries)?.usage.modelCalls,
      entries.filter((entry) => entry.type === 'model-call-start' && entry.purpose === 'summary').length,
      [enough.outcomes, enough.requests.length],
      [less.outcomes, less.requests.length],
    ]).toEqual([7, 7, 2, [['completed'], 7], [['budget'], 4]])
  })

  test('that a summary did not empty is not summarised again and again', async () => {
    const { outcomes, entries } = await play({
      answers: [
        look('a', 1000),
        look('b', 3500),
        text('SUMMARY', 3600),
        look('c', 3500),
        look('d', 3600),
        text('D', 1),
      ],
      profile: { contextWindow: 4000 },
    })
    expect([outcomes, compactions(entries)]).toEqual([['completed'], ['SUMMARY']])
  })

  test('refused by the server is summarised, and the same request is never sent twice in a row', async () => {
    const { outcomes, requests, entries } = await play({
      answers: [look('a', 1000), look('b', 2500), overflow, text('SUMMARY', 3600), text('Done.', 900)],
    })
    expect([outcomes, compactions(entries)]).toEqual([['completed'], ['SUMMARY']])
    const sent = requests.map(({ messages }) => JSON.stringify(messages))
    for (const [index, one] of sent.slice(1).entries()) expect(one).not.toBe(sent[index])
  })

  test('outgrows its window as often as it does in one turn, known or not', async () => {
    const seldom = new FailureError(failure('context-overflow', 'Too long.'))
    const round = (refusal: FailureError): Answer[] => [look('a', 1000), look('b', 2500), refusal, text('SUM', 900)]
    const told = await play({ answers: [...round(overflow), ...round(overflow), text('Done.', 900)] })
    const untold = await play({ answers: [...round(seldom), ...round(seldom), text('Done.', 900)] })
    const uncounted = await play({
      answers: [
        ...[[stop('a')], [stop('b')], seldom, text('SUM', 900)],
        ...[[stop('a')], [stop('b')], seldom, text('SUM', 900), text('Done.', 900)],
      ],
    })
    for (const { outcomes, entries } of [told, untold, uncounted])
      expect([outcomes, compactions(entries)]).toEqual([['completed'], ['SUM', 'SUM']])
  })

  test('refused once is known from then on: room is made before the next refusal', async () => {
    const { outcomes, requests, entries, learned } = await play({
      answers: [
        ...[look('a', 1000), look('b', 2500), overflow, text('ONE', 900)],
        ...[look('c', 1000), look('d', 2600), text('TWO', 3900), text('Done.', 900)],
      ],
    })
    expect([outcomes, compactions(entries), learned]).toEqual([
      ['completed'],
      ['ONE', 'TWO'],
      [{ kind: 'refused', tokens: 4000 }],
    ])
    // What had been refused was not sent again as it was.
    expect(requests[3]?.messages.flatMap((one) => (one.role === 'tool' ? [one.content.length < 300] : []))).toEqual([
      true,
      false,
    ])
  })

  test('is seen where the server counts nothing', async () => {
    const { outcomes, entries } = await play({
      answers: [[stop('a')], [stop('b')], text('SUMMARY', 900), text('Done.', 900)],
      profile: { contextWindow: 3400 },
    })
    expect([outcomes, compactions(entries)]).toEqual([['completed'], ['SUMMARY']])
  })

  test('is summarised without the long texts of person and model too, if it does not fit with them', async () => {
    const written: Answer = [
      { type: 'content_delta', text: 'y'.repeat(9000) },
      counted(1000),
      {
        ...{ type: 'message_stop', finish: 'tool_calls', rawFinish: null, brokenToolCalls: [] },
        toolCalls: [{ callId: 'w', name: 'look', arguments: `{"a":"${'z'.repeat(9000)}"}`, recovered: false }],
      },
    ]
    const { outcomes, requests } = await play({
      answers: [written, overflow, text('SUMMARY', 900), text('Done.', 900)],
      outputs: 'x',
    })
    const [, , asked] = requests
    const texts = asked?.messages.flatMap((one) =>
      one.role === 'assistant' ? [one.content.length, one.toolCalls[0]?.arguments] : [],
    )
    expect([outcomes, texts]).toEqual([['completed'], [238, '{}']])
  })

  test('cuts no character in two when it shortens old outputs', async () => {
    const { requests } = await play({
      answers: [look('a', 1000), look('b', 2500), overflow, text('SUMMARY', 900), text('Done.', 900)],
      outputs: `${'x'.repeat(199)}${'\u{1F600}'.repeat(3000)}`,
    })
    const shortened = requests[3]?.messages.filter(({ content }) => content.includes('left out')) ?? []
    expect(shortened.map(({ content }) => [content.slice(0, 201), hasHalfCharacter(content)])).toEqual([
      [`${'x'.repeat(199)}\n(`, false],
    ])
  })

  test('refused again after a summary ends the turn with what the server said', async () => {
    const { outcomes, requests } = await play({
      answers: [look('a', 1000), look('b', 2500), overflow, text('SUMMARY', 3600), overflow],
    })
    expect([outcomes, requests.length]).toEqual([['failed'], 5])
  })

  test('that not even the summary fits into loses the oldest outputs first, once', async () => {
    const { outcomes, requests } = await play({
      answers: [
        look('a', 1000),
        look('b', 2500),
        look('c', 3000),
        overflow,
        overflow,
        text('SUMMARY', 900),
        text('Done.', 900),
      ],
    })
    expect(outcomes).toEqual(['completed'])
    const lengths = [4, 5].map((index) =>
      requests[index]?.messages.flatMap((one) => (one.role === 'tool' ? [one.content.length < 300] : [])),
    )
    expect(lengths).toEqual([
      [true, true, false],
      [true, true, true],
    ])
    const given = await play({ answers: [look('a', 1000), look('b', 2500), overflow, overflow, overflow, overflow] })
    expect(given.outcomes).toEqual(['failed'])
  })

  test('with nothing behind the first message is only said', async () => {
    const { outcomes, requests } = await play({ answers: [overflow] })
    expect([outcomes, requests.length]).toEqual([['failed'], 1])
  })

  test('a summary that came empty is replaced by a list of what was done, and that is said', async () => {
    const { outcomes, entries, warnings } = await play({
      answers: [look('a', 1000), look('b', 2500), overflow, look('ignored', 3600), text('Done.', 900)],
    })
    expect([
      outcomes,
      compactions(entries).map((summary) => summary.split('\n').map((line) => line.slice(0, 20))),
      entries.filter(({ type }) => type === 'tool-start').length,
      warnings.map(({ code }) => code),
    ]).toEqual([
      ['completed'],
      [['What you did, oldest', '- look {} → xxxxxxxx', '- look {} → xxxxxxxx']],
      2,
      ['own-summary'],
    ])
  })
})

test('a journal that ends anywhere gives the conversation of that moment again', async () => {
  const { entries, conversation, requests } = await play({
    answers: [
      look('a', 1000),
      text('One.', 3500),
      text('SUMMARY', 3600),
      look('b', 1500),
      text('Two.', 3500),
      text('AGAIN', 3600),
      text('Three.', 1000),
    ],
    profile: { contextWindow: 4000 },
    turns: 3,
  })
  expect(compactions(entries)).toEqual(['SUMMARY', 'AGAIN'])
  expect(refold(entries).messages()).toEqual(conversation.messages())
  for (let end = 1; end <= entries.length; end++) {
    const part = entries.slice(0, end)
    const last = part.at(-1)
    if (last?.type !== 'model-call-start' || last.purpose) continue
    expect(requests.map(({ messages }) => messages)).toContainEqual(refold(part).messages())
  }
  expect(requests.at(-1)?.messages[1]?.content).toContain('AGAIN')
  expect(requests.at(-1)?.messages[1]?.content).not.toContain('SUMMARY')
})

describe('a server that drops the start of a conversation', () => {
  const small = () => Promise.resolve({ inUse: 4096, possible: 262_144 })
  const message =
    'The window of Local is full: what no longer fits of the conversation is dropped there without a word. 4,096 tokens are in use, the model could do 262,144. Set a context window on the profile, or start Ollama with OLLAMA_CONTEXT_LENGTH.'

  test('is found out by what it counted, and said once in a session', async () => {
    let asked = 0
    const allotment = () => {
      asked++
      return small()
    }
    const { warnings } = await play({
      answers: [look('a', 50), look('b', 1600), look('c', 1000), look('d', 1000), text('A', 1000), text('B', 1000)],
      allotment,
      turns: 2,
    })
    expect([asked, warnings.map(({ code, message: words }) => [code, words])]).toEqual([
      2,
      [['truncated-by-server', message]],
    ])
  })

  test.each<[string, Answer[], number]>([
    ['a count at the edge of the window', [look('a', 50), text('A', 3900)], 1],
    ['a count that fits what was sent', [look('a', 50), text('A', 1600)], 0],
    ['a tokenizer that takes fewer', [look('a', 50), look('b', 1000), text('A', 2000)], 0],
    ['far less than what was sent', [look('a', 50), text('A', 400)], 1],
    ['no count', [look('a', 50), [{ type: 'content_delta', text: 'A' }, stop()]], 0],
  ])('%s', async (_name, answers, expected) => {
    expect((await play({ answers, allotment: small })).warnings.length).toBe(expected)
  })

  test('is found out behind a proxy too, by the count alone and with less certainty', async () => {
    const told = async (kind: Profile['kind'], tokens: number) =>
      (await play({ answers: [look('a', 50), text('A', tokens)], profile: { kind } })).warnings.map(
        ({ message: words }) => words,
      )
    expect([await told('litellm', 400), await told('litellm', 900), await told('vllm', 400)]).toEqual([
      [
        'Local read much less than was sent to it: a server behind it drops what does not fit without a word. Give the model there a larger window.',
      ],
      [],
      [],
    ])
  })

  test('is not asked when it cannot tell, and a refusal to tell holds up nothing', async () => {
    const deaf = () => Promise.reject(new FailureError(failure('protocol', 'No.')))
    const { outcomes, warnings } = await play({ answers: [look('a', 50), text('A', 400)], allotment: deaf })
    expect([outcomes, warnings.length]).toEqual([['completed'], 1])
    expect((await play({ answers: [look('a', 50), text('A', 400)] })).warnings).toEqual([])
  })
})
