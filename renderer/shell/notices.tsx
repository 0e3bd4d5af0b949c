import { CircleAlert, TriangleAlert } from 'lucide-react'
import { failureWords } from '../lib/failure-words.ts'
import { NEW_CHAT } from '../stores/actions.ts'
import { dismissNotice } from '../stores/app-actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { clearProblem, useProblemStore } from '../stores/problem-store.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { Icon } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'

/** What a person must know about the app itself, over every page until it is dismissed. */
export function Notices() {
  const notices = useAppStore((state) => state.notices)
  const problem = useProblemHere()
  if (notices.length === 0 && !problem) return null
  return (
    <section className="app-notices" aria-label="Notices">
      {notices.map(({ id, title, message }) => (
        <div key={id} className="notice box warn" role="status">
          <Icon of={TriangleAlert} />
          <div className="grow">
            <span className="med">{title}.</span> <span className="ink2">{message}</span>
          </div>
          <LeavingButton className="btn sm" aria-label={`Dismiss: ${title}`} onClick={() => void dismissNotice(id)}>
            Dismiss
          </LeavingButton>
        </div>
      ))}
      {problem && (
        <div className="notice box danger" role="alert">
          <Icon of={CircleAlert} />
          <div className="grow">{failureWords(problem.failure)}</div>
          <LeavingButton className="btn sm" onClick={() => clearProblem(problem.area)}>
            Dismiss
          </LeavingButton>
        </div>
      )}
    </section>
  )
}

/** A problem that the page which is shown does not show itself; a chat shows its own. */
function useProblemHere() {
  const chat = useRouteStore((state) => (state.page === 'chat' ? (state.sessionId ?? NEW_CHAT) : null))
  return useProblemStore((state) => state.problems.find(({ area }) => area !== chat))
}
