import { create } from 'zustand'

interface FoldStore {
  /** What a person opened or closed by hand, by a key that is unique in the window. */
  open: Readonly<Record<string, boolean>>
}

/** In a store, not in the rows: a row that is scrolled out of sight is not there, and comes back as it was left. */
const useFoldStore = create<FoldStore>()(() => ({ open: {} }))

/** Whether it is open, and how to turn that round. Until a person did, `fallback` decides. */
export function useFold(key: string, fallback: boolean): [open: boolean, toggle: () => void] {
  const open = useFoldStore((state) => state.open[key] ?? fallback)
  return [open, () => useFoldStore.setState((state) => ({ open: { ...state.open, [key]: !open } }))]
}
