import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'

/** Says what its child does, on hover and on keyboard focus. The child carries its own name; this is not it. */
export function Tooltip(props: {
  text: string
  keys?: readonly string[]
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}) {
  return (
    <Base.Root>
      <Base.Trigger delay={500} render={props.children} />
      <Base.Portal>
        <Base.Positioner className="popup-position" side={props.side ?? 'bottom'} sideOffset={6}>
          <Base.Popup className="tip" aria-hidden="true">
            {props.text}
            {props.keys && <kbd className="tip-keys">{props.keys.join(' ')}</kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
