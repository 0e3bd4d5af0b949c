import { PanelLeft, Plus, Search, X } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import type { SessionId } from '#shared/ids.ts'
import { counted } from '#shared/lib/counted.ts'
import { countRuns, countWords, type RunCounts } from '#shared/run/run-words.ts'
import { attentionCount, attentionTone } from '../backends/doctor-line.ts'
import { TodayMeter } from '../budget/today-meter.tsx'
import { isMac } from '../lib/platform.ts'
import { ariaKeys, keyCaps } from '../lib/shortcuts.ts'
import { useAppStore } from '../stores/app-store.ts'
import { type Page, useRouteStore } from '../stores/route-store.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Logo } from '../ui/logo.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { toggleAside, useAside } from './aside.ts'
import { navigation } from './navigation.ts'
import { OneTimeSessions } from './one-time-sessions.tsx'
import { countFound, isAside } from './session-groups.ts'
import { SessionList } from './session-list.tsx'
import './sidebar.css'

const newChatKeys = ['mod', 'N']
const sidebarKeys = ['mod', 'B']

/** The left pane. As a rail it keeps the navigation and leaves the sessions to the full one. */
export function Sidebar(props: {
  rail: boolean
  onToggle: () => void
  toggleLabel: string
  onNewChat: () => void
  onGo: (page: Page, sessionId?: SessionId | null) => void
  children?: ReactNode
}) {
  return (
    <aside className="sidebar-pane" id="sidebar" aria-label="Sidebar" data-rail={props.rail || undefined}>
      {props.rail ? <RailTop {...props} /> : <FullTop {...props} />}
      {props.children}
    </aside>
  )
}

type TopProps = Parameters<typeof Sidebar>[0]

function RailTop(props: TopProps) {
  return (
    <>
      <div className="sidebar-top">
        <div className="sidebar-brand">
          <Logo />
        </div>
        <IconButton
          icon={PanelLeft}
          data-sidebar-toggle="rail"
          label={props.toggleLabel}
          keys={keyCaps(sidebarKeys, isMac)}
          aria-keyshortcuts={ariaKeys(sidebarKeys, isMac)}
          onClick={props.onToggle}
        />
        <IconButton
          icon={Plus}
          label="New chat"
          keys={keyCaps(newChatKeys, isMac)}
          aria-keyshortcuts={ariaKeys(newChatKeys, isMac)}
          onClick={props.onNewChat}
        />
      </div>
      <MainNavigation rail onGo={props.onGo} />
    </>
  )
}

function FullTop(props: TopProps) {
  const [search, setSearch] = useState<string | null>(null)
  const searchButton = useRef<HTMLButtonElement>(null)
  const closeSearch = () => {
    setSearch(null)
    searchButton.current?.focus()
  }
  return (
    <>
      <div className="sidebar-top">
        <div className="sidebar-brand">
          <Logo />
          <span className="cut">Claw Code Agent</span>
          <span className="end row">
            <IconButton
              ref={searchButton}
              icon={Search}
              label="Search sessions"
              aria-expanded={search !== null}
              onClick={() => setSearch(search === null ? '' : null)}
            />
            <IconButton
              icon={PanelLeft}
              data-sidebar-toggle="full"
              label={props.toggleLabel}
              keys={keyCaps(sidebarKeys, isMac)}
              aria-keyshortcuts={ariaKeys(sidebarKeys, isMac)}
              onClick={props.onToggle}
            />
          </span>
        </div>
        <button
          type="button"
          className="btn sidebar-new"
          aria-keyshortcuts={ariaKeys(newChatKeys, isMac)}
          onClick={props.onNewChat}
        >
          <Icon of={Plus} />
          New chat{' '}
          <span aria-hidden="true" className="end">
            <kbd>{keyCaps(newChatKeys, isMac).join(' ')}</kbd>
          </span>
        </button>
      </div>
      <MainNavigation rail={false} onGo={props.onGo} />
      <Sessions search={search} onSearch={setSearch} onSearchEnd={closeSearch} onGo={props.onGo} />
      <div className="sidebar-foot">
        <TodayMeter />
      </div>
    </>
  )
}

const focused = new WeakSet<HTMLElement>()

/** A ref that is called again at every drawing, and takes the focus at the first. */
function focusOnce(element: HTMLElement | null): void {
  if (!element || focused.has(element)) return
  focused.add(element)
  element.focus()
}

function MainNavigation(props: { rail: boolean; onGo: (page: Page) => void }) {
  const page = useRouteStore((state) => state.page)
  const attention = useAppStore(attentionCount)
  const tone = useAppStore(attentionTone)
  const runs = useAppStore((state) => state.runs)
  const counts = countRuns(runs)
  const words: Readonly<Partial<Record<Page, string>>> = {
    background: countWords(counts),
    backends: attention > 0 ? `${counted(attention, 'backend')} ${attention === 1 ? 'needs' : 'need'} attention` : '',
  }
  return (
    <nav className="sidebar-nav" aria-label="Main navigation">
      {navigation.map(({ page: target, label, icon }) => {
        const link = (
          <a
            key={target}
            href={`#${target}`}
            aria-current={page === target ? 'page' : undefined}
            aria-describedby={words[target] ? `navigation-${target}` : undefined}
            onClick={(event) => {
              event.preventDefault()
              props.onGo(target)
            }}
          >
            <Icon of={icon} />
            <span className={props.rail ? 'sr' : undefined}>{label}</span>
            {target === 'backends' && attention > 0 && <span className={`dot ${tone}`} aria-hidden="true" />}
            {target === 'background' && <RunCount {...counts} />}
          </a>
        )
        return props.rail ? (
          <Tooltip key={target} text={label} side="right">
            {link}
          </Tooltip>
        ) : (
          link
        )
      })}
      {navigation.map(({ page: target }) => (
        <span key={target} id={`navigation-${target}`} hidden>
          {words[target]}
        </span>
      ))}
    </nav>
  )
}

/** What waits for a person in orange, what runs in grey. On the rail one dot, for what matters more. */
function RunCount({ waiting, running, queued }: RunCounts) {
  const going = running + queued
  if (waiting + going === 0) return null
  return (
    <span className="end sidebar-counts" aria-hidden="true">
      {waiting > 0 && <span className="count waiting">{waiting}</span>}
      {going > 0 && <span className="count">{going}</span>}
    </span>
  )
}

function Sessions(props: {
  /** null = no search is open. */
  search: string | null
  onSearch: (search: string) => void
  onSearchEnd: () => void
  onGo: (page: Page, sessionId: SessionId) => void
}) {
  const { search } = props
  const sessions = useAppStore((state) => state.sessions)
  const ready = useAppStore((state) => state.ready)
  const current = useRouteStore((state) => (state.page === 'chat' ? state.sessionId : null))
  const showsAside = useAside((state) => state.shown)
  const aside = useMemo(() => sessions.filter((session) => isAside(session, current)), [sessions, current])
  const listed = useMemo(
    () => (search || showsAside || aside.length === 0 ? sessions : sessions.filter((one) => !isAside(one, current))),
    [sessions, aside, search, showsAside, current],
  )
  const found = useMemo(() => countFound(sessions, search ?? ''), [sessions, search])
  return (
    <section className="sidebar-sessions" aria-label="Sessions">
      <p className="sr" role="status">
        {search === null || search === '' ? '' : `${counted(found, 'session')} found`}
      </p>
      {search !== null && (
        <span className="field soft session-search">
          <Icon of={Search} small className="ink3" />
          <input
            type="search"
            aria-label="Title, folder or state"
            placeholder="Title, folder or state"
            value={search}
            ref={focusOnce}
            onChange={(event) => props.onSearch(event.target.value)}
            onKeyDown={(event) => {
              const row = firstRow(event.currentTarget)
              if (event.key === 'ArrowDown' && row) {
                event.preventDefault()
                row.focus()
              }
              // An input method has its own Enter.
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) row?.click()
              if (event.key !== 'Escape') return
              event.stopPropagation()
              props.onSearchEnd()
            }}
          />
          <IconButton icon={X} small label="Close the search" onClick={props.onSearchEnd} />
        </span>
      )}
      {ready && sessions.length === 0 && (
        <>
          <h2 className="session-group">Sessions</h2>
          <p className="xs ink3 session-empty">Your chats appear here, by folder.</p>
        </>
      )}
      {sessions.length > 0 && found === 0 && (
        <p className="xs ink3 session-empty">No session has these words in its title, folder or state.</p>
      )}
      <SessionList
        sessions={listed}
        search={search ?? ''}
        current={current}
        onOpen={(sessionId) => props.onGo('chat', sessionId)}
      />
      {!search && <OneTimeSessions sessions={aside} shown={showsAside} onToggle={toggleAside} />}
    </section>
  )
}

/** Of the list below the field of the search. */
function firstRow(field: HTMLElement): HTMLElement | null {
  return field.closest('.sidebar-sessions')?.querySelector<HTMLElement>('.session-row') ?? null
}
