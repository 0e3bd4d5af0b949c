import type { Token, Tokens } from 'marked'
import { memo, type ReactNode, useState } from 'react'
import type { TextItem } from '#shared/session/session-view.ts'
import { directionOf } from '../lib/direction.ts'
import { type Block, isList, isTable, isTooWide } from '../lib/markdown-document.ts'
import { moreCharacters } from '../lib/more-characters.ts'
import { showMore, shownBlocks } from '../lib/text-documents.ts'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { CodeBlock } from './code-block.tsx'
import { DrawGuard } from './draw-guard.tsx'
import { Inline, isLineBreak } from './inline.tsx'
import { ProseTable } from './prose-table.tsx'

/** How many blocks make a run: a long answer has hundreds of blocks, and what grows is in the last run only. */
const RUN_LENGTH = 24

/** The agent's words. Blocks keep their identity while the text grows, so only the last ones are drawn again. */
export const Prose = memo(function Prose({ item }: { item: TextItem }) {
  const [, drawAgain] = useState(0)
  const { blocks, waiting, omitted } = shownBlocks(item)
  return (
    <>
      <ProseBlocks blocks={blocks} />
      {waiting + omitted > 0 && (
        <NotDrawn
          shown={item.text}
          waiting={waiting}
          omitted={omitted}
          onMore={() => {
            showMore(item)
            drawAgain((count) => count + 1)
          }}
        />
      )}
    </>
  )
})

const ProseBlocks = memo(function ProseBlocks({ blocks }: { blocks: readonly Block[] }) {
  return <div className="prose">{runsOf(blocks)}</div>
})

function NotDrawn(props: { shown: string; waiting: number; omitted: number; onMore: () => void }) {
  return (
    <p className="not-drawn">
      … {moreCharacters(props.waiting + props.omitted, props.shown)}
      {props.waiting > 0 ? (
        <LeavingButton hands="around" className="btn quiet sm" onClick={props.onMore}>
          Show more
        </LeavingButton>
      ) : (
        ', kept in the journal of this session.'
      )}
    </p>
  )
}

function runsOf(blocks: readonly Block[]): ReactNode[] {
  const runs: ReactNode[] = []
  let last = ''
  for (let start = 0; start < blocks.length; start += RUN_LENGTH) {
    const run = blocks.slice(start, start + RUN_LENGTH)
    runs.push(<Run key={start} blocks={run} afterCode={last === 'code'} />)
    last = run.findLast(isShown)?.token.type ?? last
  }
  return runs
}

/** Laid out and painted as one, so that a step costs the same at the end of a long answer as at its beginning. */
const Run = memo(
  function Run({ blocks, afterCode }: { blocks: readonly Block[]; afterCode: boolean }) {
    if (!blocks.some(isShown)) return null
    return (
      <div className={afterCode ? 'run after-code' : 'run'}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end, so a place is an identity
          <TopBlock key={index} block={block} />
        ))}
      </div>
    )
  },
  (a, b) =>
    a.afterCode === b.afterCode &&
    a.blocks.length === b.blocks.length &&
    a.blocks.every((block, index) => block === b.blocks[index]),
)

function isShown({ token }: Block): boolean {
  return token.type !== 'def'
}

const TopBlock = memo(function TopBlock({ block }: { block: Block }) {
  if (!isShown(block)) return null
  return (
    <div className={`block ${spacing[block.token.type] ?? ''}`.trimEnd()}>
      <DrawGuard text={block.token.raw}>
        {block.code ? <CodeBlock lines={block.code} /> : <BlockToken token={block.token} />}
      </DrawGuard>
    </div>
  )
})

/** Kinds of blocks that keep more distance than the others. */
const spacing: Readonly<Record<string, string>> = { heading: 'heading', code: 'code' }

function Blocks(props: { tokens: readonly Token[] }): ReactNode {
  return props.tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end, so a place is an identity
    <BlockToken key={index} token={token} />
  ))
}

const BlockToken = memo(function BlockToken(props: { token: Token }) {
  return blockToken(props.token)
})

function blockToken(token: Token): ReactNode {
  if (isList(token)) return <List list={token} />
  if (isTooWide(token))
    return (
      <pre className="nested-code" dir="ltr">
        {token.raw.trimEnd()}
      </pre>
    )
  if (isTable(token)) return <ProseTable table={token} />
  const { type, tokens = [], raw, ...rest } = token as Tokens.Generic
  switch (type) {
    case 'space':
    case 'def':
      return null
    case 'paragraph':
      return (
        <p dir="auto">
          <Inline tokens={tokens} />
        </p>
      )
    case 'heading': {
      // The page's title is h1 and a turn has none: what the agent writes begins at h2.
      const Heading = headings[Math.min(rest.depth, 4) - 1] ?? 'h5'
      return (
        <Heading className={`head-${rest.depth}`} dir="auto">
          <Inline tokens={tokens} />
        </Heading>
      )
    }
    case 'blockquote':
      return (
        <blockquote dir={directionOf(rest.text)}>
          <Blocks tokens={tokens} />
        </blockquote>
      )
    case 'hr':
      return <hr className="rule" />
    case 'code':
      return (
        <pre className="nested-code" dir="ltr">
          {rest.text}
        </pre>
      )
    case 'html':
      return isLineBreak(raw) ? (
        <br />
      ) : (
        <p className="as-written" dir="auto">
          {raw.trimEnd()}
        </p>
      )
    default:
      return <Inline tokens={[token]} />
  }
}

const headings = ['h2', 'h3', 'h4', 'h5'] as const

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end, so a place is an identity
    <ListItem key={index} item={item} loose={list.loose} />
  ))
  const direction = directionOf(list.items[0]?.text ?? '')
  if (list.ordered) {
    return (
      <ol start={list.start === '' ? 1 : list.start} dir={direction}>
        {items}
      </ol>
    )
  }
  return (
    <ul className={list.items.some(({ task }) => task) ? 'tasks' : undefined} dir={direction}>
      {items}
    </ul>
  )
}

const ListItem = memo(function ListItem({ item, loose }: { item: Tokens.ListItem; loose: boolean }) {
  return (
    <li>
      {item.tokens.map((token, index) => {
        const key = index
        if (token.type !== 'text' || !loose) return <BlockToken key={key} token={token} />
        return (
          <p key={key}>
            <Inline tokens={token.tokens ?? []} />
          </p>
        )
      })}
    </li>
  )
})
