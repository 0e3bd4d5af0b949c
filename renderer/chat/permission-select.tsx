import { Shield } from 'lucide-react'
import { memo } from 'react'
import { type PermissionTier, permissionLabel, permissionTiers, tierOf } from '#shared/permission-tiers.ts'
import { choosePermissions } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { Select } from '../ui/select.tsx'
import { useChatSession, useView } from './chat-place.ts'

const hints: Readonly<Record<PermissionTier['id'], string>> = {
  'read-only': 'looks, changes nothing',
  ask: 'each change and each command waits for you',
  write: 'changes files by itself, commands wait for you',
  full: 'does both by itself, commands in the sandbox',
  unsafe: 'does both by itself, with all that you may do',
}

/** What the agent may do by itself from here on. */
export const PermissionSelect = memo(function PermissionSelect() {
  const sessionId = useChatSession()
  const permissions = useView((view) => view.permissions)
  const proposed = useAppStore((state) => state.settings.permissions)
  const label = permissionLabel(permissions ?? proposed)
  const current = tierOf(permissions ?? proposed)
  return (
    <Select
      label={`Permission: ${label}`}
      value={current?.id ?? null}
      options={permissionTiers.map(({ id, label }) => ({ value: id, label, hint: hints[id] }))}
      onChange={(id) => {
        const tier = permissionTiers.find((one) => one.id === id)
        if (tier && tier !== current) void choosePermissions(sessionId, tier.permissions)
      }}
    >
      <Icon of={Shield} small />
      <span className="cut hide-s">{label}</span>
    </Select>
  )
})
