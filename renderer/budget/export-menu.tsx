import { Menu } from '@base-ui/react/menu'
import { ChevronDown, Download } from 'lucide-react'
import { Icon } from '../ui/icon.tsx'

/** Every call of the range that is shown, as a file. */
export function ExportMenu(props: { onExport: (format: 'csv' | 'json') => void }) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="btn">
        <Icon of={Download} small />
        Export
        <Icon of={ChevronDown} small />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="popup-position" align="end" sideOffset={6}>
          <Menu.Popup className="popup">
            <Menu.Item className="popup-item" onClick={() => props.onExport('csv')}>
              CSV, for spreadsheets…
            </Menu.Item>
            <Menu.Item className="popup-item" onClick={() => props.onExport('json')}>
              JSON, for programs…
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
