import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'

/** One of a few words side by side; a radio group for readers and for the arrow keys. */
export function Segmented<Value extends string>(props: {
  label: string
  value: Value
  options: readonly { value: Value; label: string; disabled?: boolean }[]
  onChange: (value: Value) => void
}) {
  return (
    <RadioGroup
      className="seg"
      aria-label={props.label}
      value={props.value}
      onValueChange={(value: Value) => props.onChange(value)}
    >
      {props.options.map(({ value, label, disabled = false }) => (
        <Radio.Root key={value} value={value} disabled={disabled} nativeButton render={<button type="button" />}>
          {label}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
