import { afterEach, describe, expect, it } from 'vitest'
import type { DoctorCheck } from '#shared/doctor/doctor.ts'
import { commandText, doctorLine } from '#shared/doctor/doctor-summary.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import {
  chunk,
  DONE,
  frame,
  httpError,
  json,
  type RecordedRequest,
  raw,
  type ScriptedBackend,
  type ScriptStep,
  startScriptedBackend,
  text,
  toolCall,
  toolCalls,
  usage,
} from '../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { createBackend } from '../backend/client.ts'
import type { SlotHolder } from '../slots/slots.ts'
import { runDoctor } from './run-doctor.ts'

const opened: ScriptedBackend[] = []
afterEach(() => Promise.all(opened.splice(0).map((backend) => backend.close())))

type Routes = Record<string, ScriptStep>

/** What a good server answers to each question of the doctor; a test replaces what it is about. */
interface Behaviour {
  chat?(request: RecordedRequest): ReturnType<typeof text> | undefined
  routes?: Routes
}

const used = usage(20, 10, { prompt_tokens_details: { cached_tokens: 4 } })
const both = [
  ['get_weather', { city: 'Paris' }],
  ['get_weather', { city: 'Rome' }],
] as const

function answer(request: RecordedRequest) {
  const question = String(request.messages.at(-1)?.content)
  if (question.includes('twice')) return toolCalls(both, { usage: used })
  if (request.body.tools) return toolCall('get_weather', { city: 'Paris' }, { usage: used })
  if (question.includes('300')) return raw([chunk({ content: '1' }), chunk({ content: ' 2' })], { end: 'hold' })
  return text('1 2 3 4 5 6 7 8 9 10', { chunks: 10, usage: used })
}

async function serve({ chat, routes }: Behaviour) {
  const backend = await startScriptedBackend({
    models: ['m'],
    routes: { '/v1/chat/completions': (request) => chat?.(request) ?? answer(request), ...routes },
  })
  opened.push(backend)
  return backend
}

interface Asked {
  slotHolder?: SlotHolder
  onWait?: (words: string | null) => void
  profile?: Partial<Profile>
  key?: string
  mayLoad?: boolean
}

async function examine(
  behaviour: Behaviour,
  { profile = {}, key, mayLoad = false, slotHolder = freeSlot, onWait }: Asked = {},
) {
  const backend = await serve(behaviour)
  const seen: DoctorCheck[] = []
  const { report, proven } = await runDoctor(
    testProfile(backend.baseUrl, profile),
    {
      clock: { now: () => 5000 },
      env: {},
      resolveKey: async () => key ?? null,
      connect: createBackend,
      slotHolder: () => slotHolder,
      ...(onWait && { onWait }),
      mayLoad: async () => mayLoad,
      freeMs: 120,
    },
    (check) => seen.push(check),
    new AbortController().signal,
  )
  return { backend, report, proven, seen, byId: (id: string) => report.checks.find((check) => check.id === id) }
}

const states = (checks: readonly DoctorCheck[]) => Object.fromEntries(checks.map(({ id, state }) => [id, state]))
const vllmRoutes: Routes = {
  '/v1/models': json({
    object: 'list',
    data: [{ id: 'coder', root: 'Qwen/Qwen3-Coder-30B-A3B-Instruct', owned_by: 'vllm', max_model_len: 65536 }],
  }),
  '/version': json({ version: '0.28.0' }),
  '/metrics': raw(['vllm:num_requests_running{model_name="coder"} 0.0\n'], {
    headers: { 'content-type': 'text/plain' },
  }),
}

describe('the doctor', () => {
  it('passes a server that does everything right, with few tokens, and tells each check as it is done', async () => {
    const { report, seen, proven } = await examine(
      { routes: vllmRoutes },
      { profile: { kind: 'vllm', model: 'coder' } },
    )
    expect(states(report.checks)).toEqual({
      reachable: 'ok',
      key: 'ok',
      model: 'ok',
      stream: 'ok',
      usage: 'ok',
      reasoning: 'ok',
      tools: 'ok',
      'tools-whole': 'ok',
      'parallel-tools': 'ok',
      system: 'ok',
      window: 'ok',
      cancel: 'ok',
    })
    expect(seen.map(({ id }) => id)).toEqual(report.checks.map(({ id }) => id))
    // Seven answers of 30 tokens, and the stopped one by our own count.
    expect(report).toMatchObject({ tokens: 7 * 30 + 22, tokensEstimated: true, wantsLoad: false, model: 'coder' })
    expect(doctorLine(report.checks)).toEqual({ state: 'ok', text: '12 of 12 pass' })
    expect(proven).toEqual({})
  })

  it('gives the command that starts vLLM with tools, the new flags marked', async () => {
    const refusal = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    const body = { error: { message: refusal, type: 'BadRequestError', param: null, code: 400 } }
    const { report, byId, backend } = await examine(
      { chat: ({ body: { tools } }) => (tools ? httpError(400, body) : undefined), routes: vllmRoutes },
      { profile: { kind: 'vllm', model: 'coder' }, key: 'sk-secret-0123456789' },
    )
    const tools = byId('tools')
    expect([tools?.state, tools?.status, tools?.quote]).toEqual(['problem', 400, refusal])
    const command = tools?.remedies[0]?.command ?? []
    expect(commandText(command)).toBe(
      `vllm serve Qwen/Qwen3-Coder-30B-A3B-Instruct --served-model-name coder --port ${new URL(backend.baseUrl).port}` +
        ' --max-model-len 65536 --api-key "$VLLM_API_KEY" --enable-auto-tool-choice --tool-call-parser qwen3_coder',
    )
    expect(command.filter(({ added }) => added).map((part) => part.text)).toEqual([
      '--enable-auto-tool-choice --tool-call-parser qwen3_coder',
    ])
    expect([byId('tools-whole')?.evidence, byId('parallel-tools')?.state, byId('cancel')?.state]).toEqual([
      'Not tried, tool calls come first.',
      'not-tried',
      'ok',
    ])
    expect(doctorLine(report.checks)).toEqual({ state: 'problem', text: 'tool calls are refused' })
    expect(JSON.stringify(report)).not.toContain('sk-secret')
  })

  it('stops at a refused key, and says what waits for it', async () => {
    const { report, byId } = await examine(
      { routes: { '/v1/models': httpError(401, { error: 'Unauthorized' }) } },
      { key: 'sk-wrong-0123456789' },
    )
    expect([byId('reachable')?.state, byId('key')?.state, byId('key')?.brief]).toEqual(['ok', 'problem', 'key refused'])
    expect([byId('key')?.evidence, byId('key')?.quote]).toEqual([
      'Test refused the key. Set a valid key on the profile.',
      'Unauthorized',
    ])
    const rest = report.checks.filter(({ id }) => id !== 'reachable' && id !== 'key')
    expect(new Set(rest.map(({ state, evidence }) => `${state}: ${evidence}`))).toEqual(
      new Set(['not-tried: Not tried, the key comes first.']),
    )
    expect(report.tokens).toBe(0)
  })

  it('finds a refused key at a server that lists its models for everybody', async () => {
    const { byId } = await examine({ chat: () => httpError(401, { error: 'Unauthorized' }) }, { key: 'sk-wrong' })
    expect([byId('key')?.state, byId('stream')?.evidence]).toEqual(['problem', 'Not tried, the key comes first.'])
  })

  it('names the models that are there when the chosen one is not', async () => {
    const { byId, report } = await examine({}, { profile: { model: 'gone' } })
    expect(byId('model')).toMatchObject({
      state: 'problem',
      evidence: 'gone is not there. The server has m.',
      remedies: [{ apply: { label: 'Use m', change: { model: 'm' } } }],
    })
    expect(byId('stream')?.evidence).toBe('Not tried, the model comes first.')
    expect(report.tokens).toBe(0)
  })

  const ollamaRoutes = (loaded: boolean): Routes => ({
    '/v1/models': json({ object: 'list', data: [{ id: 'qwen3-coder:latest', owned_by: 'library' }] }),
    '/api/version': json({ version: '0.33.0' }),
    '/api/ps': json({ models: loaded ? [{ name: 'qwen3-coder:latest', context_length: 4096 }] : [] }),
    '/api/show': json({
      capabilities: ['completion', 'tools'],
      model_info: { 'general.architecture': 'qwen3moe', 'qwen3moe.context_length': 262144 },
    }),
  })
  const ollama = { kind: 'ollama', model: 'qwen3-coder' } as const

  it('sees the 4k window of an Ollama that could do more', async () => {
    const { byId } = await examine({ routes: ollamaRoutes(true) }, { profile: ollama })
    const window = byId('window')
    expect([window?.state, window?.evidence, window?.brief]).toEqual([
      'warning',
      '4,096 tokens are in use, the model could do 262,144.',
      'window of 4,096 tokens',
    ])
    expect(window?.remedies[0]?.apply).toEqual({
      label: 'Use 32,768 on this profile',
      change: { kind: 'ollama', contextWindow: 32768 },
    })
    expect(window?.remedies.flatMap(({ command = [] }) => command)).toEqual([
      { text: 'OLLAMA_CONTEXT_LENGTH=32768', added: true },
      { text: 'ollama serve', added: false },
    ])
  })

  it('loads no model that is not loaded unless it may', async () => {
    const asked = { profile: ollama }
    const without = await examine({ routes: ollamaRoutes(false) }, asked)
    expect([without.report.wantsLoad, without.backend.chatRequests().length, without.byId('stream')?.evidence]).toEqual(
      [true, 0, 'Not tried, the model has to be loaded first.'],
    )
    const allowed = await examine({ routes: ollamaRoutes(false) }, { ...asked, mayLoad: true })
    expect([allowed.report.wantsLoad, allowed.byId('tools')?.state]).toEqual([false, 'ok'])
  })

  it('asks an Ollama with a window on the profile by its own route only, and loads no other window unless it may', async () => {
    const line = (message: object, more: object = {}) =>
      `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: '', ...message }, done: false, ...more })}\n`
    const end = line({}, { done: true, done_reason: 'stop', prompt_eval_count: 20, eval_count: 10 })
    let window = 4096
    const routes: Routes = {
      ...ollamaRoutes(true),
      '/api/ps': () => json({ models: [{ name: 'qwen3-coder:latest', context_length: window }] }),
      '/api/chat': ({ body, messages }) => {
        window = 32768
        if (body.stream === false)
          return json(
            JSON.parse(
              line(
                { content: '391', thinking: 'Well' },
                { done: true, done_reason: 'stop', prompt_eval_count: 20, eval_count: 10 },
              ),
            ),
          )
        const question = String(messages.at(-1)?.content)
        const headers = { 'content-type': 'application/x-ndjson' }
        if (question.includes('300'))
          return raw([line({ content: '1' }), line({ content: ' 2' })], { headers, end: 'hold' })
        if (!body.tools) return raw([line({ content: '1' }), line({ content: ' 2' }), end], { headers })
        const cities = question.includes('twice') ? ['Paris', 'Rome'] : ['Paris']
        const calls = cities.map((city) => ({ function: { name: 'get_weather', arguments: { city } } }))
        return raw([line({ tool_calls: calls }), end], { headers })
      },
    }
    const asked = { profile: { ...ollama, contextWindow: 32768 } }
    const without = await examine({ routes }, asked)
    const chats = (backend: ScriptedBackend) =>
      backend.requests.filter(({ path }) => /chat/.test(path)).map(({ path }) => path)
    expect([without.report.wantsLoad, without.byId('window')?.state, chats(without.backend)]).toEqual([
      true,
      'not-tried',
      [],
    ])
    const allowed = await examine({ routes }, { ...asked, mayLoad: true })
    expect(new Set(chats(allowed.backend))).toEqual(new Set(['/api/chat']))
    const { tools, window: fits, reasoning } = states(allowed.report.checks)
    expect([tools, fits, reasoning, allowed.byId('reasoning')?.evidence]).toEqual([
      'ok',
      'ok',
      'ok',
      'comes in a field of its own, thinking',
    ])
  })

  it('says so when the stream brings no usage, and counts itself', async () => {
    const { byId, report } = await examine({
      chat: ({ body: { tools, stream } }) =>
        stream && !tools ? text('1 2 3 4 5', { chunks: 5, usage: null }) : undefined,
    })
    expect([byId('usage')?.state, byId('usage')?.evidence, report.tokensEstimated]).toEqual([
      'warning',
      'None came: cost and share of the window are estimated.',
      true,
    ])
  })

  it('knows two calls that the server merged into one', async () => {
    const merged = '{"city":"Paris"}{"city":"Rome"}'
    const { byId } = await examine({
      chat: ({ messages }) =>
        String(messages.at(-1)?.content).includes('twice')
          ? raw([
              chunk({
                tool_calls: [
                  { index: 0, id: 'c1', type: 'function', function: { name: 'get_weather', arguments: merged } },
                ],
              }),
              chunk({}, 'tool_calls'),
              frame({ choices: [], usage: used }),
              DONE,
            ])
          : undefined,
    })
    expect(byId('parallel-tools')).toMatchObject({
      state: 'warning',
      brief: 'parallel calls are merged',
      quote: merged,
      remedies: [{ apply: { change: { extraBody: { parallel_tool_calls: false } } } }],
    })
  })

  it('sees that a server goes on after a stop', async () => {
    let stopped = false
    const { byId } = await examine(
      {
        chat: ({ messages }) => {
          stopped ||= String(messages.at(-1)?.content).includes('300')
          return undefined
        },
        routes: {
          '/props': json({ default_generation_settings: { n_ctx: 32768 }, build_info: 'b1' }),
          '/slots': () => json([{ id: 0, is_processing: stopped }]),
        },
      },
      { profile: { kind: 'llama-server' } },
    )
    expect([byId('cancel')?.state, byId('cancel')?.brief]).toEqual(['warning', 'goes on after a stop'])
    expect(byId('cancel')?.evidence).toMatch(/^The server was still generating \d+ ms after/)
  })

  it('waits for a slot before every call, and has none beside a call', async () => {
    const log: string[] = []
    const slotHolder: SlotHolder = {
      acquire() {
        log.push('take')
        return Promise.resolve(() => log.push('release'))
      },
      leave() {
        log.push('leave')
      },
    }
    const { backend } = await examine({}, { slotHolder })
    const calls = backend.chatRequests().flatMap(() => ['take', 'release'])
    expect([log.length > 10, log]).toEqual([true, [...calls, 'leave']])
  })

  it('says what it waits for', async () => {
    const heard: (string | null)[] = []
    let waits = 1
    const slotHolder: SlotHolder = {
      acquire({ onWait }) {
        if (waits-- > 0) onWait({ kind: 'queued', before: 1, slots: 2 })
        return Promise.resolve(() => {})
      },
      leave() {},
    }
    await examine({}, { slotHolder, onWait: (words) => heard.push(words) })
    expect(heard).toEqual(['1 before it, Test has 2 slots', null])
  })

  it('says that nobody answers, and everything else waits for that', async () => {
    const backend = await startScriptedBackend()
    await backend.close()
    const { report } = await runDoctor(
      testProfile(backend.baseUrl),
      {
        clock: { now: () => 0 },
        env: {},
        resolveKey: async () => null,
        connect: createBackend,
        slotHolder: () => freeSlot,
        mayLoad: async () => false,
      },
      () => undefined,
      new AbortController().signal,
    )
    expect(states(report.checks)).toMatchObject({ reachable: 'problem', key: 'not-tried', cancel: 'not-tried' })
  })

  it('recognises the server behind a profile that does not say what it is', async () => {
    const { proven, byId } = await examine({ routes: vllmRoutes }, { profile: { model: 'coder' } })
    expect(proven).toEqual({ kind: 'vllm' })
    expect(byId('reachable')?.evidence).toBe('vLLM 0.28.0, HTTP 200 from /v1/models')
  })

  it('quotes the rule of a server that takes system messages at the start only, and passes it', async () => {
    const { byId } = await examine({
      chat: ({ messages }) =>
        messages.slice(1).some(({ role }) => role === 'system')
          ? httpError(400, 'System message must be at the beginning.')
          : undefined,
    })
    expect([byId('system')?.state, byId('system')?.evidence]).toEqual([
      'ok',
      'accepted at the start; a second one in the middle is refused, and this app sends none',
    ])
  })

  it('tells reasoning in a field of its own from reasoning inside the answer', async () => {
    const inField = await examine({
      chat: ({ body }) => (body.tools ? undefined : text('391', { reasoning: 'Well', usage: used })),
    })
    const inside = await examine({
      chat: ({ body }) => (body.stream === false && !body.tools ? text('<think>Well</think>391') : undefined),
    })
    expect([inField.byId('reasoning')?.evidence, inside.byId('reasoning')?.state]).toEqual([
      'comes in a field of its own, reasoning_content',
      'warning',
    ])
  })

  it('finds out that whole answers come as reasoning, and what to leave out', async () => {
    const { byId } = await examine(
      {
        chat: ({ body }) => (body.tools ? undefined : text('', { reasoning: 'I do not think.', usage: used })),
        routes: vllmRoutes,
      },
      { profile: { kind: 'vllm', model: 'coder' } },
    )
    expect(byId('reasoning')).toMatchObject({
      state: 'warning',
      brief: 'answers come as reasoning',
      evidence: expect.stringContaining('The whole answer came as reasoning, in the field reasoning_content'),
      remedies: [{ text: expect.stringContaining('without --reasoning-parser') }],
    })
  })

  it('learns what the server refuses, says so, and a client that starts with it asks rightly at once', async () => {
    const refusing = ({ body }: RecordedRequest) => {
      if (body.temperature !== undefined)
        return httpError(400, "Unsupported parameter: 'temperature' is not supported.")
      if (body.max_tokens === undefined) return undefined
      return httpError(
        400,
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead, it is not supported.",
      )
    }
    const { backend, proven, byId } = await examine({ chat: refusing }, { profile: { temperature: 0.2 } })
    const compat = {
      baseUrl: backend.baseUrl,
      model: 'm',
      leaveOut: ['temperature'],
      outputLimitName: 'max_completion_tokens',
    }
    expect([proven, byId('stream')?.evidence]).toEqual([
      { compat },
      expect.stringContaining('Test does not accept temperature; it is left out from now on.'),
    ])
    const asked = backend.chatRequests().length
    const profile = testProfile(backend.baseUrl, { compat })
    for (const about of [profile, { ...profile, compat: { ...compat, model: 'another' } }]) {
      const client = createBackend({ profile: about, key: null })
      const request = { messages: [], tools: [], temperature: 0.2, maxOutputTokens: 9 }
      for await (const _event of client.chat(request, new AbortController().signal)) {
        // Only what was sent counts.
      }
      await client.close()
    }
    const sent = backend.chatRequests().slice(asked)
    expect(sent.map(({ body }) => [body.temperature, body.max_tokens])).toEqual([
      [undefined, undefined],
      [0.2, 9],
      [undefined, 9],
      [undefined, undefined],
    ])
  })

  it('knows calls that come as text, and which parser the model needs', async () => {
    const leaked =
      '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>'
    const { byId } = await examine(
      { chat: ({ body }) => (body.tools ? text(leaked, { usage: used }) : undefined), routes: vllmRoutes },
      { profile: { kind: 'vllm', model: 'coder' } },
    )
    expect([byId('tools')?.state, byId('tools')?.brief, byId('tools-whole')?.state]).toEqual([
      'warning',
      'calls come as text',
      'not-tried',
    ])
    expect(commandText(byId('tools')?.remedies[0]?.command ?? [])).toContain('--tool-call-parser qwen3_coder')
  })

  it('finds the /v1 that a base URL lacks', async () => {
    const backend = await serve({})
    const { report } = await runDoctor(
      testProfile(backend.baseUrl.replace('/v1', '')),
      {
        clock: { now: () => 0 },
        env: {},
        resolveKey: async () => null,
        connect: createBackend,
        slotHolder: () => freeSlot,
        mayLoad: async () => false,
      },
      () => undefined,
      new AbortController().signal,
    )
    const [reachable] = report.checks
    expect([reachable?.state, reachable?.remedies[0]?.apply?.change]).toEqual(['warning', { baseUrl: backend.baseUrl }])
    expect(states(report.checks)).toMatchObject({ stream: 'ok', tools: 'ok' })
  })

  it('says nothing of the key where the server fails instead of listing its models', async () => {
    const { byId } = await examine({ routes: { '/v1/models': httpError(500, 'Out of memory.') } }, { key: 'sk-any' })
    expect([byId('key')?.state, byId('model')?.state, byId('model')?.quote]).toEqual([
      'not-tried',
      'problem',
      'Out of memory.',
    ])
  })

  it('does not blame the reasoning for a question that the server did not take', async () => {
    const { byId } = await examine({
      chat: ({ body }) =>
        body.stream === false && !body.tools ? httpError(400, "Unsupported parameter: 'max_tokens'.") : undefined,
    })
    expect(byId('reasoning')?.state).toBe('not-tried')
  })

  it('keeps quiet about a stop on a server that somebody else uses too', async () => {
    const busy = 'vllm:num_requests_running{model_name="coder"} '
    let asked = 1
    const { byId } = await examine(
      {
        routes: {
          ...vllmRoutes,
          '/metrics': () => raw([`${busy}${asked++}.0\n`], { headers: { 'content-type': 'text/plain' } }),
        },
      },
      { profile: { kind: 'vllm', model: 'coder' } },
    )
    expect(byId('cancel')?.state).toBe('not-tried')
  })

  it('ends at once when it is stopped', async () => {
    const stop = new AbortController()
    const backend = await serve({ chat: () => raw([chunk({ content: '1' })], { end: 'hold' }) })
    const test = runDoctor(
      testProfile(backend.baseUrl),
      {
        clock: { now: () => 0 },
        env: {},
        resolveKey: async () => null,
        connect: createBackend,
        slotHolder: () => freeSlot,
        mayLoad: async () => false,
      },
      () => undefined,
      stop.signal,
    )
    const request = await backend.chatRequest(0)
    stop.abort()
    await expect(test).rejects.toMatchObject({ failure: { code: 'aborted' } })
    await request.closed
  })
})
