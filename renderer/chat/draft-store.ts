import { create } from 'zustand'
import type { NewChatChoice } from '#shared/window-memory.ts'

interface DraftStore {
  /** By session; what is not sent stays when a person looks elsewhere, and when the app ends. */
  drafts: Readonly<Record<string, string>>
  /** For the next new chat alone; null = what the settings propose. */
  newChat: NewChatChoice
}

export const noChoice: NewChatChoice = { folder: null, profileId: null, permissions: null }

export const useDraftStore = create<DraftStore>()(() => ({ drafts: {}, newChat: noChoice }))

export function setDraft(place: string, text: string): void {
  useDraftStore.setState(({ drafts }) => ({ drafts: { ...drafts, [place]: text } }))
}

/** Puts a text in front of what is being written there. */
export function prependDraft(place: string, text: string): void {
  const written = useDraftStore.getState().drafts[place]?.trim() ?? ''
  setDraft(place, written === '' ? text : `${text}\n\n${written}`)
}

export function chooseForNewChat(change: Partial<NewChatChoice>): void {
  useDraftStore.setState(({ newChat }) => ({ newChat: { ...newChat, ...change } }))
}
