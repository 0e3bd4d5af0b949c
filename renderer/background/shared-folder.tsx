import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { FolderConflict } from '#shared/run/background.ts'
import { Icon } from '../ui/icon.tsx'

/** Two that change files in one folder may undo each other's work: the person says where the new one works. */
export function SharedFolder(props: {
  conflict: FolderConflict
  disabled: boolean
  onStart: (where: 'folder' | 'worktree') => void
  onBack: () => void
}) {
  const { title, where, canHaveWorktree } = props.conflict
  const box = useRef<HTMLElement>(null)
  // The button that was pressed is gone.
  useEffect(() => box.current?.querySelector('button')?.focus(), [])
  return (
    <section className="notice box warn" aria-label="The folder is in use" ref={box}>
      <Icon of={TriangleAlert} />
      <div className="grow">
        <div className="med">“{title}” works in this folder already</div>
        <div className="xs ink2" role="status">
          It is a task in {where}. The two may undo each other’s changes.
          {canHaveWorktree && ' In a worktree of its own, the new one works on a branch beside it.'}
        </div>
        <div className="row notice-acts run-head-acts">
          {canHaveWorktree && (
            <button
              type="button"
              className="btn sm primary"
              disabled={props.disabled}
              onClick={() => props.onStart('worktree')}
            >
              Start in a worktree
            </button>
          )}
          <button type="button" className="btn sm" disabled={props.disabled} onClick={() => props.onStart('folder')}>
            Start in the same folder
          </button>
          <button type="button" className="btn quiet sm" onClick={props.onBack}>
            Not now
          </button>
        </div>
      </div>
    </section>
  )
}
