import type { ComponentPropsWithRef } from 'react'
import { Icon, type IconShape } from './icon.tsx'
import { Tooltip } from './tooltip.tsx'

interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'aria-label' | 'children'> {
  icon: IconShape
  /** The name, also shown as a tooltip. */
  label: string
  small?: boolean
  /** Key caps for the tooltip; readers get `aria-keyshortcuts`. */
  keys?: readonly string[]
}

export function IconButton({ icon, label, small, keys, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(keys && { keys })}>
      <button
        type="button"
        {...rest}
        className={['ib', small && 'sm', className].filter(Boolean).join(' ')}
        aria-label={label}
      >
        <Icon of={icon} small={small ?? false} />
      </button>
    </Tooltip>
  )
}
