/** A share of something. From 80 % on it warns, at 100 % it is red; the text beside it says the numbers. */
export function Meter(props: { label: string; text: string; share: number; className?: string }) {
  const percent = Math.round(Math.min(Math.max(props.share, 0), 1) * 100)
  const tone = percent >= 100 ? 'danger' : percent >= 80 ? 'warn' : ''
  return (
    // biome-ignore lint/a11y/useSemanticElements: the parts of <meter> cannot be styled on every platform
    <span
      className={['meter', tone, props.className].filter(Boolean).join(' ')}
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={props.text}
    >
      <i style={{ width: `${percent}%` }} />
    </span>
  )
}
