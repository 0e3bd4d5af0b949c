import type { BackendKind } from '#shared/profile/profile.ts'

/** What differs between servers, as data. */
export interface Quirks {
  /** Headers that say who asks. */
  headers?: Readonly<Record<string, string>>
  /** Parameters that only this server knows, of every request and of a stream. */
  body?: Readonly<Record<string, unknown>>
  streamBody?: Readonly<Record<string, unknown>>
  /** Sent where nobody set one: without it an answer may have no end. Tokens. */
  outputLimit?: number
  /** The members of a call's arguments come in no order. */
  shufflesArguments?: boolean
  /** How often one request is sent at most; a server that retries by itself is asked less often. */
  attempts: number
}

const quirks: Partial<Record<BackendKind, Quirks>> = {
  openrouter: {
    // App attribution (docs/servers.md F).
    headers: { 'http-referer': 'app://claw', 'x-openrouter-title': 'Claw Code Agent' },
    // For small windows it would drop the middle of a conversation by itself: an agent has to know what it still knows.
    body: { plugins: [{ id: 'context-compression', enabled: false }] },
    attempts: 4,
  },
  // Past its window it drops what it read and writes on for ever, silently where its parser holds the answer back, and
  // after the client has gone (seen).
  ollama: { outputLimit: 16_384, shufflesArguments: true, attempts: 4 },
  // It then tells how far it has read the prompt (docs/servers.md B.6).
  'llama-server': { streamBody: { return_progress: true }, attempts: 4 },
  // It retries upstream itself: more of ours would multiply (docs/servers.md F).
  litellm: { attempts: 2 },
}

/** What is known of servers of that kind before any of them was asked. */
export function quirksOf(kind: BackendKind): Quirks {
  return quirks[kind] ?? { attempts: 4 }
}
