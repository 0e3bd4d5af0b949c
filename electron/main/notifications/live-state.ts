import type { Core } from '../core.ts'
import { workOf } from '../tray/work.ts'
import type { NotifiableState } from './notification-model.ts'

/** What goes on at this moment, wherever it runs. */
export function liveState({ feed, opened }: Core): NotifiableState {
  const app = feed.app.state()
  return { app, work: workOf(app, opened) }
}
