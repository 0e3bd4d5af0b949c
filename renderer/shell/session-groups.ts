import type { SessionSummary } from '#shared/feed/app-state.ts'
import { goesOn } from '#shared/session/session-state.ts'

export interface SessionGroup {
  /** The whole path; the key of the group. */
  folder: string
  /** The folder's own name, with its parent where two folders share a name. */
  label: string
  sessions: readonly SessionSummary[]
}

/** Sessions by folder: newest first inside a group, and the group with the newest one first. */
export function groupSessions(sessions: readonly SessionSummary[], search = ''): SessionGroup[] {
  const groups = new Map<string, SessionSummary[]>()
  for (const session of [...sessions].sort((a, b) => b.updatedAt - a.updatedAt)) {
    if (!matches(session, search)) continue
    const group = groups.get(session.cwd)
    if (group) group.push(session)
    else groups.set(session.cwd, [session])
  }
  const labels = folderLabels(new Set(sessions.map(({ cwd }) => cwd)))
  return [...groups].map(([folder, members]) => ({
    folder,
    label: labels.get(folder) ?? folder,
    sessions: members,
  }))
}

/** What answered one prompt of a terminal is no chat: it is listed when somebody asks for it, or while it goes on. */
export function isAside({ oneTime, state, sessionId }: SessionSummary, current: string | null): boolean {
  return oneTime === true && !goesOn(state) && sessionId !== current
}

/** A folder of the sidebar, with as many of its sessions as are shown. */
export interface ShownGroup extends SessionGroup {
  /** How many more it has. */
  hidden: number
}

/** How many sessions of a folder, and how many folders, are shown until somebody asks for more. */
const FEW_SESSIONS = 20
const FEW_FOLDERS = 40

/** How far a person went beyond what is shown at first: factors, by folder; `''` for the folders themselves. */
export type AskedFor = Readonly<Record<string, number>>

/**
 * What a list can show without holding up the page: thousands of sessions are as good as none to a reader. The one that
 * is open is always among them.
 */
export function shownGroups(
  groups: readonly SessionGroup[],
  asked: AskedFor,
  current: string | null,
): { groups: readonly ShownGroup[]; hiddenFolders: number } {
  const folders = FEW_FOLDERS * (asked[''] ?? 1)
  const shown = groups.filter(
    (group, index) => index < folders || group.sessions.some(({ sessionId }) => sessionId === current),
  )
  return {
    groups: shown.map((group) => {
      const few = FEW_SESSIONS * (asked[group.folder] ?? 1)
      const sessions = group.sessions.filter(({ sessionId }, index) => index < few || sessionId === current)
      return { ...group, sessions, hidden: group.sessions.length - sessions.length }
    }),
    hiddenFolders: groups.length - shown.length,
  }
}

/** The sessions in the order of the sidebar; `mod+1` opens the first of these. */
export function sessionsInOrder(groups: readonly SessionGroup[]): SessionSummary[] {
  return groups.flatMap(({ sessions }) => sessions)
}

/** How many sessions a search finds. */
export function countFound(sessions: readonly SessionSummary[], search: string): number {
  return sessions.reduce((count, session) => count + (matches(session, search) ? 1 : 0), 0)
}

/** Every word must occur in the title, the folder or the note. */
function matches(session: SessionSummary, search: string): boolean {
  const text = `${session.title}\n${session.cwd}\n${session.note}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function folderLabels(folders: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, number>()
  for (const folder of folders) {
    const name = lastParts(folder, 1)
    names.set(name, (names.get(name) ?? 0) + 1)
  }
  return new Map(
    [...folders].map((folder) => [folder, lastParts(folder, (names.get(lastParts(folder, 1)) ?? 0) > 1 ? 2 : 1)]),
  )
}

function lastParts(path: string, count: number): string {
  return (
    path
      .split(/[/\\]/)
      .filter((part) => part !== '')
      .slice(-count)
      .join('/') || path
  )
}
