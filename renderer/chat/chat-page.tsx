import { FolderOpen } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { SessionId } from '#shared/ids.ts'
import { Composer } from '../composer/composer.tsx'
import { PhaseLine } from '../composer/phase-line.tsx'
import { NewChatStatus, StatusLine } from '../composer/status-line.tsx'
import { isKeyForFloating } from '../lib/floating.ts'
import { focusMessage } from '../lib/focus.ts'
import { InstructionsBar } from '../policy/instructions-bar.tsx'
import { sendWords } from '../queue/send-words.ts'
import { chooseFolder, startChat, stopTurn } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { chooseForNewChat, type Draft, useDraftStore } from '../stores/draft-store.ts'
import { followSession } from '../stores/feed.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { ChatSession, useView } from '../stores/shown-chat.ts'
import { Announcer } from '../transcript/announcer.tsx'
import { ProblemBox } from '../transcript/problem-box.tsx'
import { Transcript } from '../transcript/transcript.tsx'
import { Icon } from '../ui/icon.tsx'
import { ChatHeader } from './chat-header.tsx'
import { FolderGone } from './folder-gone.tsx'

/** One chat; null = a new one, which becomes a session with its first message. */
export function ChatPage({ sessionId }: { sessionId: SessionId | null }) {
  useEffect(() => followSession(sessionId), [sessionId])
  return (
    <ChatSession value={sessionId}>
      <div className="chat">
        {sessionId ? <SessionChat key={sessionId} sessionId={sessionId} /> : <NewChat />}
        <Announcer />
      </div>
    </ChatSession>
  )
}

function SessionChat({ sessionId }: { sessionId: SessionId }) {
  const here = useView(() => true)
  const closed = useSessionStore(({ sessions }) => sessions[sessionId]?.closed ?? null)
  const gone = useView((view) => view.folderGone === true) === true
  const cwd = useView((view) => view.cwd)
  useEscape(sessionId)
  return (
    <>
      <ChatHeader folder={null} />
      {here ? <Transcript /> : <Waiting closed={closed} />}
      <footer className="foot">
        <div className="column">
          {closed !== null && here && <div className="notice box warn problem">{closed}</div>}
          <ProblemBox />
          <PhaseLine />
          {cwd && !gone && <InstructionsBar folder={cwd} />}
          {gone ? <FolderGone sessionId={sessionId} /> : <Composer onSend={(draft) => sendWords(sessionId, draft)} />}
          <StatusLine />
        </div>
      </footer>
    </>
  )
}

function NewChat() {
  const chosen = useDraftStore((state) => state.newChat.folder)
  const proposed = useAppStore(({ environment, settings }) => environment.startFolder ?? settings.lastFolder)
  const folder = chosen ?? proposed
  const open = async () => {
    const opened = await chooseFolder()
    if (!opened) return
    chooseForNewChat({ folder: opened })
    focusMessage()
  }
  const send = async ({ text }: Draft) => {
    const chosen = folder ?? (await chooseFolder())
    if (!chosen) return false
    chooseForNewChat({ folder: chosen })
    return startChat(chosen, text)
  }
  return (
    <>
      <ChatHeader folder={folder} />
      <div className="transcript">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the same place as in a chat that has begun */}
        <section className="scroll" aria-label="Transcript" tabIndex={0}>
          <div className="column new-chat">
            {folder ? (
              <p className="ink2">
                Say what should be done in this folder. Changes and commands wait for you where you want it.
              </p>
            ) : (
              <>
                <p className="ink2">The agent works in one folder of yours. Which one?</p>
                <button type="button" className="btn primary" onClick={() => void open()}>
                  <Icon of={FolderOpen} small />
                  Open a folder…
                </button>
              </>
            )}
          </div>
        </section>
      </div>
      <footer className="foot">
        <div className="column">
          <ProblemBox />
          {folder && <InstructionsBar folder={folder} />}
          <Composer onSend={send} />
          <NewChatStatus folder={folder} />
        </div>
      </footer>
    </>
  )
}

/** Milliseconds that an empty page is better than bars that flash by. */
const PATIENCE = 200

function Waiting({ closed }: { closed: string | null }) {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), PATIENCE)
    return () => window.clearTimeout(timer)
  }, [])
  return (
    <div className="transcript">
      <div className="column">
        {closed !== null ? (
          <div className="notice box danger" role="alert">
            {closed}
          </div>
        ) : (
          long && (
            <div className="stack g3" role="status" aria-label="Loading the chat" aria-busy="true">
              <div className="skel w-62" />
              <div className="skel w-84" />
              <div className="skel w-48" />
            </div>
          )
        )}
      </div>
    </div>
  )
}

/** Escape stops the turn, unless something nearer took it: a list, a dialog, an input method. */
function useEscape(sessionId: SessionId): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || event.repeat) return
      if (isKeyForFloating()) return
      if (useSessionStore.getState().sessions[sessionId]?.view?.activity) void stopTurn(sessionId)
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [sessionId])
}
