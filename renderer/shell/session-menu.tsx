import { Menu } from '@base-ui/react/menu'
import { Pencil, Trash2 } from 'lucide-react'
import { Icon } from '../ui/icon.tsx'

/** The context menu of a session row, at the pointer. */
export default function SessionMenu(props: {
  at: { x: number; y: number }
  onRename: () => void
  onRemove: () => void
  onClose: () => void
}) {
  const anchor = { getBoundingClientRect: () => new DOMRect(props.at.x, props.at.y, 0, 0) }
  return (
    <Menu.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Menu.Portal>
        <Menu.Positioner className="popup-position" anchor={anchor} side="bottom" align="start" sideOffset={2}>
          <Menu.Popup className="popup" aria-label="Session">
            <Menu.Item className="popup-item" onClick={props.onRename}>
              <Icon of={Pencil} small />
              Rename <kbd className="end">F2</kbd>
            </Menu.Item>
            <Menu.Item className="popup-item" onClick={props.onRemove}>
              <Icon of={Trash2} small />
              Remove… <kbd className="end">Del</kbd>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
