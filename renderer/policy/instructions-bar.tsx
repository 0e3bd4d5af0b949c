import { BookOpen } from 'lucide-react'
import { useEffect } from 'react'
import { visibleLine } from '#shared/lib/visible-text.ts'
import { type InstructionsView, undecidedInstructions } from '#shared/policy/instructions.ts'
import { useSettled } from '../lib/settled.ts'
import { answerFolder, lookAtInstructions, useInstructionsStore } from '../stores/instructions-store.ts'
import { useChatKey, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'
import './policy.css'

/**
 * Above the message box where nobody decided whether the instructions of the folder count. It only stands there: whoever
 * writes goes on writing.
 */
export function InstructionsBar({ folder }: { folder: string }) {
  const chatKey = useChatKey()
  const view = useInstructionsStore(({ views }) => views[folder])
  useFreshInstructions(folder)
  const settled = useSettled()
  const files = view ? undecidedInstructions(view) : []
  if (!view || files.length === 0) return null
  const answer = (trusted: boolean) => {
    if (settled.takes()) void answerFolder(chatKey, folder, trusted)
  }
  const waits = settled.on ? undefined : true
  return (
    <section className="notice box info problem instructions-bar" aria-label="Instructions of this folder">
      <Icon of={BookOpen} />
      <div className="grow">
        <div>
          <span className="med">{files.map(({ path }) => shownPath(path, view)).join(', ')}</span>{' '}
          {files.length === 1 ? 'tells' : 'tell'} the agent how to work here. Until you trust the folder, nothing of{' '}
          {files.length === 1 ? 'it' : 'them'} counts.
        </div>
        <div className="row notice-acts" ref={settled.ref}>
          <LeavingButton
            className="btn sm"
            title={`Trust ${visibleLine(view.folder)}`}
            aria-disabled={waits}
            onClick={() => answer(true)}
          >
            Trust
          </LeavingButton>
          <LeavingButton className="btn quiet sm" aria-disabled={waits} onClick={() => answer(false)}>
            Not now
          </LeavingButton>
        </div>
      </div>
    </section>
  )
}

function shownPath(path: string, { folder }: InstructionsView): string {
  return visibleLine(path.startsWith(folder) ? path.slice(folder.length).replace(/^[/\\]/, '') : path)
}

/** Looks when the chat opens, when a turn ends and when the window comes to the front: files change outside. */
function useFreshInstructions(folder: string): void {
  const busy = useView(({ activity }) => activity !== null) === true
  useEffect(() => {
    const refresh = () => void lookAtInstructions(folder)
    if (!busy) refresh()
    window.addEventListener('focus', refresh)
    return () => window.removeEventListener('focus', refresh)
  }, [folder, busy])
}
