import type { ReactNode } from 'react'

/** One row of a settings card: what it is, one sentence, and the control. */
export function Option(props: { title: string; text: ReactNode; children?: ReactNode }) {
  return (
    <div className="opt">
      <div className="grow">
        <div>{props.title}</div>
        <div>{props.text}</div>
      </div>
      {props.children}
    </div>
  )
}
