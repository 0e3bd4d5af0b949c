import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ChatMessage } from '#shared/session/message.ts'
import { testProfile, tool } from '../../../test-support/test-profile.ts'
import { createBackend } from '../backend/client.ts'
import type { Backend, StreamEvent } from '../backend/contract/backend.ts'
import { type DemoBackend, startDemoBackend } from './demo-backend.ts'

let demo: DemoBackend
let client: Backend
beforeEach(async () => {
  demo = await startDemoBackend({ wordMs: 0 })
  client = createBackend({ profile: testProfile(demo.baseUrl, { kind: 'demo', model: 'demo' }), key: null })
})
afterEach(async () => {
  await client.close()
  await demo.close()
})

const allTools = ['list_dir', 'read_file', 'write_file', 'bash'].map((name) => tool(name))

/** Plays the tour; `results` answers its calls by tool. Returns what was called, and what was said last. */
async function tour(results: Record<string, string>, request: { stream?: boolean; tools?: typeof allTools } = {}) {
  const messages: ChatMessage[] = [
    { role: 'system', content: 'You are Claw.' },
    { role: 'user', content: '<context>\nFolder: /x\n</context>\n\nHello' },
  ]
  const called: string[] = []
  for (;;) {
    const events = await all(client.chat({ messages, tools: allTools, ...request }, new AbortController().signal))
    const stop = events.find((event) => event.type === 'message_stop')
    const said = events.map((event) => (event.type === 'content_delta' ? event.text : '')).join('')
    const [call] = stop?.toolCalls ?? []
    if (!call) return { called, said, last: events.at(-2), messages }
    called.push(`${call.name} ${call.arguments}`)
    messages.push({ role: 'assistant', content: said, toolCalls: [call] })
    messages.push({ role: 'tool', callId: call.callId, name: call.name, content: results[call.name] ?? '' })
  }
}

const listing = 'src/\nCargo.toml\nREADME.md'
const note = `# Claw demo

Written by the demo backend: a script, no model.

It saw here:

- src/
- Cargo.toml
- README.md
`

it('looks, reads what it saw, proposes a change, runs a command, and says that it is no model', async () => {
  const { called, said, last } = await tour({
    list_dir: listing,
    read_file: '1\t# Project',
    write_file: 'Created claw-demo.md, 9 lines.',
    bash: '-rw-r--r-- claw-demo.md',
  })
  expect(called).toEqual([
    'list_dir {"path":"."}',
    'read_file {"path":"README.md","start_line":1,"end_line":40}',
    `write_file ${JSON.stringify({ path: 'claw-demo.md', content: note })}`,
    'bash {"command":"ls -la claw-demo.md"}',
  ])
  expect(said).toContain('No model was involved')
  expect(last).toMatchObject({ type: 'usage', usage: { source: 'reported', costMicroUsd: 0 } })
})

it('goes on after a denial, and says so', async () => {
  const { called, said, messages } = await tour({
    list_dir: 'main.py',
    read_file: '1\tprint()',
    write_file: 'Error: the user denied this call.',
    bash: 'Error: the user denied this call.',
  })
  expect(called.slice(1).map((call) => call.split('{')[0])).toEqual(['read_file ', 'write_file ', 'bash '])
  expect(called.at(-1)).toBe('bash {"command":"ls -la"}')
  expect(messages.at(-2)?.content).toContain('That was denied')
  expect(said).toContain('That was denied')
  expect(said).not.toContain('You can delete')
})

it('leaves out what an empty folder and missing tools do not allow', async () => {
  const tools = [tool('list_dir'), tool('read_file')]
  const { called, said } = await tour({ list_dir: '(the folder is empty)' }, { tools, stream: false })
  expect(called).toEqual(['list_dir {"path":"."}'])
  expect(said).toContain('The folder is empty.')
})

it('answers a later message honestly, and gives the tour again when asked', async () => {
  const { messages } = await tour({ list_dir: listing })
  const ask = async (content: string) => {
    const asked: ChatMessage[] = [
      ...messages,
      { role: 'assistant', content: 'Bye.', toolCalls: [] },
      { role: 'user', content },
    ]
    return all(client.chat({ messages: asked, tools: allTools }, new AbortController().signal))
  }
  expect(text(await ask('What is a monad?'))).toContain('a script without any model')
  expect((await ask('Show me the tour again')).at(-1)).toMatchObject({ toolCalls: [{ name: 'list_dir' }] })
})

it('lists its one model', async () => {
  const models = await client.listModels(new AbortController().signal)
  expect(models.map(({ id }) => id)).toEqual(['demo'])
})

it('stops writing when the reader leaves', async () => {
  await demo.close()
  demo = await startDemoBackend({ wordMs: 10_000 })
  const slow = createBackend({ profile: testProfile(demo.baseUrl), key: null })
  const stop = new AbortController()
  const events = all(slow.chat({ messages: [{ role: 'user', content: 'Hi' }], tools: [] }, stop.signal))
  stop.abort()
  await expect(events).rejects.toMatchObject({ code: 'aborted' })
  await slow.close()
})

async function all(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const list: StreamEvent[] = []
  for await (const event of events) list.push(event)
  return list
}

function text(events: readonly StreamEvent[]): string {
  return events.map((event) => (event.type === 'content_delta' ? event.text : '')).join('')
}
