import { ArrowUp, Square } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { type Draft, giveBackDraft, isDraftEmpty, setDraft, takeDraft, useDraftStore } from '../stores/draft-store.ts'
import { useChatKey, useChatSession, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { StopButton } from '../ui/stop-button.tsx'
import { droppedPaths, reportNotYet } from './dropped-files.ts'
import { PermissionSelect } from './permission-select.tsx'
import { ProfileSelect } from './profile-select.tsx'
import { VerifyButton } from './verify-button.tsx'

/** Where a person writes. `onSend` gives false when the text was not taken: then it comes back. */
export function Composer(props: { onSend: (draft: Draft) => Promise<boolean> }) {
  const sessionId = useChatSession()
  const chatKey = useChatKey()
  const empty = useDraftStore((state) => isEmpty(state.drafts[chatKey]))
  const box = useRef<HTMLTextAreaElement>(null)
  const running = useView((view) => view.activity !== null) === true
  const asked = useView((view) => view.approvals.length > 0) === true
  const folder = useView((view) => view.cwd)
  const atLimit = useView((view) => view.budgetRequest !== null) === true

  // Who opens the window wants to write; who was elsewhere already keeps the place.
  useEffect(() => {
    if (document.activeElement === document.body) box.current?.focus()
  }, [])

  // Not a controlled box: a key press need not draw anything but itself. What is set from elsewhere is copied in.
  useLayoutEffect(() => {
    const copy = () => {
      const text = useDraftStore.getState().drafts[chatKey] ?? ''
      if (box.current && box.current.value !== text) box.current.value = text
    }
    copy()
    return useDraftStore.subscribe(copy)
  }, [chatKey])

  const send = async () => {
    if (isDraftEmpty(chatKey)) return
    const draft = takeDraft(chatKey)
    box.current?.focus()
    if (!(await props.onSend(draft))) giveBackDraft(chatKey, draft)
  }
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // 229 = the input method has the key: Enter there ends a word, not the message.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
    if (empty && (event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void send()
  }
  const drop = (event: DragEvent<HTMLTextAreaElement>) => {
    if (event.dataTransfer.files.length === 0) return
    event.preventDefault()
    const paths = droppedPaths(chatKey, event.dataTransfer.files, folder)
    const target = event.currentTarget
    if (paths === null) return
    target.setRangeText(paths, target.selectionStart, target.selectionEnd, 'end')
    setDraft(chatKey, target.value)
    target.focus()
  }
  return (
    <div className="composer">
      <textarea
        ref={box}
        aria-label="Message"
        rows={1}
        placeholder={placeholder({ isNew: sessionId === null, running, asked, atLimit })}
        onInput={(event) => setDraft(chatKey, event.currentTarget.value)}
        onKeyDown={keyDown}
        onPaste={({ clipboardData }) => {
          if (clipboardData.files.length > 0 && !clipboardData.types.includes('text/plain')) reportNotYet(chatKey)
        }}
        onDragOver={(event) => {
          if (event.dataTransfer.types.includes('Files')) event.preventDefault()
        }}
        onDrop={drop}
      />
      <div className="tb">
        <ProfileSelect />
        <PermissionSelect />
        <VerifyButton />
        <span className="end row tb-end">
          {/* At a limit its card has the button: only one of the chat is called Stop. */}
          {running && sessionId && !atLimit && (
            <StopButton sessionId={sessionId} className="btn stop" shortcut="Escape">
              <Icon of={Square} small className="filled" />
              Stop
            </StopButton>
          )}
          <button
            type="button"
            className="btn primary send"
            aria-label="Send"
            aria-keyshortcuts="Enter"
            title={empty ? 'Write a message first' : undefined}
            disabled={empty}
            onClick={() => void send()}
          >
            <Icon of={ArrowUp} />
          </button>
        </span>
      </div>
    </div>
  )
}

function isEmpty(draft: string | undefined): boolean {
  return !draft || draft.trim() === ''
}

function placeholder(state: { isNew: boolean; running: boolean; asked: boolean; atLimit: boolean }): string {
  if (state.isNew) return 'What should be done?'
  if (state.asked) return 'Answer above, or write what it should do instead.'
  if (state.atLimit) return 'Answer above. What you add is read at the next step.'
  if (state.running) return 'Add something while it works. It is read at the next step.'
  return 'What next?'
}
