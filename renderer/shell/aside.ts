import { create } from 'zustand'

/** Whether the answers to single prompts are listed. It stays while the sidebar gives way to a menu and comes back. */
export const useAside = create<{ shown: boolean }>()(() => ({ shown: false }))

export function toggleAside(): void {
  useAside.setState(({ shown }) => ({ shown: !shown }))
}
