import { Folder } from 'lucide-react'
import { counted } from '#shared/lib/counted.ts'
import { localKinds } from '#shared/profile/presets.ts'
import type { ProfileUse } from '#shared/session/session-entry.ts'
import { type UsageTotals, wasCounted } from '#shared/spending/usage-totals.ts'
import { folderName, formatCount, formatDollars } from '../lib/format.ts'
import { chooseFolder } from '../stores/actions.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { chooseForNewChat } from '../stores/draft-store.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { SessionBudget } from './session-budget.tsx'

/** Below the message box of a session: where it works, and what it used. */
export function StatusLine() {
  const cwd = useView((view) => view.cwd)
  const usage = useView((view) => view.usage)
  const profile = useView((view) => view.profile)
  const context = useContextShare(profile)
  if (cwd === null || !usage || !profile) return <div className="status" />
  return (
    <div className="status">
      <span className="row" title={cwd}>
        <Icon of={Folder} small />
        {folderName(cwd)}
      </span>
      <span className="end row status-use">
        {context !== null && (
          <span title="Of the model’s context window, at its last call">
            context {Math.round(context * 100)} %{wasCounted(usage) && ' · '}
          </span>
        )}
        <SessionBudget folder={cwd} profileId={profile.profileId} title={callsOf(usage)}>
          {wasCounted(usage) && <Used usage={usage} isFree={localKinds.has(profile.kind)} />}
        </SessionBudget>
      </span>
    </div>
  )
}

/** Below the message box of a new chat: where it will work. */
export function NewChatStatus({ folder }: { folder: string | null }) {
  const choose = async () => {
    const chosen = await chooseFolder()
    if (chosen) chooseForNewChat({ folder: chosen })
  }
  return (
    <div className="status">
      <button
        type="button"
        className="pick folder-pick"
        title={folder ?? undefined}
        aria-label={folder ? `Folder: ${folderName(folder)}` : 'Choose a folder'}
        onClick={() => void choose()}
      >
        <Icon of={Folder} small />
        <span>{folder ? folderName(folder) : 'Choose a folder…'}</span>
      </button>
    </div>
  )
}

function Used({ usage, isFree }: { usage: UsageTotals; isFree: boolean }) {
  const known = usage.inputTokens !== null || usage.outputTokens !== null
  const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
  const cost =
    isFree || usage.costMicroUsd === 0
      ? 'free'
      : usage.costMicroUsd === null
        ? 'cost not known'
        : formatDollars(usage.costMicroUsd)
  const about = usage.source === 'reported' ? '' : 'about '
  return (
    <span title={callsOf(usage)}>
      {known ? `${about}${formatCount(tokens)} tokens` : 'tokens not known'}
      <span className="hide-s"> · {cost}</span>
    </span>
  )
}

function callsOf({ modelCalls }: UsageTotals): string {
  return `In ${counted(modelCalls, 'model call')} of this session`
}

/** How full the model's window was at the last call; null where one of the two numbers is not known. */
function useContextShare(profile: ProfileUse | null): number | null {
  const sessionId = useChatSession()
  const usage = useSessionStore(({ sessions }) => (sessionId && sessions[sessionId]?.view?.lastUsage) || null)
  const size = useAppStore(({ backends }) => {
    const backend = profile && findBackend(backends, profile.profileId)
    return (
      backend?.profile.contextWindow ?? backend?.models.find(({ id }) => id === profile?.model)?.contextWindow ?? null
    )
  })
  if (!size || usage?.inputTokens == null) return null
  return Math.min(1, (usage.inputTokens + (usage.outputTokens ?? 0)) / size)
}
