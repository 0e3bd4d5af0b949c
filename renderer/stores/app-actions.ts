import { request } from '../bridge/bridge.ts'
import { reportProblem } from './problem-store.ts'

/** The place of problems that belong to no page and no session. */
export const WINDOW = 'window'

/** Takes a notice away: the feed tells when it is gone. */
export async function dismissNotice(id: string): Promise<void> {
  const reply = await request('notice.dismiss', { id })
  if (!reply.ok) reportProblem(WINDOW, reply.failure)
}
