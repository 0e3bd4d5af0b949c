/**
 * A share of something. From 80 % on it warns, at 100 % it is red; the text beside it says the numbers. `estimated` is
 * the part of the share that nobody reported: it is hatched.
 */
export function Meter(props: { label: string; text: string; share: number; estimated?: number; className?: string }) {
  const share = clamp(props.share)
  const estimated = Math.min(clamp(props.estimated ?? 0), share)
  const percent = Math.round(share * 100)
  const tone = share >= 1 ? 'danger' : share >= 0.8 ? 'warn' : ''
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
      <i style={{ width: width(share - estimated) }} />
      {estimated > 0 && <i className="est" style={{ width: width(estimated) }} />}
    </span>
  )
}

function clamp(share: number): number {
  return Math.min(Math.max(share, 0), 1)
}

function width(share: number): string {
  return `${Math.round(share * 1000) / 10}%`
}
