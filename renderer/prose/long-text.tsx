import { type ReactNode, useState } from 'react'
import { splitText } from '#shared/lib/cut-text.ts'
import { moreCharacters } from '../lib/more-characters.ts'
import { limitMarks } from '../lib/stacked-marks.ts'
import { LeavingButton } from '../ui/leaving-button.tsx'

/** How much of a plain text is drawn until a person asks for more, in characters. */
const SHOWN = 20_000

/** A text as it was written, and of a very long one its beginning: a page draws only so much at once. */
export function LongText(props: { text: string; omitted?: number | undefined; draw?: (text: string) => ReactNode }) {
  const [pages, setPages] = useState(1)
  const { text, omitted = 0, draw = (shown) => shown } = props
  const [shown] = splitText(text, SHOWN * pages)
  const more = text.length - shown.length
  return (
    <>
      {draw(limitMarks(shown))}
      {more + omitted > 0 && (
        <span className="not-drawn">
          … {moreCharacters(more + omitted, shown)}
          {more > 0 ? (
            <LeavingButton hands="around" className="btn quiet sm" onClick={() => setPages(pages * 2)}>
              Show more
            </LeavingButton>
          ) : (
            ', kept in the journal of this session.'
          )}
        </span>
      )}
    </>
  )
}
