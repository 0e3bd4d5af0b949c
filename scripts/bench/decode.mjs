// @ts-check
// CPU time per chunk of a long stream: our client's typed events beside the least that any client does, which is
// undici + eventsource-parser + JSON.parse. The server is another process; rounds alternate within one run.
import { fork } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createParser } from 'eventsource-parser'
import { Agent, request } from 'undici'
import { build } from 'vite'
import { median, report } from './lib/table.mjs'

const CHUNKS = 100_000
const ROUNDS = 9

if (process.argv[2] === 'serve') serve()
else await measure()

async function measure() {
  const root = join(import.meta.dirname, '../..')
  // Beside the libraries, so that both sides use the same ones.
  const folder = join(root, 'node_modules/.cache/bench-decode')
  await mkdir(folder, { recursive: true })
  await build({
    root,
    logLevel: 'error',
    configFile: false,
    build: {
      ssr: join(root, 'electron/engine/backend/client.ts'),
      outDir: folder,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'client.mjs' } },
    },
  })
  const { createBackend } = await import(pathToFileURL(join(folder, 'client.mjs')).href)
  const server = fork(import.meta.filename, ['serve'])
  try {
    const port = await new Promise((resolve) => server.once('message', resolve))
    const baseUrl = `http://127.0.0.1:${port}/v1`
    const profile = { id: 'bench', name: 'Bench', kind: 'custom', baseUrl, model: 'm', key: { source: 'none' } }
    const backend = createBackend({ profile, key: null })
    const agent = new Agent()
    /** @type {Record<'floor' | 'ours', number[]>} */
    const times = { floor: [], ours: [] }
    for (let round = -2; round < ROUNDS; round++) {
      for (const name of /** @type {const} */ (['floor', 'ours'])) {
        const before = process.cpuUsage()
        const characters = name === 'floor' ? await floor(agent, baseUrl) : await ours(backend)
        const { user, system } = process.cpuUsage(before)
        if (characters !== CHUNKS * 6) throw new Error(`${name} read ${characters} characters.`)
        // The first two rounds warm the compiler.
        if (round >= 0) times[name].push((user + system) / CHUNKS)
      }
    }
    await backend.close()
    await agent.close()
    report([
      {
        name: 'decode a stream, CPU a chunk',
        unit: 'µs',
        floor: median(times.floor),
        ours: median(times.ours),
        target: 1.15,
      },
    ])
  } finally {
    server.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {Agent} agent @param {string} baseUrl */
async function floor(agent, baseUrl) {
  const { body } = await request(`${baseUrl}/chat/completions`, { dispatcher: agent, method: 'POST', body: '{}' })
  const decoder = new TextDecoder()
  let characters = 0
  const parser = createParser({
    onEvent({ data }) {
      if (data !== '[DONE]') characters += JSON.parse(data).choices[0].delta.content?.length ?? 0
    },
  })
  for await (const part of body) parser.feed(decoder.decode(part, { stream: true }))
  return characters
}

/** @param {{ chat(request: object, signal: AbortSignal): AsyncIterable<{ type: string, text: string }> }} backend */
async function ours(backend) {
  let characters = 0
  for await (const event of backend.chat({ messages: [], tools: [], joinPieces: true }, new AbortController().signal)) {
    if (event.type === 'content_delta') characters += event.text.length
  }
  return characters
}

function serve() {
  /** @param {object} delta @param {string | null} finish */
  const chunk = (delta, finish) => {
    const value = { id: 'chatcmpl-5f1f', object: 'chat.completion.chunk', created: 1, model: 'Qwen/Qwen3-Coder' }
    return `data: ${JSON.stringify({ ...value, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`
  }
  const batch = Buffer.from(chunk({ content: ' token' }, null).repeat(100))
  const server = createServer(async (incoming, response) => {
    incoming.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let sent = 0; sent < CHUNKS; sent += 100) {
      if (!response.write(batch)) await new Promise((resolve) => response.once('drain', resolve))
    }
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address && typeof address === 'object') process.send?.(address.port)
  })
  process.on('disconnect', () => process.exit())
}
