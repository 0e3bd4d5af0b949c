import { FolderX } from 'lucide-react'
import type { SessionId } from '#shared/ids.ts'
import { moveToFolder } from '../stores/actions.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useView } from '../stores/shown-chat.ts'
import { conversationText } from '../transcript/conversation-text.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'

/** What stands in the place of the message box where the folder is gone: the chat can be read, and where it can go on. */
export function FolderGone({ sessionId }: { sessionId: SessionId }) {
  const cwd = useView((view) => view.cwd)
  return (
    <section className="notice box warn" aria-label="The folder is gone">
      <Icon of={FolderX} />
      <div className="grow">
        <div className="med">The folder of this chat is gone.</div>
        <div className="xs ink2">
          <span className="mono">{cwd}</span> is not there any more. All that was said can be read; to go on, choose the
          folder to work in, or bring it back and open the chat again.
        </div>
        <div className="row notice-acts">
          <LeavingButton className="btn sm primary" onClick={() => void moveToFolder(sessionId)}>
            Choose another folder…
          </LeavingButton>
          <CopyButton
            text={() => {
              const view = useSessionStore.getState().sessions[sessionId]?.view
              return view ? conversationText(view.title, view.turns) : ''
            }}
            name="Copy the chat"
            caption="Copy the chat"
          />
        </div>
      </div>
    </section>
  )
}
