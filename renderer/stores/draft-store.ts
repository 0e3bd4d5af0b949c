import { create } from 'zustand'
import type { MessageId } from '#shared/ids.ts'
import type { NewChatChoice } from '#shared/settings/window-memory.ts'

/** What a person is writing. */
export interface Draft {
  text: string
  /** It waited to be read and is being changed: the messages that stood behind it. null = it is a new one. */
  behind: readonly MessageId[] | null
}

interface DraftStore {
  /** By session; what is not sent stays when a person looks elsewhere, and when the app ends. */
  drafts: Readonly<Record<string, string>>
  /** By session, of drafts that waited to be read: `Draft.behind`. */
  behind: Readonly<Record<string, readonly MessageId[]>>
  /** By session: what was taken back while something else was being written. */
  takenBack: Readonly<Record<string, string>>
  /** For the next new chat alone; null = what the settings propose. */
  newChat: NewChatChoice
}

export const noChoice: NewChatChoice = { folder: null, profileId: null, permissions: null }

export const useDraftStore = create<DraftStore>()(() => ({
  drafts: {},
  behind: {},
  takenBack: {},
  newChat: noChoice,
}))

/**
 * Keeps what is written in a chat, by the id of its session or `NEW_CHAT`. An empty draft does not stand among the messages
 * that wait any longer: what is written next is another one.
 */
export function setDraft(chatKey: string, text: string): void {
  useDraftStore.setState(({ drafts, behind }) => ({
    drafts: { ...drafts, [chatKey]: text },
    ...(text.trim() === '' && chatKey in behind && { behind: without(behind, chatKey) }),
  }))
}

export function isDraftEmpty(chatKey: string): boolean {
  return (useDraftStore.getState().drafts[chatKey] ?? '').trim() === ''
}

/** Gives what is written in a chat and leaves its message box empty. */
export function takeDraft(chatKey: string): Draft {
  const { drafts, behind } = useDraftStore.getState()
  const draft = { text: (drafts[chatKey] ?? '').trim(), behind: behind[chatKey] ?? null }
  setDraft(chatKey, '')
  return draft
}

/** Puts a draft that was not sent back into its message box, before what was typed meanwhile. */
export function giveBackDraft(chatKey: string, { text, behind }: Draft): void {
  prependDraft(chatKey, text)
  if (behind) keepBehind(chatKey, behind)
}

/** Hands on what is written in one chat to another one, where nothing is. */
export function moveDraft(from: string, to: string): void {
  const text = useDraftStore.getState().drafts[from] ?? ''
  if (text === '' || !isDraftEmpty(to)) return
  setDraft(from, '')
  setDraft(to, text)
}

/** Remembers that the draft of a chat is a message that waited, and which messages stood behind it. */
export function keepBehind(chatKey: string, messages: readonly MessageId[]): void {
  useDraftStore.setState(({ behind }) => ({ behind: { ...behind, [chatKey]: messages } }))
}

/** Keeps a text that was taken back beside the draft of a chat; null = none is kept any more. */
export function keepTakenBack(chatKey: string, text: string | null): void {
  useDraftStore.setState(({ takenBack }) => ({
    takenBack: text === null ? without(takenBack, chatKey) : { ...takenBack, [chatKey]: text },
  }))
}

/** Puts a text in front of what is being written in a chat. */
export function prependDraft(chatKey: string, text: string): void {
  const written = useDraftStore.getState().drafts[chatKey]?.trim() ?? ''
  setDraft(chatKey, written === '' ? text : `${text}\n\n${written}`)
}

export function chooseForNewChat(change: Partial<NewChatChoice>): void {
  useDraftStore.setState(({ newChat }) => ({ newChat: { ...newChat, ...change } }))
}

function without<Value>(all: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([one]) => one !== key))
}
