import { Check, TriangleAlert } from 'lucide-react'
import { permissionLabel, permissionTiers, tierOf } from '#shared/policy/permission-tiers.ts'
import { updateSettings } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { Select } from '../ui/select.tsx'
import { useUnsafeQuestion } from '../ui/unsafe-question.tsx'
import { Option } from './option.tsx'
import { TrustedFolders } from './trusted-folders.tsx'

export function PermissionsSection() {
  const permissions = useAppStore((state) => state.settings.permissions)
  const sandbox = useAppStore((state) => state.environment.sandbox)
  const keychain = useAppStore((state) => state.environment.keychain)
  const [choose, question] = useUnsafeQuestion('every new chat', (tier) => {
    void updateSettings({ permissions: tier.permissions })
  })
  return (
    <div className="card">
      {question}
      <Option
        title="New chats may"
        text={
          permissions.sandbox
            ? 'Reading and searching are always allowed inside the folder. Each chat can be changed in its composer.'
            : 'Commands run without a sandbox: they can read and change everything that you can.'
        }
      >
        <Select
          className={permissions.sandbox ? 'select' : 'select unsafe'}
          label="New chats may"
          value={tierOf(permissions)?.id ?? null}
          options={permissionTiers.map(({ id, label: text }) => ({ value: id, label: text }))}
          onChange={(id) => {
            const chosen = permissionTiers.find((one) => one.id === id)
            if (chosen && chosen !== tierOf(permissions)) choose(chosen)
          }}
        >
          {permissionLabel(permissions)}
        </Select>
      </Option>
      <Option
        title="Sandbox for commands"
        text={
          sandbox
            ? `${sandbox} is used: commands write in the folder and in temp only, the home folder is hidden, and there is no network.`
            : 'There is none on this computer. Commands that look destructive are stopped, and every command says so.'
        }
      >
        {sandbox ? (
          <span className="badge ok">
            <Icon of={Check} small />
            on
          </span>
        ) : (
          <span className="badge warn">
            <Icon of={TriangleAlert} small />
            none
          </span>
        )}
      </Option>
      <Option
        title="Keychain for keys"
        text={
          keychain
            ? 'Keys of backends are kept by the system. Only the host of a profile gets its key.'
            : 'There is none on this computer. Keys come from environment variables, or from a file if you say yes to it.'
        }
      >
        {keychain ? (
          <span className="badge ok">
            <Icon of={Check} small />
            on
          </span>
        ) : (
          <span className="badge">none</span>
        )}
      </Option>
      <TrustedFolders />
    </div>
  )
}
