import { CSPProvider } from '@base-ui/react/csp-provider'
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Icon } from './icon.tsx'

export interface SelectOption<Value extends string> {
  value: Value
  /** What typing finds, and what a reader hears. */
  label: string
  /** Second line, in grey. */
  hint?: string
  /** In front of the label, such as a dot. */
  mark?: ReactNode
}

/** A combobox that looks like words until it is opened. `children` is what stands in it while closed. */
export function Select<Value extends string>(props: {
  label: string
  value: Value | null
  options: readonly SelectOption<Value>[]
  onChange: (value: Value) => void
  children: ReactNode
  className?: string
  disabled?: boolean
}) {
  // Base UI keeps a list in the page once its trigger had the focus: readers would meet it closed.
  const [inPage, setInPage] = useState(false)
  return (
    <CSPProvider disableStyleElements>
      <Base.Root
        items={props.options}
        value={props.value}
        modal={false}
        disabled={props.disabled ?? false}
        onOpenChange={(open) => open && setInPage(true)}
        onOpenChangeComplete={setInPage}
        onValueChange={(value) => {
          if (value !== null) props.onChange(value)
        }}
      >
        <Base.Trigger className={props.className ?? 'pick'} aria-label={props.label}>
          {props.children}
          <Icon of={ChevronsUpDown} small />
        </Base.Trigger>
        {inPage && (
          <Base.Portal>
            <Base.Positioner className="popup-position" sideOffset={6} align="start" alignItemWithTrigger={false}>
              <Base.Popup className="popup">
                <Base.List>
                  {props.options.map((option) => (
                    <Base.Item key={option.value} value={option.value} label={option.label} className="popup-item">
                      <span className="mark">
                        <Base.ItemIndicator>
                          <Icon of={Check} small />
                        </Base.ItemIndicator>
                      </span>
                      {option.mark}
                      <span className="grow">
                        <Base.ItemText className="cut">{option.label}</Base.ItemText>
                        {option.hint && <span className="popup-hint cut">{option.hint}</span>}
                      </span>
                    </Base.Item>
                  ))}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        )}
      </Base.Root>
    </CSPProvider>
  )
}
