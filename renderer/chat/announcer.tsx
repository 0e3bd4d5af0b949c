import { useEffect, useRef, useState } from 'react'
import type { SessionView } from '#shared/session-view.ts'
import { announcements } from './announcements.ts'
import { useView } from './chat-place.ts'

/** Two live regions that are there before anything is said in them. */
export function Announcer() {
  const view = useView((whole) => whole)
  const before = useRef<SessionView | null>(null)
  const [polite, setPolite] = useState('')
  const [urgent, setUrgent] = useState('')
  useEffect(() => {
    if (view) {
      const said = announcements(before.current, view)
      const calm = said.filter((one) => !one.urgent).map(({ text }) => text)
      const pressing = said.filter((one) => one.urgent).map(({ text }) => text)
      if (calm.length > 0) setPolite(calm.join('. '))
      if (pressing.length > 0) setUrgent(pressing.join('. '))
      else if (view.approvals.length === 0) setUrgent('')
    }
    before.current = view
  }, [view])
  return (
    <>
      <div className="sr" role="status">
        {polite}
      </div>
      <div className="sr" aria-live="assertive">
        {urgent}
      </div>
    </>
  )
}
