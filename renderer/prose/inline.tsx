import type { Token, Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
import { limitMarks } from '../lib/stacked-marks.ts'
import { openLink } from '../stores/actions.ts'
import { useChatKey } from '../stores/shown-chat.ts'
import { linkTarget, namedFile } from './link-target.ts'

/** What stands inside a line. Text is always text: HTML is shown as it was written, never as elements. */
export function Inline(props: { tokens: readonly Token[] }): ReactNode {
  return props.tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end, so a place is an identity
    <Fragment key={index}>{inlineToken(token as Tokens.Generic)}</Fragment>
  ))
}

function inlineToken(token: Tokens.Generic): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <strong>
          <Inline tokens={token.tokens ?? []} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inline tokens={token.tokens ?? []} />
        </em>
      )
    case 'del':
      return (
        <del>
          <Inline tokens={token.tokens ?? []} />
        </del>
      )
    case 'codespan':
      return <code dir="ltr">{limitMarks(token.text)}</code>
    case 'br':
      return <br />
    case 'link':
      return (
        <Link href={token.href} words={token.text}>
          <Inline tokens={token.tokens ?? []} />
        </Link>
      )
    case 'image':
      // Never fetched: an address can carry away what the model has read.
      return (
        <Link href={token.href} words={token.text}>
          {token.text || 'image'}
        </Link>
      )
    case 'checkbox':
      return <TaskMark done={token.checked === true} />
    case 'escape':
      return token.text.length === 1 ? token.text : <Formula text={token.text} />
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : limitMarks(decodeEntities(token.text))
    case 'html':
      return isLineBreak(token.raw) ? <br /> : token.raw
    default:
      return token.raw
  }
}

/** `<br>` is the one tag that means what it says: a cell of a table has no other way to two lines. */
export function isLineBreak(html: string): boolean {
  return /^<br\s*\/?>\s*$/i.test(html)
}

/** As it was written. */
function Formula({ text }: { text: string }) {
  return (
    <span className="formula" dir="ltr">
      {text}
    </span>
  )
}

function TaskMark(props: { done: boolean }) {
  return (
    <>
      <span className={props.done ? 'task done' : 'task'} aria-hidden="true">
        {props.done ? '✓' : ''}
      </span>
      <span className="sr">{props.done ? 'done: ' : 'open: '}</span>
    </>
  )
}

function Link(props: { href: string; words: string; children: ReactNode }) {
  const chatKey = useChatKey()
  const target = linkTarget(props.href)
  if (target === null) return <NamedFile {...props} />
  return (
    <a
      className="link-text"
      href={target}
      title={target}
      onClick={(event) => {
        event.preventDefault()
        void openLink(chatKey, target)
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {props.children}
    </a>
  )
}

/** The words of a link that opens nothing, and the file that it names where the words do not say it. */
function NamedFile(props: { href: string; words: string; children: ReactNode }) {
  const file = namedFile(props.href)
  if (file === null || props.words.replaceAll('`', '').includes(file)) return props.children
  return (
    <>
      {props.children} <code dir="ltr">{file}</code>
    </>
  )
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  rarr: '→',
  larr: '←',
  times: '×',
  copy: '©',
}

/** The entities that people write; any other stays as it stands. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return (Object.hasOwn(named, name) && named[name]) || whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
