import type { ApprovalAnswer } from '#shared/approval/approval.ts'
import type { Reply } from '#shared/failure.ts'
import type { MessageId, ProfileId, SessionId } from '#shared/ids.ts'
import type { BudgetAnswer } from '#shared/limits/budget.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { SettingsPatch } from '#shared/settings/settings.ts'
import { request } from '../bridge/bridge.ts'
import { findBackend, useAppStore } from './app-store.ts'
import { chooseForNewChat, moveDraft, useDraftStore } from './draft-store.ts'
import { clearProblem, reportProblem } from './problem-store.ts'
import { useRouteStore } from './route-store.ts'
import { useSessionStore } from './session-store.ts'

/** The place of problems with a chat that does not exist yet. */
export const NEW_CHAT = 'new-chat'

/**
 * Sends the text, or hands it to the running turn: before the first of the messages `behind` it that still waits. False = it
 * was not taken, the problem is shown in that chat.
 */
export async function sendMessage(
  sessionId: SessionId,
  text: string,
  behind: readonly MessageId[] = [],
): Promise<boolean> {
  const queued = useSessionStore.getState().sessions[sessionId]?.view?.queued ?? []
  const before = behind.find((one) => queued.some(({ messageId }) => messageId === one))
  return (await surface(sessionId, request('session.send', { sessionId, text, ...(before && { before }) }))) !== null
}

/** Goes on with the last turn in its place: it failed, was interrupted or reached a limit. */
export async function resumeTurn(sessionId: SessionId): Promise<void> {
  await surface(sessionId, request('session.resume', { sessionId }))
}

/** Takes back a message that waits to be read. False = it was read meanwhile; the problem is shown in that chat. */
export async function takeBackMessage(sessionId: SessionId, messageId: MessageId): Promise<boolean> {
  return (await surface(sessionId, request('session.takeBack', { sessionId, messageId }))) !== null
}

export async function sendQueued(sessionId: SessionId): Promise<void> {
  await surface(sessionId, request('session.sendQueued', { sessionId }))
}

/**
 * Makes a session in the folder, shows it and sends its first message. What was chosen for it is that chat's alone. False =
 * nothing was sent.
 */
export async function startChat(cwd: string, text: string): Promise<boolean> {
  const { activeProfileId, settings, backends } = useAppStore.getState()
  const { newChat: chosen } = useDraftStore.getState()
  const profileId = (findBackend(backends, chosen.profileId) ?? findBackend(backends, activeProfileId))?.profile.id
  if (!profileId) {
    useRouteStore.getState().go('backends')
    return false
  }
  const created = await surface(
    NEW_CHAT,
    request('session.create', { cwd, profileId, permissions: chosen.permissions ?? settings.permissions }),
  )
  if (!created) return false
  const { sessionId } = created.value
  const { verify } = chosen
  // Work that was to be verified does not begin without it.
  if (verify && !(await surface(NEW_CHAT, request('session.setVerify', { sessionId, commands: verify })))) return false
  chooseForNewChat({ profileId: null, permissions: null, verify: null })
  // What was typed since belongs to the chat that the person sees, and not to the next new one.
  moveDraft(NEW_CHAT, sessionId)
  useRouteStore.getState().go('chat', sessionId)
  return sendMessage(sessionId, text)
}

export function newChat(): void {
  clearProblem(NEW_CHAT)
  useRouteStore.getState().go('chat', null)
}

/** Ends the turn that is on the screen, and none that began since. */
export async function stopTurn(sessionId: SessionId): Promise<void> {
  const turn = useSessionStore.getState().sessions[sessionId]?.view?.turns.at(-1)
  if (turn) await surface(sessionId, request('session.stop', { sessionId, turnId: turn.turnId }))
}

/** Answers a question of a session. False = it does not wait any more; the problem is shown in that chat. */
export async function answerApproval(sessionId: SessionId, callId: string, answer: ApprovalAnswer): Promise<boolean> {
  return (await surface(sessionId, request('session.answer', { sessionId, callId, answer }))) !== null
}

export async function answerBudget(sessionId: SessionId, answer: BudgetAnswer): Promise<void> {
  await surface(sessionId, request('session.answerBudget', { sessionId, answer }))
}

/**
 * Chooses the profile of a session from its next call on; without one, that of the chat that is about to begin, and no other.
 * False = it stays as it was, and the problem is shown.
 */
export async function chooseProfile(sessionId: SessionId | null, profileId: ProfileId): Promise<boolean> {
  if (!sessionId) {
    chooseForNewChat({ profileId })
    return true
  }
  return (await surface(sessionId, request('session.setProfile', { sessionId, profileId }))) !== null
}

/**
 * Sets the commands that must pass before the work of a session counts as done; without one, of the chat that is about to
 * begin. null = as its folder and its profile ask. False = it stays as it was, and the problem is shown.
 */
export async function chooseVerify(sessionId: SessionId | null, commands: string[] | null): Promise<boolean> {
  if (!sessionId) {
    chooseForNewChat({ verify: commands })
    return true
  }
  return (await surface(sessionId, request('session.setVerify', { sessionId, commands }))) !== null
}

/** Chooses the permissions of a session from now on; without one, those of the chat that is about to begin, and no other. */
export async function choosePermissions(sessionId: SessionId | null, permissions: Permissions): Promise<void> {
  if (sessionId) await surface(sessionId, request('session.setPermissions', { sessionId, permissions }))
  else chooseForNewChat({ permissions })
}

/** The folder that the person picked, null when they picked none. */
export async function chooseFolder(): Promise<string | null> {
  const chosen = await surface(NEW_CHAT, request('folder.choose', {}))
  return chosen?.value.folder ?? null
}

/** The chat works in a folder that the person picks now; none picked: it stays as it is. */
export async function moveToFolder(sessionId: SessionId): Promise<void> {
  const chosen = await surface(sessionId, request('folder.choose', {}))
  if (chosen?.value.folder)
    await surface(sessionId, request('session.setFolder', { sessionId, folder: chosen.value.folder }))
}

export async function renameSession(sessionId: SessionId, title: string): Promise<void> {
  await surface(sessionId, request('session.rename', { sessionId, title }))
}

/** Removes it for good; the chat that showed it becomes a new one. */
export async function removeSession(sessionId: SessionId): Promise<void> {
  const removed = await surface(sessionId, request('session.remove', { sessionId }))
  const { sessionId: shown, page, go } = useRouteStore.getState()
  if (removed && shown === sessionId) go(page, null)
}

/** The part of the window that shows problems with settings. */
const SETTINGS = 'settings'

export async function updateSettings(patch: SettingsPatch): Promise<void> {
  await surface(SETTINGS, request('settings.update', { patch }))
}

/** Opens a link of the transcript outside; main checks it again. */
export async function openLink(area: string, url: string): Promise<void> {
  await surface(area, request('link.open', { url }))
}

/** True when it is on the clipboard. */
export async function copyText(area: string, text: string): Promise<boolean> {
  return (await surface(area, request('clipboard.write', { text }))) !== null
}

/** Resolves with the value of a reply; null = it failed, and the failure is shown in that part of the window. A success clears what stood there. */
export async function surface<T>(area: string, reply: Promise<Reply<T>>): Promise<{ value: T } | null> {
  const answer = await reply
  if (answer.ok) {
    clearProblem(area)
    return { value: answer.value }
  }
  reportProblem(area, answer.failure)
  return null
}
