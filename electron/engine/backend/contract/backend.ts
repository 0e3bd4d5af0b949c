import type { ModelInfo, ServerCompat } from '#shared/profile/profile.ts'
import type { ChatMessage, ToolCall } from '#shared/session/message.ts'
import type { ToolDefinition } from '#shared/session/tool-definition.ts'
import type { Usage } from '#shared/spending/usage.ts'

export type { ToolDefinition }

export interface ChatRequest {
  messages: readonly ChatMessage[]
  /** Empty = none; the field is then left out of the body. */
  tools: readonly ToolDefinition[]
  /** Images of the messages in base64, by the names of their blobs; those that are missing are sent in words. */
  images?: ReadonlyMap<string, string>
  maxOutputTokens?: number
  temperature?: number
  /** JSON Schema that the answer must follow (`response_format`). */
  responseSchema?: Record<string, unknown>
  /** false = one whole reply; the events are the same. */
  stream?: boolean
  /** What is read at once may come as one event: cheaper, and nobody can stop the answer within it. */
  joinPieces?: boolean
}

/** Normalised: `length` also where the server hid it (docs/servers.md B.1). */
export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other' | 'unknown'

/**
 * What a stream yields, in this order: one `message_start`, deltas, `usage` if the server sent one, one `message_stop`.
 * A failure is thrown as `BackendError`; what was yielded before it stays valid.
 */
export type StreamEvent =
  /** The first bytes of the answer are here; `model` is the one that the server names. */
  | { type: 'message_start'; id: string; model: string }
  /** `pieces`: in so many the server sent what was read at once; missing = in one. */
  | { type: 'content_delta'; text: string; pieces?: number }
  | { type: 'reasoning_delta'; text: string; pieces?: number }
  /** A fragment; for progress only. What may run comes whole with `message_stop`. No name = a call within the text. */
  | { type: 'tool_call_delta'; index: number; callId: string; name: string; arguments: string }
  | { type: 'usage'; usage: Usage }
  /** Something a person should know although the answer goes on. */
  | { type: 'warning'; code: string; message: string }
  /** Live only: what the server is doing before its first token, where it tells. */
  | {
      type: 'phase'
      phase: 'connecting' | 'loading-model' | 'queued' | 'reading-prompt' | 'retrying'
      detail?: string
      progress?: number
    }
  | {
      type: 'message_stop'
      finish: Finish
      /** As the server spelled it. */
      rawFinish: string | null
      /** Complete calls only: the arguments are a whole JSON object and the reply was not cut. */
      toolCalls: readonly ToolCall[]
      /** Calls that must not run: cut off or malformed, with the reason in words for the model. */
      brokenToolCalls: readonly (ToolCall & { problem: string; cut?: true })[]
      /** Tools whose calls stand in the text and may only be quoted there: they are not among the calls. */
      doubtfulCalls?: readonly string[]
      /** Opaque; returned unmodified in the history (docs/servers.md B.5). */
      reasoningDetails?: unknown
    }

/** Tokens; null = not known. */
export interface ContextAllotment {
  /** The window that the server gave to the model. */
  inUse: number | null
  /** What the model was made for. */
  possible: number | null
}

/** One configured server. Made per profile; holds its connections. */
export interface Backend {
  /** Ends with `message_stop` or throws `BackendError` (code `aborted` after `signal`). Leaving the loop aborts. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamEvent>
  /** Throws `BackendError`. */
  listModels(signal: AbortSignal): Promise<ModelInfo[]>
  /** Only of a server that cuts a conversation without a word (Ollama). Throws `BackendError`. */
  allotment?(signal: AbortSignal): Promise<ContextAllotment>
  /** How many answers it writes at once; null = it does not say. Only of servers that may tell. Throws `BackendError`. */
  slots?(signal: AbortSignal): Promise<number | null>
  /** What this server was found to want since it is asked; null = nothing. */
  learned?(): ServerCompat | null
  close(): Promise<void>
}
