// @ts-check
// A server that asks for one file after the other and then answers: the model of the terminal's benchmarks. It runs in
// a process of its own, started with `fork`; says its address when it listens and, when asked, what it was sent.
import { createServer } from 'node:http'

const turns = Number(process.argv[2] ?? 10)

/** @type {string[]} */
let bodies = []

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    // It tells nothing of itself, as most servers of one model.
    if (request.method !== 'POST') return response.writeHead(404).end()
    const body = Buffer.concat(parts).toString('utf8')
    bodies.push(body)
    /** @type {{ role: string }[]} */
    const messages = JSON.parse(body).messages
    const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user'))
    const done = since.filter(({ role }) => role === 'tool').length
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const frame of done < turns ? callFrames(messages.length, done) : answerFrames()) {
      response.write(`data: ${JSON.stringify(frame)}\n\n`)
    }
    response.end('data: [DONE]\n\n')
  })
})

/** @param {number} at @param {number} file */
function callFrames(at, file) {
  const args = JSON.stringify({ path: `file-${file}.txt` })
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words(`I read file ${file} to see what it holds.`).map((content) => chunk({ content })),
    chunk({
      tool_calls: [{ index: 0, id: `call_${at}`, type: 'function', function: { name: 'read_file', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }),
    chunk({}, 'tool_calls'),
    usage,
  ]
}

function answerFrames() {
  return [
    ...words('All files were read. They hold numbered lines.').map((content) => chunk({ content })),
    chunk({}, 'stop'),
    usage,
  ]
}

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'bench' }
const usage = { ...head, choices: [], usage: { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 } }

/** @param {Record<string, unknown>} delta @param {string | null} finish */
function chunk(delta, finish = null) {
  return { ...head, choices: [{ index: 0, delta, finish_reason: finish }] }
}

/** @param {string} text */
function words(text) {
  return text.split(/(?<= )/)
}

// Who started it is gone.
process.on('disconnect', () => process.exit())
process.on('message', (message) => {
  if (message !== 'bodies') return
  process.send?.({ bodies })
  bodies = []
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
