import { expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { createBackend } from '../../electron/engine/backend/client.ts'
import type { Backend, ChatRequest, StreamEvent } from '../../electron/engine/backend/contract/backend.ts'
import { BackendError } from '../../electron/engine/backend/contract/backend-error.ts'
import { builtinTools } from '../../electron/engine/tools/builtin-tools.ts'
import { toolDefinitions } from '../../electron/engine/tools/contract/tool-definitions.ts'
import { raw, startScriptedBackend } from '../../test-support/scripted-backend.ts'
import { type Recording, recordings } from './fixtures.ts'

/** What real servers sent, played to the real client over a socket; `.expected` says what has to come of it. */
for (const recording of await recordings()) {
  test(`what was recorded is understood: ${recording.name}`, async () => {
    const lines = await replay(recording, [recording.body])
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(recording.expected)
  })

  test(`the same in small pieces: ${recording.name}`, async () => {
    const pieces = Array.from({ length: Math.ceil(recording.body.length / 37) }, (_, index) =>
      recording.body.subarray(index * 37, index * 37 + 37),
    )
    expect(await replay(recording, pieces)).toEqual(await replay(recording, [recording.body]))
  })
}

async function replay(recording: Recording, parts: readonly Uint8Array[]): Promise<string[]> {
  const { status, contentType, headers, asked, kind } = recording
  const isWhole = !/event-stream|ndjson/.test(contentType) || /\[DONE\]|"done":true/.test(recording.body.toString())
  const end = isWhole ? 'end' : 'cut'
  const answer = raw(parts, { status, headers: { 'content-type': contentType, ...headers }, end })
  const server = await startScriptedBackend({ script: [answer], routes: { '/api/chat': answer } })
  const backend = createBackend({
    profile: profileOf(kind, server.baseUrl, asked),
    key: 'sk-recorded-0123456789',
    retry: { attempts: 1 },
  })
  try {
    const lines = await linesOf(backend, {
      messages: [{ role: 'user', content: recording.check }],
      tools: toolDefinitions(builtinTools),
      stream: asked.stream,
      ...(asked.maxTokens !== undefined && { maxOutputTokens: asked.maxTokens }),
      ...(asked.format && { responseSchema: { type: 'object' } }),
    })
    // A call that the server did not name gets an id of our own, another one each time.
    return lines.map((line) =>
      line.replace(/"callId":"([^"]*)"/, (all, id) => (recording.body.includes(id) ? all : '"callId":"ours"')),
    )
  } finally {
    await backend.close()
    await server.close()
  }
}

function profileOf(kind: Profile['kind'], baseUrl: string, { path, model }: Recording['asked']): Profile {
  const isNative = path === '/api/chat'
  return {
    id: ProfileId.parse('recorded'),
    name: 'Recorded',
    kind,
    baseUrl,
    model,
    key: { source: 'none' },
    // Only a window of its own makes the client take Ollama's own route.
    ...(isNative && { contextWindow: 4096 }),
  }
}

/** The events in short, one a line; neighbouring pieces of text are one. */
async function linesOf(backend: Backend, request: ChatRequest): Promise<string[]> {
  const lines: string[] = []
  let open = ''
  let text = ''
  const flush = () => {
    if (text) lines.push(`${open} ${JSON.stringify(text)}`)
    text = ''
  }
  try {
    for await (const event of backend.chat(request, AbortSignal.timeout(10_000))) {
      if (event.type === 'content_delta' || event.type === 'reasoning_delta') {
        const kind = event.type === 'content_delta' ? 'text' : 'reasoning'
        if (kind !== open) flush()
        open = kind
        text += event.text
        continue
      }
      const said = described(event)
      if (said.length > 0) flush()
      lines.push(...said)
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    flush()
    const { code, message, retryable, details } = error.failure
    return [
      ...lines,
      `failure ${code}${retryable ? ', worth another try' : ''}: ${message}`,
      `details ${JSON.stringify(details)}`,
    ]
  }
  flush()
  return lines
}

function described(event: StreamEvent): string[] {
  switch (event.type) {
    case 'usage': {
      const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd } = event.usage
      return [
        `usage ${inputTokens} in, ${outputTokens} out, ${cachedInputTokens} cached, ${reasoningTokens} reasoning, ${costMicroUsd} µ$`,
      ]
    }
    case 'warning':
      return [`warning ${event.code}: ${event.message}`]
    case 'message_stop':
      return [
        ...event.toolCalls.map((call) => `call ${JSON.stringify(call)}`),
        ...event.brokenToolCalls.map((call) => `broken call ${JSON.stringify(call)}`),
        `finish ${event.finish} (${event.rawFinish})`,
      ]
    default:
      // Progress only: what may run comes whole with the end.
      return []
  }
}
