import { useRouteStore } from '../stores/route-store.ts'

let asked: string | null = null

/** Goes to the field for the key of a profile. */
export function goToKey(profileId: string): void {
  asked = profileId
  useRouteStore.getState().go('backends')
}

/** The profile whose key is to be set, told once. */
export function takeAskedKey(): string | null {
  const id = asked
  asked = null
  return id
}
