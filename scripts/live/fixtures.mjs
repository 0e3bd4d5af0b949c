// @ts-check
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../lib/paths.mjs'

/** The checks whose first answer is kept, and what its files are called. @type {Record<string, string>} */
const kept = {
  chat: 'chat',
  '#tour': 'text-then-call',
  '#write': 'call-with-quotes',
  '#both': 'two-calls',
  '#both, whole replies': 'two-calls-whole',
  '#think': 'think',
  '#leak': 'leaked-call',
  '#broken': 'broken-call',
  '#unknown': 'unknown-tool',
  '#json': 'json-answer',
  '#markdown': 'markdown',
  'output limit of a profile': 'cut-answer',
  '#write, cut': 'cut-call',
  'unknown model': 'unknown-model',
  'wrong key': 'wrong-key',
  'longer than the window': 'too-long',
  'killed in an answer': 'killed',
  'tools refused': 'tools-refused',
  'answer as reasoning': 'answer-as-reasoning',
  'cut silently': 'cut-silently',
  'asked for work': 'words-instead-of-a-call',
  'no credits': 'no-credits',
  'rate limit, then an answer': 'rate-limit',
  'an error in mid-stream': 'error-in-mid-stream',
  'a model without tools': 'no-tools',
}

/**
 * Writes what was recorded below e2e/fixtures, one folder for a server and its version: `<case>.json` says what was asked
 * and how the answer began, `<case>.sse` or `<case>.txt` is its body. What differs from run to run is made the same.
 *
 * @param {import('./servers.mjs').Column} column
 * @param {string} version of what it talks to first, then of what stands behind
 * @param {Map<string, import('./recorder.mjs').Exchange[]>} exchanges
 */
export async function writeFixtures({ name, kind, stands }, version, exchanges) {
  const own = stands ? '' : (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '')
  const folder = join(root, 'e2e/fixtures', `${name} ${own}`.trim().replaceAll(/[^\w.]+/g, '-'))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [check, file] of Object.entries(kept)) {
    const exchange = exchanges.get(check)?.find(({ path }) => /\/chat(\/completions)?$/.test(path))
    if (!exchange) continue
    const { path, request, status, contentType, headers, body } = exchange
    const { model, stream, max_tokens: maxTokens, response_format: format } = request
    const asked = { path, model, stream, ...(maxTokens && { maxTokens }), ...(format && { format: format.type }) }
    const streamed = contentType.startsWith('text/event-stream')
    const about = { check, kind, asked, status, contentType, ...(Object.keys(headers).length > 0 && { headers }) }
    await writeFile(join(folder, `${file}.json`), `${JSON.stringify(about, null, 2)}\n`)
    await writeFile(join(folder, `${file}.${streamed ? 'sse' : 'txt'}`), withoutAccidents(body.toString()))
  }
}

/** Ids, times and ports become the same in every recording; nothing else is touched. @param {string} body */
function withoutAccidents(body) {
  /** @type {Map<string, string>} */
  const ids = new Map()
  const idOf = (/** @type {string} */ id) => {
    const known = ids.get(id) ?? `call-${ids.size + 1}`
    ids.set(id, known)
    return known
  }
  return body
    .replaceAll(/"chatcmpl-(?!tool)[^"]*"/g, '"chatcmpl-1"')
    .replaceAll(/("id":\s*")((?:call_|chatcmpl-tool-)[^"]+|[A-Za-z0-9]{32})"/g, (_, head, id) => `${head}${idOf(id)}"`)
    .replaceAll(
      /("created(?:_at)?":\s*)("[^"]*"|\d+)/g,
      (_, head, value) => `${head}${value.startsWith('"') ? '"1970"' : '0'}`,
    )
    .replaceAll(/("\w+(?:_ms|_per_token|_per_second|_duration)":\s*)[\d.e+-]+/g, '$10')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1')
}
