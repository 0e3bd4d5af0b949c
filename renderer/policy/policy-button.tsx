import { ScrollText } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { type PolicyView, undecidedFiles } from '#shared/policy/policy.ts'
import { useDraftStore } from '../stores/draft-store.ts'
import { lookAtPolicy, usePolicyStore } from '../stores/policy-store.ts'
import { useChatKey, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'

// Most folders have no policy: its parts are loaded where there is one.
const PolicyPopover = lazy(() => import('./policy-popover.tsx'))
const PolicyDialog = lazy(() => import('./policy-dialog.tsx'))

/**
 * The button in the bar of a chat whose folder has a policy: it shows what applies and from which file; and the question for
 * trust.
 */
export function PolicyButton({ folder }: { folder: string }) {
  const chatKey = useChatKey()
  const view = usePolicyStore(({ views }) => views[folder])
  const asking = usePolicyStore((state) => state.asking)
  useFreshPolicy(folder, chatKey)
  if (!view || view.files.length === 0) return null
  const state = stateOf(view)
  return (
    <Suspense>
      <PolicyPopover view={view} folder={folder} area={chatKey} label={state ? `Policy: ${state.words}` : 'Policy'}>
        <Icon of={ScrollText} small />
        <span className="hide-s">Policy</span>
        {state && <span className={`badge ${state.tone}`}>{state.words}</span>}
      </PolicyPopover>
      {asking?.folder === folder && <PolicyDialog files={asking.files} area={chatKey} />}
    </Suspense>
  )
}

function stateOf(view: PolicyView): { tone: string; words: string } | null {
  if (view.files.some(({ problem }) => problem !== null)) return { tone: 'danger', words: 'broken' }
  return undecidedFiles(view).length > 0 ? { tone: 'warn', words: 'not trusted' } : null
}

/** Looks when the chat opens, when a turn ends and when the window comes to the front: files change outside. */
function useFreshPolicy(folder: string, chatKey: string): void {
  const busy = useView(({ activity }) => activity !== null) === true
  useEffect(() => {
    // A question never takes the focus from somebody who types.
    const refresh = () => void lookAtPolicy(folder, () => !useDraftStore.getState().drafts[chatKey])
    if (!busy) refresh()
    window.addEventListener('focus', refresh)
    return () => window.removeEventListener('focus', refresh)
  }, [folder, chatKey, busy])
}
