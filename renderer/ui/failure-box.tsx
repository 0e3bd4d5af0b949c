import { CircleAlert } from 'lucide-react'
import type { Failure } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { remedyFor } from '../lib/backend-state.ts'
import { failureWords } from '../lib/failure-words.ts'
import { CopyCommand } from './copy-command.tsx'
import { Icon } from './icon.tsx'
import './failure-box.css'

/** What the server said, and one thing to do about it. */
export function FailureBox(props: {
  profile: Profile
  failure: Failure
  editable: boolean
  onCheck: () => void
  onEdit: (focusKey: boolean) => void
}) {
  const { failure } = props
  const remedy = remedyFor(props.profile, failure)
  const said = failure.details?.serverMessage
  return (
    <section className="notice box danger" aria-label="Problem">
      <Icon of={CircleAlert} />
      <div className="grow stack g2">
        <div className="med">{failure.message}</div>
        {said && (
          <>
            <div className="xs ink2">It said{failure.details?.status && ` (HTTP ${failure.details.status})`}:</div>
            <pre className="failure-words">{said}</pre>
          </>
        )}
        <div className="xs ink2">{remedy.text}</div>
        {remedy.command && <CopyCommand command={remedy.command} />}
        <div className="row">
          {remedy.action === 'key' && props.editable && (
            <button type="button" className="btn sm" onClick={() => props.onEdit(true)}>
              Set a new key
            </button>
          )}
          {remedy.action === 'edit' && props.editable && (
            <button type="button" className="btn sm" onClick={() => props.onEdit(false)}>
              Edit the address
            </button>
          )}
          <button type="button" className="btn sm" onClick={props.onCheck}>
            Check again
          </button>
        </div>
      </div>
    </section>
  )
}

/** A wish of the person that was not done. */
export function ProblemBox(props: { failure: Failure }) {
  return (
    <div className="notice box danger" role="alert">
      <Icon of={CircleAlert} />
      <div className="grow">{failureWords(props.failure)}</div>
    </div>
  )
}
