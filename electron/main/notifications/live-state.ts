import type { Core } from '../core/core.ts'
import type { NotifiableState } from './notification-model.ts'
import { workOf } from './work.ts'

/** What goes on at this moment, wherever it runs. */
export function liveState({ feed, opened }: Core): NotifiableState {
  const app = feed.app.state()
  return { app, work: workOf(app, opened) }
}
