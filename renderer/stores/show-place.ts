import type { Place } from '#shared/feed.ts'
import { useRouteStore } from './route-store.ts'

/** Goes where main asks, as when a person clicked in the tray. */
export function showPlace(place: Place): void {
  useRouteStore.getState().go(place.page, place.sessionId)
}
