import { updateSettings } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Segmented } from '../ui/segmented.tsx'
import { Switch } from '../ui/switch.tsx'
import { Option } from './option.tsx'

const closings = [
  { value: 'tray', label: 'Stay in the tray' },
  { value: 'quit', label: 'Quit' },
] as const

/** How the app lives on the desktop. */
export function GeneralSection() {
  const noTray = useAppStore((state) => state.environment.tray === false)
  const { autostart, closeTo, notifications } = useAppStore((state) => state.settings)
  return (
    <div className="card">
      <Option
        title="Start with the computer"
        text={noTray ? 'The window opens: this desktop has no tray.' : 'Only the tray; no window opens.'}
      >
        <Switch
          label="Start with the computer"
          checked={autostart}
          onChange={(on) => void updateSettings({ autostart: on })}
        />
      </Option>
      <Option
        title="When the window is closed"
        text={
          noTray
            ? 'This desktop has no tray to stay in, so the app quits. You are asked while something goes on.'
            : 'Runs go on in both cases.'
        }
      >
        <Segmented
          label="When the window is closed"
          value={noTray ? 'quit' : closeTo}
          options={closings.map((one) => ({ ...one, disabled: noTray && one.value === 'tray' }))}
          onChange={(value) => void updateSettings({ closeTo: value })}
        />
      </Option>
      <Option title="Notify me" text="When a run finishes, fails, waits or reaches its budget, and you look elsewhere.">
        <Switch
          label="Notify me"
          checked={notifications}
          onChange={(on) => void updateSettings({ notifications: on })}
        />
      </Option>
    </div>
  )
}
