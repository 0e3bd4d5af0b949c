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

/** An empty draft has no place among the messages that wait: what is written next is another one. */
export function setDraft(place: string, text: string): void {
  useDraftStore.setState(({ drafts, behind }) => ({
    drafts: { ...drafts, [place]: text },
    ...(text.trim() === '' && place in behind && { behind: without(behind, place) }),
  }))
}

export function isDraftEmpty(place: string): boolean {
  return (useDraftStore.getState().drafts[place] ?? '').trim() === ''
}

/** Gives what is written there and leaves the place empty. */
export function takeDraft(place: string): Draft {
  const { drafts, behind } = useDraftStore.getState()
  const draft = { text: (drafts[place] ?? '').trim(), behind: behind[place] ?? null }
  setDraft(place, '')
  return draft
}

/** What was not taken comes back, unless something was typed meanwhile. */
export function giveBackDraft(place: string, { text, behind }: Draft): void {
  if (!isDraftEmpty(place)) return
  setDraft(place, text)
  if (behind) keepBehind(place, behind)
}

/** The draft is a message that waited, and these stood behind it. */
export function keepBehind(place: string, messages: readonly MessageId[]): void {
  useDraftStore.setState(({ behind }) => ({ behind: { ...behind, [place]: messages } }))
}

/** null = nothing is kept there any more. */
export function keepTakenBack(place: string, text: string | null): void {
  useDraftStore.setState(({ takenBack }) => ({
    takenBack: text === null ? without(takenBack, place) : { ...takenBack, [place]: text },
  }))
}

/** Puts a text in front of what is being written there. */
export function prependDraft(place: string, text: string): void {
  const written = useDraftStore.getState().drafts[place]?.trim() ?? ''
  setDraft(place, written === '' ? text : `${text}\n\n${written}`)
}

export function chooseForNewChat(change: Partial<NewChatChoice>): void {
  useDraftStore.setState(({ newChat }) => ({ newChat: { ...newChat, ...change } }))
}

function without<Value>(all: Readonly<Record<string, Value>>, place: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([one]) => one !== place))
}
