import { watch } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  chunk,
  DONE,
  frame,
  gate,
  httpError,
  json,
  type RecordedRequest,
  type Reply,
  raw,
  silent,
  startScriptedBackend,
  text,
  toolCall,
  usage,
} from '../../test-support/scripted-backend.ts'
import { createWorld, jsonLines } from './support/world.ts'

const WINDOW = 32_768

/** About four characters a token, as many servers come to. */
function tokensOf({ body }: RecordedRequest): number {
  return Math.ceil((JSON.stringify(body.messages).length + JSON.stringify(body.tools ?? []).length) / 4)
}

function tooLong(tokens: number): Reply {
  return httpError(400, {
    error: {
      code: 400,
      message: `request (${tokens} tokens) exceeds the available context size (${WINDOW} tokens), try increasing it`,
      type: 'exceed_context_size_error',
      n_prompt_tokens: tokens,
      n_ctx: WINDOW,
    },
  })
}

/** A server with a window that reads file after file, and what became of its requests. */
function reader(files: number) {
  const log: ('refused' | 'summary' | 'answer')[] = []
  let next = 0
  const step = (request: RecordedRequest): Reply => {
    const tokens = tokensOf(request)
    const isSummary = String(request.messages.at(-1)?.content).startsWith('The context is nearly full.')
    log.push(tokens > WINDOW ? 'refused' : isSummary ? 'summary' : 'answer')
    if (tokens > WINDOW) return tooLong(tokens)
    if (isSummary) return text('The files are read one after the other.', { usage: usage(tokens, 10) })
    if (next === files) return text('All are read.', { usage: usage(tokens, 5) })
    return toolCall('read_file', { path: `f${next++}.txt` }, { usage: usage(tokens, 10) })
  }
  return { step, log, read: () => next }
}

const times = (log: readonly string[], what: string) => log.filter((one) => one === what).length

describe('a window that nobody set', () => {
  test('is outgrown as often as the task is long, and known to the next process before it is refused', async () => {
    const world = await createWorld()
    const content = 'some line of code that stands here\n'.repeat(1000)
    await Promise.all(Array.from({ length: 12 }, (_, index) => writeFile(join(world.work, `f${index}.txt`), content)))
    const first = reader(12)
    world.backend.script(...Array.from({ length: 40 }, () => first.step))
    const done = await world.run(['agent', 'Read them all.'])
    expect([done.code, first.read(), times(first.log, 'refused')]).toEqual([0, 12, 1])
    expect(times(first.log, 'summary')).toBeGreaterThan(2)

    const second = reader(6)
    world.backend.script(...Array.from({ length: 40 }, () => second.step))
    const again = await world.run(['agent', 'Read six of them.'])
    expect([again.code, second.read(), times(second.log, 'refused')]).toEqual([0, 6, 0])
    expect(times(second.log, 'summary')).toBeGreaterThan(0)
  })
})

describe('a server that counts nothing', () => {
  const zeros = frame({ choices: [], usage: usage(0, 0) })

  test.each(['nothing but zeros', 'zeros behind its counts'])(
    'and reports %s is estimated, so that limits hold',
    async (how) => {
      const world = await createWorld()
      const before = how === 'nothing but zeros' ? [] : [frame({ choices: [], usage: usage(900, 20) })]
      const step = (request: RecordedRequest) =>
        raw([
          chunk({
            tool_calls: [
              {
                index: 0,
                id: `call_${request.messages.length}`,
                function: { name: 'bash', arguments: `{"command":"echo ${request.messages.length}; seq 1 300"}` },
              },
            ],
          }),
          chunk({}, 'tool_calls'),
          ...before,
          zeros,
          DONE,
        ])
      world.backend.script(...Array.from({ length: 30 }, () => step))
      const run = await world.run(['agent', '--json', '--allow-shell', '--max-total-tokens', '5000', 'Go.'])
      const last = jsonLines(run.out).at(-1)
      expect(last).toMatchObject({ type: 'run-end', reason: 'budget', budget: { limit: 'totalTokens' } })
      const sent = world.backend.chatRequests().reduce((sum, request) => sum + tokensOf(request), 0)
      expect(sent).toBeLessThan(10_000)
    },
  )
})

describe('what a model sent', () => {
  test('is told apart where the server gives every call the same id', async () => {
    const world = await createWorld(
      toolCall('list_dir', { path: '.' }, { id: 'call_0' }),
      toolCall('list_dir', { path: '..' }, { id: 'call_0' }),
      text('Done.'),
    )
    const run = await world.run(['agent', '--json', 'Look.'])
    const messages = world.backend.chatRequests().at(-1)?.messages ?? []
    const asked = messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id))
    const answered = messages.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]))
    expect([new Set(asked).size, answered, asked[0]]).toEqual([2, asked, 'call_0'])
    const shown = jsonLines(run.out).flatMap(({ type, callId }) => (type === 'tool-end' ? [callId] : []))
    expect(shown).toEqual(asked)
  })

  test('and is half a character reaches neither a file nor a request, and a session that holds one goes on', async () => {
    const world = await createWorld(
      toolCall('write_file', '{"path":"a.txt","content":"half \\ud83d."}', { id: 'c1' }),
      raw([
        chunk({ content: 'Half: \ud83d' }),
        chunk({ content: ' and whole: \ud83d' }),
        chunk({ content: '\ude00' }, 'stop'),
        DONE,
      ]),
      text('Still here.'),
    )
    const first = await world.run(['agent', '--json', '--allow-write', 'Write.'])
    const session = String(jsonLines(first.out)[0]?.sessionId)
    const resumed = await world.run(['agent-resume', session, 'And \ud83d?'])
    const requests = world.backend.chatRequests()
    const half = /(?:^|[^\\])(?:\\\\)*\\+u[dD][89a-fA-F]/
    expect([first.code, resumed.code, requests.map(({ bodyText }) => half.test(bodyText))]).toEqual([
      0,
      0,
      [false, false, false],
    ])
    expect(jsonLines(first.out).at(-1)).toMatchObject({ finalText: 'Half: \ufffd and whole: \u{1F600}' })
    // What was sent once is the beginning of what is sent next.
    const sent = requests.map(({ bodyText }) => bodyText.slice(0, bodyText.lastIndexOf(']')))
    expect([sent[1]?.startsWith(sent[0] ?? '-'), sent[2]?.startsWith(sent[1] ?? '-')]).toEqual([true, true])
  })

  test('and calls a tool that does not exist goes back under a name that every server takes', async () => {
    const world = await createWorld(toolCall('web.search <now>', { q: 'x' }, { id: 'c1' }), text('Done.'))
    const run = await world.run(['agent', '--json', 'Look.'])
    const names = world.backend
      .chatRequests()
      .at(-1)
      ?.messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => call.function.name))
    expect(names).toEqual(['web_search_now_'])
    expect(jsonLines(run.out).find(({ type }) => type === 'tool-start')).toMatchObject({ name: 'web.search <now>' })
  })

  test('as parts of its content is told apart: thoughts and text', async () => {
    const thinking = (words: string) => ({ type: 'thinking', thinking: [{ type: 'text', text: words }] })
    const world = await createWorld(
      raw([
        chunk({ role: 'assistant', content: [thinking('I think so')] }),
        chunk({ content: [{ type: 'text', text: 'The answer' }] }),
        chunk({ content: ' is 2.' }, 'stop'),
        DONE,
      ]),
    )
    const { out } = await world.run(['agent', '--json', 'Go.'])
    const said = (type: string) =>
      jsonLines(out)
        .filter((line) => line.type === type)
        .map((line) => line.text)
        .join('')
    expect([said('reasoning-delta'), said('text-delta')]).toEqual(['I think so', 'The answer is 2.'])
  })
})

test('the window that a server lists is known to a run that names its model, from the second call on', async () => {
  const world = await createWorld()
  await writeFile(join(world.work, 'a.txt'), 'a line of a file\n'.repeat(600))
  const list = { object: 'list', data: [{ id: 'scripted', object: 'model', max_model_len: 8000 }] }
  const backend = await startScriptedBackend({
    routes: { '/v1/models': json(list) },
    script: [
      silent(isThere(join(world.home, 'windows.json')), toolCall('read_file', { path: 'a.txt' })),
      toolCall('list_dir', { path: '.' }, { usage: usage(7000, 10) }),
      text('SUMMARY', { usage: usage(7100, 10) }),
      text('Done.', { usage: usage(900, 10) }),
    ],
  })
  onTestFinished(() => backend.close())
  const { code } = await world.run(['agent', 'Look.'], { env: { OPENAI_BASE_URL: backend.baseUrl } })
  const last = backend.chatRequests().map(({ messages }) => String(messages.at(-1)?.content).slice(0, 30))
  expect([code, last[2]]).toEqual([0, 'The context is nearly full. Do'])
})

/** Resolves when the file is there. */
async function isThere(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const found = gate()
  const look = async () => {
    if ((await readdir(dirname(path))).includes(basename(path))) found.open()
  }
  const watcher = watch(dirname(path), () => void look())
  await look()
  await found.opened
  watcher.close()
}
