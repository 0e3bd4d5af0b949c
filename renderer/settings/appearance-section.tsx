import { updateSettings } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Segmented } from '../ui/segmented.tsx'
import { Switch } from '../ui/switch.tsx'
import { Option } from './option.tsx'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export function AppearanceSection() {
  const theme = useAppStore((state) => state.settings.theme)
  const contrast = useAppStore((state) => state.settings.contrast)
  return (
    <div className="card">
      <Option title="Theme" text="Follows the system unless you choose.">
        <Segmented
          label="Theme"
          value={theme}
          options={themes}
          onChange={(value) => void updateSettings({ theme: value })}
        />
      </Option>
      <Option title="High contrast" text="Also follows the system.">
        <Switch
          label="High contrast"
          checked={contrast === 'more'}
          onChange={(more) => void updateSettings({ contrast: more ? 'more' : 'system' })}
        />
      </Option>
    </div>
  )
}
