import { Shield, ShieldOff } from 'lucide-react'
import { memo } from 'react'
import { type PermissionTier, permissionLabel, permissionTiers, tierOf } from '#shared/policy/permission-tiers.ts'
import { choosePermissions } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { useDraftStore } from '../stores/draft-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { Select } from '../ui/select.tsx'
import { isUnsafe, useUnsafeQuestion } from '../ui/unsafe-question.tsx'

const hints: Readonly<Record<PermissionTier['id'], string>> = {
  'read-only': 'looks, changes nothing',
  ask: 'each change and each command waits for you',
  write: 'changes files by itself, commands wait for you',
  full: 'does both by itself, commands in the sandbox',
  unsafe: 'does both by itself, with all that you may do',
}

/** What the agent may do by itself from here on, in this chat. */
export const PermissionSelect = memo(function PermissionSelect() {
  const sessionId = useChatSession()
  const own = useView((view) => view.permissions)
  const chosen = useDraftStore((state) => (sessionId ? null : state.newChat.permissions))
  const proposed = useAppStore((state) => state.settings.permissions)
  const permissions = own ?? chosen ?? proposed
  const label = permissionLabel(permissions)
  const current = tierOf(permissions)
  const unsafe = isUnsafe(permissions)
  const [choose, question] = useUnsafeQuestion('this chat', (tier) => {
    void choosePermissions(sessionId, tier.permissions)
  })
  return (
    <>
      <Select
        label={`Permission: ${label}`}
        className={unsafe ? 'pick unsafe' : 'pick'}
        value={current?.id ?? null}
        options={permissionTiers.map(({ id, label }) => ({ value: id, label, hint: hints[id] }))}
        onChange={(id) => {
          const tier = permissionTiers.find((one) => one.id === id)
          if (tier && tier !== current) choose(tier)
        }}
      >
        <Icon of={unsafe ? ShieldOff : Shield} small />
        <span className={unsafe ? 'cut' : 'cut hide-s'}>{label}</span>
      </Select>
      {question}
    </>
  )
})
