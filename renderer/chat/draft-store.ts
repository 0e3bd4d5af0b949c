import { create } from 'zustand'

interface DraftStore {
  /** By session; what is not sent stays when a person looks elsewhere. */
  drafts: Readonly<Record<string, string>>
  /** Of the next new chat; null = the one that the settings propose. */
  folder: string | null
}

export const useDraftStore = create<DraftStore>()(() => ({ drafts: {}, folder: null }))

export function setDraft(place: string, text: string): void {
  useDraftStore.setState(({ drafts }) => ({ drafts: { ...drafts, [place]: text } }))
}

export function setNewChatFolder(folder: string): void {
  useDraftStore.setState({ folder })
}
