import { lazy, Suspense, useState } from 'react'
import { counted } from '#shared/lib/counted.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { hostOf } from '../lib/backend-state.ts'
import { WINDOW } from '../stores/app-actions.ts'
import { clearProblem, reportProblem } from '../stores/problem-store.ts'

const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/confirm-dialog.tsx')).ConfirmDialog }))

interface Found {
  profiles: readonly Profile[]
  notes: readonly string[]
}

/** The saved backends into a file without keys, and out of one; what a file holds is shown before it is taken. */
export function ProfileFiles(props: { exportable: boolean; onSaid: (words: string) => void }) {
  const [found, setFound] = useState<Found | null>(null)
  const { onSaid } = props
  const choose = async () => {
    onSaid('')
    clearProblem(WINDOW)
    const reply = await request('profile.import', {})
    if (reply.ok) setFound(reply.value.found)
    else reportProblem(WINDOW, reply.failure)
  }
  const addProfiles = async ({ profiles }: Found) => {
    const reply = await request('profile.add', { profiles: [...profiles] })
    if (reply.ok) onSaid(`${counted(profiles.length, 'backend')} imported`)
    else reportProblem(WINDOW, reply.failure)
  }
  const write = async () => {
    onSaid('')
    clearProblem(WINDOW)
    const reply = await request('profile.export', {})
    if (!reply.ok) reportProblem(WINDOW, reply.failure)
    else if (reply.value.count !== null) {
      const { count, left } = reply.value
      onSaid(
        `${counted(count, 'backend')} exported, without keys${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`,
      )
    }
  }
  return (
    <>
      <button type="button" className="btn quiet" onClick={() => void choose()}>
        Import
      </button>
      <button type="button" className="btn quiet" disabled={!props.exportable} onClick={() => void write()}>
        Export
      </button>
      <Suspense>
        {found && (
          <ConfirmDialog
            title={`Import ${counted(found.profiles.length, 'backend')}?`}
            confirm="Import"
            cancel="Leave it"
            harmless
            onConfirm={() => void addProfiles(found)}
            onClose={() => setFound(null)}
          >
            {found.profiles.map(({ id, name, baseUrl }) => (
              <span key={id} className="files-row">
                <span className="med">{name}</span> <span className="mono xs">{hostOf(baseUrl)}</span>
              </span>
            ))}
            {found.notes.map((note) => (
              <span key={note} className="files-row xs">
                {note}
              </span>
            ))}
          </ConfirmDialog>
        )}
      </Suspense>
    </>
  )
}
