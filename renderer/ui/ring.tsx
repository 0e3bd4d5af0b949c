/** Turns while something runs; stands still with reduced motion. */
export function Ring(props: { small?: boolean; label?: string }) {
  return (
    <>
      <svg className={`i ring spin c-running${props.small ? ' s' : ''}`} viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="8.5" opacity="0.22" strokeWidth="2.5" />
        <path d="M12 3.5a8.5 8.5 0 0 1 8.5 8.5" strokeWidth="2.5" />
      </svg>
      {props.label && <span className="sr">{props.label}</span>}
    </>
  )
}
