import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import type { ApprovalAnswer } from '#shared/approval/approval.ts'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId, TurnId } from '#shared/ids.ts'
import type { BudgetAnswer, BudgetStop, Limits } from '#shared/limits/budget.ts'
import { permissionTiers } from '#shared/policy/permission-tiers.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { testBudget } from '../../../test-support/budgets.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { prepared } from '../../../test-support/tool-calls.ts'
import type { Backend, ChatRequest, StreamEvent } from '../backend/contract/backend.ts'
import { noPolicy } from '../policy/policy.ts'
import type { ApprovalPreview, Tool, ToolContext, ToolResult } from '../tools/contract/tool.ts'
import { toolDefinitions } from '../tools/contract/tool-definitions.ts'
import { zodArguments } from '../tools/contract/zod-arguments.ts'
import { runAgentLoop } from './agent-loop.ts'
import { Conversation } from './conversation.ts'
import type { QuestionOutcome, TurnContext } from './turn.ts'

const profile: Profile = {
  id: ProfileId.parse('local'),
  name: 'Local',
  kind: 'vllm',
  baseUrl: 'http://127.0.0.1:1/v1',
  model: 'm',
  key: { source: 'none' },
}
const usage: Usage = {
  inputTokens: 10,
  outputTokens: 5,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'reported',
}

type Answer = StreamEvent[] | FailureError | ((signal: AbortSignal) => AsyncIterable<StreamEvent>)

const stop = (more: Partial<Extract<StreamEvent, { type: 'message_stop' }>> = {}): StreamEvent => ({
  type: 'message_stop',
  finish: 'stop',
  rawFinish: 'stop',
  toolCalls: [],
  brokenToolCalls: [],
  ...more,
})
const text = (content: string): Answer => [{ type: 'content_delta', text: content }, { type: 'usage', usage }, stop()]
const call = (callId: string, name: string, args: object = {}) => ({
  callId,
  name,
  arguments: JSON.stringify(args),
  recovered: false,
})
const calls = (...toolCalls: ReturnType<typeof call>[]): Answer => [
  { type: 'usage', usage },
  stop({ finish: 'tool_calls', toolCalls }),
]

/** A backend that gives the answers of a list and keeps what it was asked. */
function scripted(answers: Answer[]): { backend: Backend; requests: ChatRequest[] } {
  const requests: ChatRequest[] = []
  const backend: Backend = {
    async *chat(request, signal) {
      requests.push({ ...request, messages: [...request.messages] })
      const answer = answers.shift()
      if (!answer) throw new Error('The script is over.')
      if (answer instanceof FailureError) throw answer
      yield* typeof answer === 'function' ? answer(signal) : answer
    },
    listModels: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  return { backend, requests }
}

/** Three tools that keep a log: `look` reads, `change` writes, `hang` runs until it is aborted. */
function toolBox() {
  const log: string[] = []
  const tool = (name: string, access: Tool['access'], run: (context: ToolContext) => Promise<ToolResult>): Tool => ({
    name,
    description: name,
    ...zodArguments(z.object({ at: z.string().optional() })),
    access,
    kind: 'other',
    describe: () => ({ verb: name, target: '' }),
    prepare: (_input, context) =>
      prepared(
        { purpose: `to ${name}`, subject: { kind: 'command', command: name }, facts: [], sessionRule: 'write' },
        () => run(context),
      ),
  })
  const result = (output: string) => ({ ok: true, output, summary: output })
  const tools = [
    tool('look', 'read', () => {
      log.push('look')
      return Promise.resolve(result('seen'))
    }),
    tool('change', 'write', () => {
      log.push('change')
      return Promise.resolve(result('changed'))
    }),
    tool('hang', 'read', ({ signal }) => {
      log.push('hang')
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }),
  ]
  return { tools, log }
}

/** A tool of ours that changes files. */
const ours = (name: string): Tool => ({
  name,
  description: name,
  ...zodArguments(z.object({})),
  access: 'write',
  kind: 'edit',
  describe: () => ({ verb: name, target: '' }),
  prepare: () =>
    prepared({ purpose: '', subject: { kind: 'command', command: name }, facts: [], sessionRule: 'write' }, () =>
      Promise.resolve({ ok: true, output: 'done', summary: 'done' }),
    ),
})

const outcomeOf = (answer: ApprovalAnswer | null): QuestionOutcome =>
  answer ? { kind: 'answered', answer } : { kind: 'unanswered' }

interface Setting {
  /** Tools that are not ours. */
  foreign?: readonly Tool[]
  /** What the model is told of, where that is not what there is. */
  told?: readonly Tool[]
  answers: Answer[]
  permissions?: Permissions
  limits?: Limits
  answer?: ((callId: string) => ApprovalAnswer | null) | null
  answerMs?: number
  onEvent?: (event: UnstampedEvent, abort: AbortController) => void
  followUps?: string[]
  askBudget?: TurnContext['askBudget']
  slotHolder?: TurnContext['slotHolder']
  now?: () => number
}

async function play(setting: Setting) {
  const { backend, requests } = scripted(setting.answers)
  const box = toolBox()
  const { log } = box
  const tools = [...box.tools, ...(setting.foreign ?? [])]
  const reached: string[] = []
  const conversation = new Conversation()
  const events: UnstampedEvent[] = []
  const abort = new AbortController()
  let seq = 0
  const emit = (event: UnstampedEvent) => {
    events.push(event)
    if (event.type !== 'phase' && event.type !== 'tool-output')
      conversation.apply({ ...event, seq: seq++, at: seq } as SessionEntry)
    setting.onEvent?.(event, abort)
  }
  emit(
    sampleSessionStart({
      systemPrompt: 'System.',
      profile: { profileId: profile.id, profileName: 'Local', kind: 'vllm', model: 'm' },
    }),
  )
  emit({ type: 'turn-start', turnId: TurnId.parse('turn000001'), text: 'Do it.', facts: '' })
  const { answer = () => ({ decision: 'allow-once' as const }), followUps = [] } = setting
  const outcome = await runAgentLoop({
    conversation,
    backend: () => Promise.resolve({ backend, profile }),
    learnWindow: () => undefined,
    noteReach: (_id, value) => void reached.push(value?.code ?? 'answered'),
    slotHolder: setting.slotHolder ?? freeSlot,
    tools,
    definitions: toolDefinitions(setting.told ?? tools),
    policy: noPolicy,
    toolContext: { workspace: { root: '/project', addedFolders: [] } },
    budget: testBudget(setting.limits ?? {}, {
      warn: (code, message) => emit({ type: 'warning', code, message }),
      ...(setting.now && { now: setting.now }),
    }),
    permissions: () => setting.permissions ?? { write: 'ask', shell: 'ask', sandbox: true },
    sessionRules: new Set(),
    ask: answer && ((request) => Promise.resolve(outcomeOf(answer(request.callId)))),
    answerMs: () => setting.answerMs ?? null,
    askBudget: setting.askBudget ?? (() => null),
    hasFollowUps: () => followUps.length > 0,
    readFollowUps: () => {
      for (const text of followUps.splice(0)) emit({ type: 'follow-up', text, origin: 'user' })
    },
    carriedOver: [],
    openCalls: () => [],
    emit,
    persisted: () => Promise.resolve(),
    now: () => 0,
    elapsed: () => 0,
    signal: abort.signal,
    options: {},
    verification: () => ({ commands: [], rounds: 0 }),
    soFar: () => ({ items: [] }),
  })
  const ends = events.flatMap((event) => (event.type === 'tool-end' ? [[event.callId, event.outcome]] : []))
  return { outcome, events, requests, log, ends, reached }
}

const completed = { reason: 'completed', failure: null, budget: null }

describe('a turn', () => {
  test('asks, runs the calls, asks again with their results, and ends with the answer', async () => {
    const { outcome, requests, ends } = await play({
      answers: [calls(call('a', 'look'), call('b', 'look')), text('Done.')],
    })
    expect(outcome).toEqual(completed)
    expect(ends).toEqual([
      ['a', 'done'],
      ['b', 'done'],
    ])
    expect(requests[1]?.messages.slice(2)).toEqual([
      { role: 'assistant', content: '', toolCalls: [call('a', 'look'), call('b', 'look')] },
      { role: 'tool', callId: 'a', name: 'look', content: 'seen' },
      { role: 'tool', callId: 'b', name: 'look', content: 'seen' },
    ])
  })

  test('sends each request as a prefix of the next', async () => {
    const { requests } = await play({
      answers: [calls(call('a', 'look')), calls(call('b', 'change')), text('Done.')],
      followUps: ['And hurry.'],
    })
    for (const [index, request] of requests.slice(1).entries()) {
      const before = requests[index]?.messages ?? []
      expect(request.messages.slice(0, before.length)).toEqual(before)
    }
    expect(requests.at(-1)?.messages).toContainEqual({ role: 'user', content: 'And hurry.' })
  })

  test('a denied call is told to the model, with the reason, and the turn goes on', async () => {
    const { outcome, requests, log, ends } = await play({
      answers: [calls(call('a', 'change')), text('Then not.')],
      answer: () => ({ decision: 'deny', reason: 'Not that file.' }),
    })
    expect([outcome, log, ends]).toEqual([completed, [], [['a', 'denied']]])
    expect(requests[1]?.messages.at(-1)).toMatchObject({ content: expect.stringContaining('Not that file.') })
  })

  test('where nobody can answer, the turn ends and says what has to be allowed', async () => {
    const { outcome, log } = await play({ answers: [calls(call('a', 'change'))], answer: null })
    expect([outcome, log]).toMatchObject([
      { reason: 'needs-approval', failure: { remedy: { kind: 'allow', access: 'write', again: 'begin' } } },
      [],
    ])
  })

  test('permissions that deny tell the model; permissions that allow ask nobody', async () => {
    const denied = await play({
      answers: [calls(call('a', 'change')), text('I see.')],
      permissions: { write: 'deny', shell: 'deny', sandbox: true },
      answer: null,
    })
    expect([denied.outcome, denied.log]).toEqual([completed, []])
    const allowed = await play({
      answers: [calls(call('a', 'change')), text('Done.')],
      permissions: { write: 'allow', shell: 'deny', sandbox: true },
      answer: null,
    })
    expect([allowed.outcome, allowed.log]).toEqual([completed, ['change']])
  })

  describe('a tool that is not of this app', () => {
    const foreign = (log: string[], preview: ApprovalPreview | null = null): Tool => ({
      name: 'post_message',
      description: 'Posts.',
      parameters: { type: 'object', properties: { to: { type: 'string' } } },
      parse: (given) => ({ ok: true, input: given }),
      access: 'unknown',
      kind: 'other',
      describe: () => ({ verb: 'Use', target: 'post_message' }),
      prepare: (input) =>
        prepared(preview, () => {
          log.push(JSON.stringify(input))
          return Promise.resolve({ ok: true, output: 'posted', summary: 'posted' })
        }),
    })
    const post = (callId = 'a') => [calls(call(callId, 'post_message', { to: 'all' })), text('Done.')]

    test.each(permissionTiers)('is asked about before each call unless all is allowed ($id)', async (tier) => {
      const log: string[] = []
      const asked: string[] = []
      const { outcome, events } = await play({
        answers: [...post('a').slice(0, 1), ...post('b')],
        permissions: tier.permissions,
        foreign: [foreign(log)],
        answer: (callId) => {
          asked.push(callId)
          return { decision: 'allow-session' }
        },
      })
      expect([outcome, log, asked]).toEqual([
        completed,
        ['{"to":"all"}', '{"to":"all"}'],
        tier.id === 'unsafe' ? [] : ['a', 'b'],
      ])
      const shown = events.flatMap((event) => (event.type === 'approval-request' ? [event.request] : []))
      expect(shown[0]).toEqual(
        tier.id === 'unsafe'
          ? undefined
          : {
              callId: 'a',
              tool: 'post_message',
              recovered: false,
              purpose: 'to use post_message',
              subject: { kind: 'command', command: 'post_message {"to":"all"}' },
              facts: [
                { name: 'Can reach', text: 'whatever it likes: it is no tool of this app' },
                { name: 'This session', text: 'would allow nothing more: it is asked about each time' },
              ],
              sessionRule: '',
            },
      )
    })

    test('does not run where nobody can answer, and the turn says so', async () => {
      const log: string[] = []
      const { outcome } = await play({ answers: post(), foreign: [foreign(log)], answer: null })
      expect([outcome.reason, outcome.failure, log]).toEqual([
        'needs-approval',
        failure(
          'invalid-input',
          'The agent wants to use a tool that is not of this app, and nobody is there to allow it.',
          { remedy: { kind: 'allow', access: 'unknown', again: 'begin' } },
        ),
        [],
      ])
    })

    test('cannot allow anything else for the session, whatever it calls its rule', async () => {
      const subject = { kind: 'command', command: 'post' } as const
      const sly = { purpose: 'to post', subject, facts: [], sessionRule: 'write' }
      const asked: string[] = []
      await play({
        answers: [calls(call('a', 'post_message'), call('b', 'write_file')), text('Done.')],
        foreign: [foreign([], sly), ours('write_file')],
        answer: (callId) => {
          asked.push(callId)
          return { decision: 'allow-session' }
        },
      })
      expect(asked).toEqual(['a', 'b'])
    })
  })

  test('a call of a tool that this build does not have any more is answered in words', async () => {
    const { outcome, ends, requests } = await play({
      answers: [calls(call('a', 'draw')), text('Then without.')],
      told: [...toolBox().tools, ours('draw')],
    })
    expect([outcome, ends, requests[0]?.tools.map(({ name }) => name)]).toEqual([
      completed,
      [['a', 'failed']],
      ['look', 'change', 'hang', 'draw'],
    ])
    expect(requests[1]?.messages.at(-1)).toMatchObject({
      content:
        'Error: the tool draw is gone: this version of the app does not have it any more. Go on without it. There are: look, change, hang.',
    })
  })

  test('an unknown tool, wrong arguments and a broken call are answered and do not run', async () => {
    const broken = { ...call('c', 'change'), arguments: '{"at":', problem: 'The arguments are no JSON object.' }
    const { outcome, requests, log, ends } = await play({
      answers: [
        [
          stop({
            finish: 'tool_calls',
            toolCalls: [call('a', 'launch'), call('b', 'look', { at: 7 })],
            brokenToolCalls: [broken],
          }),
        ],
        text('Sorry.'),
      ],
    })
    expect([outcome, log]).toEqual([completed, []])
    expect(Object.fromEntries(ends)).toEqual({ a: 'failed', b: 'failed', c: 'not-run' })
    expect(
      requests[1]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content.slice(0, 5)),
    ).toEqual(['Error', 'Error', 'Error'])
  })

  test('an empty answer gets one more chance, two are a failure', async () => {
    const empty: Answer = [stop({ finish: 'unknown' })]
    expect((await play({ answers: [empty, text('Here.')] })).outcome).toEqual(completed)
    expect((await play({ answers: [empty, empty] })).outcome).toMatchObject({
      reason: 'failed',
      failure: { code: 'protocol' },
    })
  })

  test('tells after each call how its backend is', async () => {
    const begun: StreamEvent = { type: 'message_start', id: '', model: 'm' }
    const gone = new FailureError(failure('unreachable', 'Nothing answers.'))
    const { reached } = await play({
      answers: [
        [begun, { type: 'usage', usage }, stop({ finish: 'tool_calls', toolCalls: [call('a', 'look')] })],
        gone,
      ],
    })
    expect(reached).toEqual(['answered', 'unreachable'])
  })

  test('a call that may only be quoted is asked about, and runs if it was meant', async () => {
    const quoted: Answer = [
      { type: 'content_delta', text: 'It says <call> and more.' },
      stop({ doubtfulCalls: ['change', 'change'] }),
    ]
    const meant = await play({
      answers: [quoted, calls(call('a', 'change')), text('Done.')],
      permissions: { write: 'allow', shell: 'deny', sandbox: true },
    })
    expect([meant.outcome, meant.log]).toEqual([completed, ['change']])
    expect(meant.requests[1]?.messages.at(-1)?.content).toMatch(
      /^A call of change stands in the text of your last answer/,
    )
    const reported = await play({ answers: [quoted, quoted, quoted] })
    expect([reported.outcome, reported.log]).toEqual([completed, []])
  })

  test('a failure of the backend ends the turn with it', async () => {
    const value = failure('auth', 'The key was refused.')
    const { outcome, events } = await play({ answers: [new FailureError(value)] })
    expect(outcome).toEqual({ reason: 'failed', failure: value, budget: null })
    expect(events.at(-1)).toEqual({ type: 'model-call-end', finish: 'error', toolCalls: [] })
  })

  test('stop ends a running tool and the turn', async () => {
    const { outcome, log } = await play({
      answers: [calls(call('a', 'hang'))],
      onEvent: (event, abort) => {
        if (event.type === 'phase' && event.phase === 'running-tool') queueMicrotask(() => abort.abort())
      },
    })
    expect([outcome.reason, log]).toEqual(['aborted', ['hang']])
  })

  test('the same call with the same result, again and again, is told to the model and then ended', async () => {
    const { outcome, events } = await play({
      answers: Array.from({ length: 9 }, (_, index) => calls(call(`c${index}`, 'look'))),
    })
    expect(outcome).toMatchObject({ reason: 'failed', failure: { code: 'loop' } })
    expect(events.filter(({ type }) => type === 'model-call-start')).toHaveLength(6)
    expect(events.some((event) => event.type === 'follow-up' && event.origin === 'app')).toBe(true)
  })

  test('what the person says meanwhile is read before the turn may end', async () => {
    const { outcome, requests } = await play({ answers: [text('Done.'), text('That too.')], followUps: ['Also that.'] })
    expect(outcome).toEqual(completed)
    expect(requests[1]?.messages.at(-1)).toEqual({ role: 'user', content: 'Also that.' })
  })

  test('without usage from the server the counts are estimated and say so', async () => {
    const { events } = await play({
      answers: [
        [{ type: 'message_start', id: '', model: '' }, { type: 'content_delta', text: 'x'.repeat(40) }, stop()],
      ],
    })
    expect(events.find(({ type }) => type === 'usage')).toMatchObject({
      usage: { outputTokens: 10, source: 'estimated', costMicroUsd: 0 },
    })
  })

  test('reasoning that the server sends and does not count is estimated, and marked', async () => {
    const { events } = await play({
      answers: [
        [
          { type: 'reasoning_delta', text: 'x'.repeat(40) },
          { type: 'content_delta', text: 'Done.' },
          { type: 'usage', usage: { ...usage, outputTokens: 30 } },
          stop(),
        ],
      ],
    })
    expect(events.find(({ type }) => type === 'usage')).toMatchObject({
      usage: { outputTokens: 30, reasoningTokens: 10, reasoningSource: 'estimated', source: 'reported' },
    })
  })
})

describe('a limit', () => {
  /** What is sent here is about 90 tokens by the rule of thumb. */
  const counted: Usage = { ...usage, inputTokens: 100, outputTokens: 50 }
  const looks = (callId: string): Answer => [
    { type: 'usage', usage: counted },
    stop({ finish: 'tool_calls', toolCalls: [call(callId, 'look')] }),
  ]
  const two = [
    looks('a'),
    looks('b'),
    [{ type: 'content_delta', text: 'Done.' }, { type: 'usage', usage: counted }, stop()],
  ] as Answer[]
  test.each<[string, Limits, object]>([
    ['model calls', { modelCalls: 2 }, { limit: 'modelCalls', allowed: 2, used: 2 }],
    ['turns', { turns: 1 }, { limit: 'turns', allowed: 1, used: 1 }],
    ['tool calls', { toolCalls: 1 }, { limit: 'toolCalls', allowed: 1, used: 1 }],
    ['total tokens', { totalTokens: 302 }, { limit: 'totalTokens', allowed: 302, used: 300, needs: 151 }],
    ['input tokens', { inputTokens: 90 }, { limit: 'inputTokens', allowed: 90, used: 100 }],
    ['the next prompt', { inputTokens: 250 }, { limit: 'inputTokens', allowed: 250, used: 100, needs: 151 }],
    ['output tokens', { outputTokens: 50 }, { limit: 'outputTokens', allowed: 50, used: 50 }],
    ['wall time', { wallTime: 0 }, { limit: 'wallTime', allowed: 0, used: 0 }],
  ])('on %s ends the turn with what was allowed and used', async (_name, limits, budget) => {
    const { outcome } = await play({ answers: [...two], limits })
    const { top: _top, ...stopped } = outcome.budget ?? {}
    expect([outcome.reason, stopped]).toEqual([
      'budget',
      { ...budget, scope: 'run', origin: 'a test', setBy: { kind: 'run', option: 'a test' } },
    ])
  })

  test('that is not reached changes nothing', async () => {
    const limits = { modelCalls: 3, turns: 3, toolCalls: 2, totalTokens: 452, inputTokens: 351, outputTokens: 150 }
    expect((await play({ answers: [...two], limits })).outcome).toEqual(completed)
  })

  test('on output cuts a server that ignores it, within one chunk, and never runs a half call', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 7 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        async (parts, allowed) => {
          let sent = 0
          let left = false
          const endless: Answer = async function* () {
            try {
              for (const part of parts) {
                sent++
                yield { type: 'content_delta', text: part }
              }
              yield { type: 'tool_call_delta', index: 0, callId: 'a', name: 'change', arguments: '{' }
              yield stop({ finish: 'tool_calls', toolCalls: [call('a', 'change')] })
            } finally {
              left = true
            }
          }
          const { outcome, log, requests } = await play({
            answers: [endless, text('Done.')],
            limits: { outputTokens: allowed },
            permissions: { write: 'allow', shell: 'allow', sandbox: true },
          })
          expect(left).toBe(true)
          expect(sent).toBeLessThanOrEqual(allowed + 1)
          if (parts.length > allowed) {
            expect({ outcome, log, calls: requests.length }).toMatchObject({
              outcome: { reason: 'budget', budget: { limit: 'outputTokens', allowed } },
              log: [],
              calls: 1,
            })
          }
        },
      ),
    )
  })

  test('on tokens is never passed by more than one chunk, whatever the server sends and says', async () => {
    const plain = await play({ answers: [[{ type: 'content_delta', text: 'Done.' }, stop()]] })
    const estimate = plain.events.find((event) => event.type === 'usage')
    const prompt = estimate?.usage.inputTokens ?? 0
    const chunkOf = fc.record({
      kind: fc.constantFrom('content_delta' as const, 'reasoning_delta' as const),
      tokens: fc.integer({ min: 1, max: 6 }),
      /** The server says after it what it counted so far. */
      says: fc.boolean(),
    })
    const limits = fc.record({
      name: fc.constantFrom('outputTokens' as const, 'reasoningTokens' as const, 'totalTokens' as const),
      room: fc.integer({ min: 1, max: 80 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunkOf, { maxLength: 60 }),
        limits,
        fc.boolean(),
        async (chunks, { name, room }, late) => {
          const sent = { output: 0, reasoning: 0, last: 0 }
          const counted = (): StreamEvent => ({
            type: 'usage',
            usage: { ...usage, inputTokens: null, outputTokens: sent.output, reasoningTokens: sent.reasoning },
          })
          const stream: Answer = async function* () {
            for (const { kind, tokens, says } of chunks) {
              sent.output += tokens
              sent.reasoning += kind === 'reasoning_delta' ? tokens : 0
              sent.last = tokens
              yield { type: kind, text: 'x'.repeat(tokens * 8) }
              if (says) yield counted()
            }
            if (late) yield counted()
            yield stop()
          }
          const allowed = name === 'totalTokens' ? room + prompt : room
          const { outcome } = await play({
            answers: [stream, text('Again.'), text('Again.')],
            limits: { [name]: allowed },
          })
          const passed = sent[name === 'reasoningTokens' ? 'reasoning' : 'output'] - room
          expect(passed).toBeLessThanOrEqual(sent.last)
          if (passed > 0) expect(outcome).toMatchObject({ reason: 'budget', budget: { limit: name, allowed } })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('on output that cuts an answer ends the turn, and that of the profile does not', async () => {
    const cut: Answer = [
      { type: 'content_delta', text: 'tick tock' },
      { type: 'usage', usage },
      stop({ finish: 'length', rawFinish: 'length' }),
    ]
    const { outcome, events } = await play({ answers: [cut], limits: { outputTokens: 5 } })
    expect({
      outcome,
      warnings: events.flatMap((event) => (event.type === 'warning' ? event.code : [])),
    }).toMatchObject({
      outcome: { reason: 'budget', failure: null, budget: { limit: 'outputTokens', allowed: 5, used: 5 } },
      warnings: ['budget'],
    })
    expect((await play({ answers: [cut], limits: { outputTokens: 6 } })).outcome).toEqual(completed)
  })

  test('on output clamps what the next call may make', async () => {
    const { requests } = await play({ answers: [...two], limits: { outputTokens: 200, totalTokens: 500 } })
    expect(requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([200, 150, 49])
  })
})

test('an approval that nobody gives in time ends the turn, and says when it would have', async () => {
  const { outcome, events, ends, log } = await play({
    answers: [calls(call('a', 'change'))],
    answer: () => null,
    answerMs: 90_000,
  })
  const asked = events.find((event) => event.type === 'approval-request')
  expect([outcome, ends, log, asked]).toEqual([
    {
      reason: 'needs-approval',
      failure: failure('invalid-input', 'The agent wanted to change a file, and nobody answered for 90 seconds.', {
        remedy: { kind: 'allow', access: 'write', again: 'go-on' },
      }),
      budget: null,
    },
    [['a', 'denied']],
    [],
    expect.objectContaining({ until: 90_000 }),
  ])
})

describe('at a limit somebody who watches decides', () => {
  const done: Answer = text('All done.')
  const asked = (...answers: BudgetAnswer[]) => {
    const stops: BudgetStop[] = []
    const askBudget: TurnContext['askBudget'] = (limit) => {
      stops.push(limit)
      return Promise.resolve(answers.shift() ?? { choice: 'stop' })
    }
    return { stops, askBudget }
  }
  const limitEvents = (events: UnstampedEvent[]) =>
    events.flatMap((event) =>
      event.type === 'budget-request'
        ? [event.stop.limit]
        : event.type === 'budget-answer'
          ? [event.answer.choice]
          : [],
    )

  test('to raise it: the run goes on, and a later limit asks again', async () => {
    const { askBudget } = asked({ choice: 'raise', to: 2 }, { choice: 'raise', to: 9 })
    const { outcome, events, log } = await play({
      answers: [calls(call('a', 'look')), calls(call('b', 'look')), done],
      limits: { turns: 1 },
      askBudget,
    })
    expect([outcome, limitEvents(events), log]).toEqual([
      completed,
      ['turns', 'raise', 'turns', 'raise'],
      ['look', 'look'],
    ])
  })

  test('to raise it: calls that met it at once ask once, and all run', async () => {
    const { askBudget } = asked({ choice: 'raise', to: 9 })
    const { outcome, events, ends } = await play({
      answers: [calls(call('a', 'look'), call('b', 'look'), call('c', 'look')), done],
      limits: { toolCalls: 1 },
      askBudget,
    })
    expect([outcome, limitEvents(events), ends.map(([, how]) => how)]).toEqual([
      completed,
      ['toolCalls', 'raise'],
      ['done', 'done', 'done'],
    ])
  })

  test('to finish: one last answer, in which no call runs', async () => {
    const { askBudget } = asked({ choice: 'finish' })
    const last: Answer = [
      { type: 'content_delta', text: 'So far.' },
      { type: 'usage', usage },
      stop({ finish: 'tool_calls', toolCalls: [call('b', 'look')] }),
    ]
    const { outcome, requests, log, ends } = await play({
      answers: [calls(call('a', 'look')), last],
      limits: { turns: 1 },
      askBudget,
    })
    expect({
      reason: outcome.reason,
      log,
      ends,
      tools: requests.map(({ tools }) => tools.length),
      most: requests[1]?.maxOutputTokens,
      said: requests[1]?.messages.at(-1),
    }).toEqual({
      reason: 'budget',
      log: ['look'],
      ends: [
        ['a', 'done'],
        ['b', 'not-run'],
      ],
      tools: [3, 3],
      most: 1500,
      said: { role: 'user', content: expect.stringContaining('for the last time') },
    })
  })

  test('to finish: an answer that does not come is not waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { askBudget } = asked({ choice: 'finish' })
    let cut = false
    const endless: Answer = async function* (signal) {
      yield { type: 'content_delta', text: 'So far' }
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve())
        void vi.advanceTimersByTimeAsync(121_000)
      })
      cut = true
      throw new FailureError(failure('aborted', 'Stopped.'))
    }
    const { outcome } = await play({
      answers: [calls(call('a', 'look')), endless],
      limits: { turns: 1 },
      askBudget,
      now: () => Date.now(),
    })
    expect([outcome.reason, outcome.budget?.limit, cut]).toEqual(['budget', 'turns', true])
  })

  test('to stop, as if nobody watched', async () => {
    const { askBudget, stops } = asked({ choice: 'stop' })
    const { outcome, requests, events } = await play({
      answers: [calls(call('a', 'look'))],
      limits: { turns: 1 },
      askBudget,
    })
    const warning = events.find(({ type }) => type === 'warning')
    expect([outcome, stops, requests.length, warning]).toEqual([
      { reason: 'budget', failure: null, budget: stops[0] },
      [
        expect.objectContaining({
          limit: 'turns',
          allowed: 1,
          used: 1,
          scope: 'run',
          origin: 'a test',
          setBy: { kind: 'run', option: 'a test' },
        }),
      ],
      1,
      {
        type: 'warning',
        code: 'budget',
        message:
          'Stopped at the limit of 1 turn for a run (a test): 1 turn is used. Most went to model call 1, m (15 tokens). To go on, send another message or start it again with a higher limit.',
      },
    ])
  })

  test('to raise one that cut an answer: it goes on where it stopped', async () => {
    const { askBudget } = asked({ choice: 'raise', to: 100 })
    const endless: Answer = async function* () {
      for (;;) yield { type: 'content_delta', text: 'word ' }
    }
    const { outcome, requests, events } = await play({
      answers: [endless, done],
      limits: { outputTokens: 5 },
      askBudget,
    })
    const ends = events.flatMap((event) => (event.type === 'model-call-end' ? [event.finish] : []))
    expect([outcome, ends, requests[1]?.messages.slice(-2)]).toEqual([
      completed,
      ['length', 'stop'],
      [
        { role: 'assistant', content: 'word '.repeat(6), toolCalls: [] },
        { role: 'user', content: expect.stringContaining('Go on exactly where it stopped') },
      ],
    ])
  })
})

test('a person is warned once when most of a limit is used', async () => {
  const look = (callId: string) => calls(call(callId, 'look'))
  const { events } = await play({
    answers: [look('a'), look('b'), look('c'), look('d'), text('Done.')],
    limits: { modelCalls: 6, toolCalls: 5 },
  })
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    { type: 'warning', code: 'budget-80', message: '4 tool calls of 5 tool calls for a run (a test) are used.' },
    { type: 'warning', code: 'budget-80', message: '5 model calls of 6 model calls for a run (a test) are used.' },
  ])
})

describe('a slot of the server', () => {
  test('is held for a call, and not while a tool runs or a person is asked', async () => {
    const log: string[] = []
    const slotHolder: TurnContext['slotHolder'] = {
      acquire() {
        log.push('take')
        return Promise.resolve(() => log.push('release'))
      },
    }
    await play({
      slotHolder,
      answers: [calls(call('a', 'change')), text('Done.')],
      onEvent: ({ type }) => {
        if (/^(model-call|tool|approval-request)/.test(type)) log.push(type)
      },
    })
    expect(log).toEqual([
      ...['take', 'model-call-start', 'model-call-end', 'release'],
      ...['tool-start', 'approval-request', 'tool-end'],
      ...['take', 'model-call-start', 'model-call-end', 'release'],
    ])
  })

  test('is given back when the call fails', async () => {
    let held = 0
    const slotHolder: TurnContext['slotHolder'] = {
      acquire: () => {
        held++
        return Promise.resolve(() => {
          held--
        })
      },
    }
    await play({ slotHolder, answers: [new FailureError(failure('auth', 'No.'))] })
    expect(held).toBe(0)
  })

  test('is waited for in sight, and not beyond a stop', async () => {
    const slotHolder: TurnContext['slotHolder'] = {
      acquire: ({ onWait, signal }) => {
        onWait({ kind: 'queued', before: 2, slots: 1 })
        onWait({ kind: 'queued', before: 0, slots: 4 })
        return signal.aborted
          ? Promise.reject(new FailureError(failure('aborted', 'Stopped.')))
          : Promise.resolve(() => {})
      },
    }
    const { outcome, events } = await play({
      slotHolder,
      answers: [],
      onEvent: (event, abort) => {
        if (event.type === 'phase' && event.queuedBefore === 0) abort.abort()
      },
    })
    expect([outcome.reason, events.slice(2)]).toEqual([
      'aborted',
      [
        { type: 'phase', phase: 'queued', detail: '2 before it, Local has 1 slot', queuedBefore: 2 },
        { type: 'phase', phase: 'queued', detail: 'next, Local has 4 slots', queuedBefore: 0 },
      ],
    ])
  })
})
