import type { SessionEntry } from './session-entry.ts'

/** What a running turn is doing, in the words of the phase line. */
export type Phase =
  | 'connecting'
  | 'loading-model'
  | 'paused'
  | 'queued'
  | 'reading-prompt'
  | 'thinking'
  | 'writing'
  | 'running-tool'
  | 'waiting-approval'
  | 'retrying'

/** Live only: gone after a restart, so they are not in the journal. */
export type TransientEvent =
  | {
      type: 'phase'
      seq: number
      at: number
      phase: Phase
      /** Such as the tool that the model is writing a call for. */
      detail?: string
      /** 0 to 1, where the server tells. */
      progress?: number
      /** Of a call that waits for a slot: how many go first. */
      queuedBefore?: number
    }
  /** Output of a command while it runs; the end of it comes with `tool-end`. */
  | { type: 'tool-output'; seq: number; at: number; callId: string; text: string }

/** Everything a viewer of a session gets, in order. */
export type SessionEvent = SessionEntry | TransientEvent

type WithoutStamp<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never

/** An event before its session stamped it. */
export type UnstampedEvent = WithoutStamp<SessionEvent>
