import type { Place } from '#shared/feed/feed.ts'
import { focusNextTitle } from '../lib/focus.ts'
import { useRouteStore } from './route-store.ts'
import { goToRun, setRunPlace } from './run-place.ts'

/** Goes where main asks, as when a person clicked in the tray. */
export function showPlace(place: Place): void {
  const { go } = useRouteStore.getState()
  if (place.page === 'chat') {
    go('chat', place.sessionId)
    return
  }
  focusNextTitle()
  if (place.page === 'budgets') {
    go('budgets')
    return
  }
  if (place.runId === null) setRunPlace({ step: 'new' })
  else goToRun(place.runId)
  go('background')
}
