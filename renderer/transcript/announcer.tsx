import { useEffect, useState } from 'react'
import type { SessionView } from '#shared/session/session-view.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useChatSession } from '../stores/shown-chat.ts'
import { announcements, sentences } from './announcements.ts'

/** Two live regions that are there before anything is said in them. Drawn when something is said, not with every word. */
export function Announcer() {
  const sessionId = useChatSession()
  const [polite, setPolite] = useState('')
  const [urgent, setUrgent] = useState('')
  useEffect(() => {
    let before: SessionView | null = null
    // What was said of another chat is not said of this one.
    setPolite('')
    setUrgent('')
    const listen = () => {
      const view = (sessionId && useSessionStore.getState().sessions[sessionId]?.view) || null
      if (view && view !== before) {
        const said = announcements(before, view)
        const calm = said.filter((one) => !one.urgent).map(({ text }) => text)
        const pressing = said.filter((one) => one.urgent).map(({ text }) => text)
        if (calm.length > 0) setPolite(sentences(calm))
        if (pressing.length > 0) setUrgent(sentences(pressing))
        else if (view.approvals.length === 0) setUrgent('')
      }
      before = view
    }
    listen()
    return useSessionStore.subscribe(listen)
  }, [sessionId])
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
