import type { ContentPart } from './content.ts'

/** A tool call as the model made it. `arguments` is the JSON text as received: history must stay byte-stable. */
export interface ToolCall {
  callId: string
  name: string
  arguments: string
  /** Taken from text because the server did not parse it (docs/servers.md E). */
  recovered: boolean
  /** The arguments were no JSON and could be read in one way only; what was wrong with them. */
  mended?: string
}

/** A call as an answer made it; `problem` = it must not run, and why; `cut` = because the answer was cut. */
export type AnsweredCall = ToolCall & { problem?: string | undefined; cut?: true | undefined }

/** One message of the conversation with the model, free of any server's spelling. */
export type ChatMessage =
  | { role: 'system'; content: string }
  /** `content` is all of it in words; `parts` are there where it is more than text. */
  | { role: 'user'; content: string; parts?: readonly ContentPart[] | undefined }
  | {
      role: 'assistant'
      content: string
      toolCalls: readonly ToolCall[]
      /** Kept apart from the answer; echoed only where a server requires it. */
      reasoning?: string
      reasoningDetails?: unknown
    }
  | { role: 'tool'; callId: string; name: string; content: string; parts?: readonly ContentPart[] | undefined }
