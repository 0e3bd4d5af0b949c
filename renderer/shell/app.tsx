import { Menu } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import type { SessionId } from '#shared/ids.ts'
import { ChatPage } from '../chat/chat-page.tsx'
import { isKeyForFloating } from '../lib/floating.ts'
import { focusLandmark, focusMessage, focusNextTitle } from '../lib/focus.ts'
import { useMediaQuery } from '../lib/media-query.ts'
import { isMac } from '../lib/platform.ts'
import { commandOf } from '../lib/shortcuts.ts'
import { applyTheme } from '../lib/theme.ts'
import { newChat, updateSettings } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { type Page, useRouteStore } from '../stores/route-store.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { navigation } from './navigation.ts'
import { Notices } from './notices.tsx'
import { PageGuard } from './page-guard.tsx'
import { groupSessions, isAside, sessionsInOrder } from './session-groups.ts'
import { Sidebar } from './sidebar.tsx'
import { SidebarResize } from './sidebar-resize.tsx'
import './frame.css'

const BackgroundPage = lazy(() => import('../background/background-page.tsx'))
const BudgetsPage = lazy(() => import('../budget/budgets-page.tsx'))
const BackendsPage = lazy(() => import('../backends/backends-page.tsx'))
const SettingsPage = lazy(() => import('../settings/settings-page.tsx'))
const FirstRunPage = lazy(() => import('../first-run/first-run-page.tsx'))

const DEFAULT_WIDTH = 264

type SidebarMode = 'full' | 'rail' | 'menu'

export function App() {
  const theme = useAppStore((state) => state.settings.theme)
  const contrast = useAppStore((state) => state.settings.contrast)
  const sidebar = useAppStore((state) => state.settings.sidebar)
  const mode = useSidebarMode(sidebar.hidden)
  const [overlay, setOverlay] = useState(false)
  const [dragged, setDragged] = useState<number | null>(null)
  const toggled = useRef(false)
  const lastMode = useRef(mode)
  const focused = useRef<Element | null>(null)

  useEffect(() => applyTheme({ theme, contrast }), [theme, contrast])
  useEffect(() => {
    if (mode === 'full') setOverlay(false)
  }, [mode])
  // What had the focus went with its sidebar, by a button or by the width of the window: the button that is there now
  // takes it over. Where nothing had it, a width gives it to nobody.
  useEffect(() => {
    const went = lastMode.current !== mode && focused.current?.isConnected === false
    if ((toggled.current || went) && !overlay && document.activeElement === document.body)
      document.querySelector<HTMLElement>(`[data-sidebar-toggle="${mode}"]`)?.focus()
    toggled.current = false
    lastMode.current = mode
  }, [mode, overlay])

  const saveSidebar = (change: Partial<typeof sidebar>) => updateSettings({ sidebar: { ...sidebar, ...change } })
  const go = (page: Page, sessionId?: SessionId | null) => {
    setOverlay(false)
    if (page === 'chat' && sessionId === null) newChat()
    else useRouteStore.getState().go(page, sessionId)
    if (page === 'chat') focusMessage()
    else focusNextTitle()
  }
  const closeOverlay = () => {
    toggled.current = true
    setOverlay(false)
  }
  const toggleSidebar = () => {
    toggled.current = true
    if (overlay) closeOverlay()
    else if (mode === 'full') void saveSidebar({ hidden: true })
    else if (mode === 'rail' && sidebar.hidden && window.matchMedia('(min-width: 960px)').matches)
      void saveSidebar({ hidden: false })
    else setOverlay(true)
  }
  useShortcuts({ go, toggleSidebar })

  const width = dragged ?? sidebar.width
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes what has the focus
    <div
      className="frame"
      data-sidebar={mode}
      onFocus={(event) => {
        focused.current = event.target
      }}
      // React tells of no blur where it takes the element away itself: what went with its sidebar is still known here.
      onBlur={() => {
        focused.current = null
      }}
      // Without a width of one's own the style sheet decides, which gives more on a very wide window.
      style={width === DEFAULT_WIDTH ? undefined : { ['--sidebar-width' as string]: `${width}px` }}
    >
      <a className="btn skip" href="#main" inert={overlay}>
        Skip to content
      </a>
      {mode !== 'menu' &&
        (overlay ? (
          <div />
        ) : (
          <Sidebar
            rail={mode === 'rail'}
            toggleLabel={mode === 'rail' ? 'Show sidebar' : 'Hide sidebar'}
            onToggle={toggleSidebar}
            onNewChat={() => go('chat', null)}
            onGo={go}
          >
            {mode === 'full' && (
              <SidebarResize
                width={width}
                onDrag={setDragged}
                onSave={(saved) => void saveSidebar({ width: saved }).then(() => setDragged(null))}
                onReset={() => void saveSidebar({ width: DEFAULT_WIDTH }).then(() => setDragged(null))}
              />
            )}
          </Sidebar>
        ))}
      {mode === 'menu' && (
        <span className="frame-menu" inert={overlay}>
          <IconButton
            icon={Menu}
            label="Menu"
            data-sidebar-toggle="menu"
            aria-expanded={overlay}
            onClick={toggleSidebar}
          />
        </span>
      )}
      {overlay && (
        <Overlay onClose={closeOverlay}>
          <Sidebar
            rail={false}
            toggleLabel="Hide sidebar"
            onToggle={closeOverlay}
            onNewChat={() => go('chat', null)}
            onGo={go}
          />
        </Overlay>
      )}
      <main className="frame-main" id="main" tabIndex={-1} inert={overlay}>
        <Notices />
        <Suspense>
          <CurrentPage />
        </Suspense>
      </main>
    </div>
  )
}

function CurrentPage() {
  const ready = useAppStore((state) => state.ready)
  const firstRun = useAppStore((state) => state.activeProfileId === null)
  const page = useRouteStore((state) => state.page)
  const sessionId = useRouteStore((state) => state.sessionId)
  useWindowTitle(page, sessionId)
  if (!ready) return null
  if (page === 'background') return guarded(page, <BackgroundPage />)
  if (page === 'budgets') return guarded(page, <BudgetsPage />)
  if (page === 'backends') return guarded(page, <BackendsPage />)
  if (page === 'settings') return guarded(page, <SettingsPage />)
  if (firstRun && sessionId === null) return guarded('first-run', <FirstRunPage />)
  return guarded('chat', <ChatPage sessionId={sessionId} />)
}

/** One guard a page: going elsewhere leaves the defect behind. */
function guarded(key: string, page: ReactNode) {
  return <PageGuard key={key}>{page}</PageGuard>
}

/** The full sidebar over a narrow window. Escape and a click beside it close it. */
function Overlay(props: { children: ReactNode; onClose: () => void }) {
  const pane = useRef<HTMLDivElement>(null)
  const close = useRef(props.onClose)
  close.current = props.onClose
  useEffect(() => {
    const first = (selector: string) => pane.current?.querySelector<HTMLElement>(selector)
    ;(first('a[aria-current]') ?? first('a[href]'))?.focus()
    // On the document: after what is inside, before the window, where Escape stops a turn.
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || isKeyForFloating()) return
      event.preventDefault()
      close.current()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
  return (
    <>
      <div className="frame-veil" aria-hidden="true" onClick={props.onClose} />
      <div className="frame-overlay" ref={pane}>
        {props.children}
      </div>
    </>
  )
}

function useSidebarMode(hidden: boolean): SidebarMode {
  const menu = useMediaQuery('(max-width: 599px)')
  const rail = useMediaQuery('(max-width: 959px)')
  return menu ? 'menu' : rail || hidden ? 'rail' : 'full'
}

function useShortcuts(does: { go: (page: Page, sessionId?: SessionId | null) => void; toggleSidebar: () => void }) {
  const latest = useRef(does)
  latest.current = does
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const command = commandOf(event, isMac)
      if (command === null || isKeyForFloating()) return
      event.preventDefault()
      const { go, toggleSidebar } = latest.current
      if (command === 'new-chat') go('chat', null)
      else if (command === 'settings') go('settings')
      else if (command === 'toggle-sidebar') toggleSidebar()
      else if (command === 'next-landmark') focusLandmark(1)
      else if (command === 'previous-landmark') focusLandmark(-1)
      else {
        const listed = useAppStore.getState().sessions.filter((one) => !isAside(one, null))
        const session = sessionsInOrder(groupSessions(listed))[command]
        if (session) go('chat', session.sessionId)
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}

function useWindowTitle(page: Page, sessionId: SessionId | null): void {
  const title = useAppStore((state) => state.sessions.find((session) => session.sessionId === sessionId)?.title)
  useEffect(() => {
    const name = page === 'chat' ? title || 'New chat' : navigation.find((one) => one.page === page)?.label
    document.title = `${name} · Claw Code Agent`
  }, [page, title])
}
