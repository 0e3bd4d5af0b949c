/** The mark: three scratches on a tile. */
export function Logo(props: { big?: boolean }) {
  return (
    <svg className={props.big ? 'logo big' : 'logo'} viewBox="0 0 24 24" aria-hidden="true">
      <rect className="tile" width="24" height="24" rx="6" />
      <g className="mark" transform="rotate(12 12 12)">
        <path d="M5.3 6.8c3.1 2.9 3.5 7.4.9 11 .3-4-.1-7.6-.9-11z" />
        <path d="M10.3 4.6c4 3.9 4.5 9.9 1.1 14.8.4-5.4-.1-10.2-1.1-14.8z" />
        <path d="M15.8 6.3c3.2 3.1 3.6 7.8.9 11.6.3-4.2-.1-8-.9-11.6z" />
      </g>
    </svg>
  )
}
