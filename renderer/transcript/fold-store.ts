import { create } from 'zustand'

interface FoldStore {
  /** What a person opened or closed by hand, by a key that is unique in the window. */
  open: Readonly<Record<string, boolean>>
  /** How many steps of a turn a person asked for besides those that are shown anyway. */
  earlier: Readonly<Record<string, number>>
}

/** In a store, not in the rows: a row that is scrolled out of sight is not there, and comes back as it was left. */
const useFoldStore = create<FoldStore>()(() => ({ open: {}, earlier: {} }))

/** Whether a fold is open, and how to turn that round. Until a person did, `fallback` decides. */
export function useFold(key: string, fallback: boolean): [open: boolean, toggle: () => void] {
  const open = useFoldStore((state) => state.open[key] ?? fallback)
  return [open, () => useFoldStore.setState((state) => ({ open: { ...state.open, [key]: !open } }))]
}

/** How many steps are asked for at a time. */
const EARLIER = 160

/** How many earlier steps of a turn a person wants to see, and how to see more of them. */
export function useShownEarlier(key: string): [shown: number, showEarlier: () => void] {
  const shown = useFoldStore((state) => state.earlier[key] ?? 0)
  return [shown, () => useFoldStore.setState((state) => ({ earlier: { ...state.earlier, [key]: shown + EARLIER } }))]
}
