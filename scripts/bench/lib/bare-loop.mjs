// @ts-check
// The least that a program can do for the same work: ask, read the file, ask again. `node bare-loop.mjs <base url>`.
import { readFile } from 'node:fs/promises'

/** @type {Record<string, unknown>[]} */
const messages = [
  { role: 'system', content: 'You are an agent.' },
  { role: 'user', content: 'Read the files.' },
]
for (;;) {
  const response = await fetch(`${process.argv[2]}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', messages, stream: true }),
  })
  let rest = ''
  let content = ''
  let id = ''
  let args = ''
  const decoder = new TextDecoder()
  if (!response.body) throw new Error('The server sent no body.')
  for await (const part of response.body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue
      const delta = JSON.parse(line.slice(6)).choices[0]?.delta
      if (delta?.content) {
        content += delta.content
        process.stdout.write(delta.content)
      }
      const call = delta?.tool_calls?.[0]
      if (call?.id) id = call.id
      if (call) args += call.function.arguments
    }
  }
  if (!args) break
  const call = { id, type: 'function', function: { name: 'read_file', arguments: args } }
  messages.push({ role: 'assistant', content, tool_calls: [call] })
  messages.push({ role: 'tool', tool_call_id: id, content: await readFile(JSON.parse(args).path, 'utf8') })
}
