import {
  BadgeCheck,
  Ban,
  Check,
  ChevronDown,
  ChevronRight,
  CircleSlash,
  FilePlus,
  FileSearch,
  FileText,
  FolderOpen,
  Hand,
  Pencil,
  Search,
  Terminal,
  Wrench,
  X,
} from 'lucide-react'
import { memo } from 'react'
import type { ToolItem } from '#shared/session/session-view.ts'
import { type ToolKind, toolKindOf, wasCut } from '#shared/session/tool-kind.ts'
import { endWords } from '../lib/end-words.ts'
import { formatDuration } from '../lib/format.ts'
import { DiffView } from '../prose/diff-view.tsx'
import { LongText } from '../prose/long-text.tsx'
import { useChatKey, useChatSession } from '../stores/shown-chat.ts'
import { Elapsed } from '../ui/elapsed.tsx'
import { Icon, type IconShape } from '../ui/icon.tsx'
import { LineCounts } from '../ui/line-counts.tsx'
import { Ring } from '../ui/ring.tsx'
import { StopButton } from '../ui/stop-button.tsx'
import { BodyActions } from './body-actions.tsx'
import { useFold } from './fold-store.ts'
import { ToolOutput } from './tool-output.tsx'

/** Of tools that have an icon of their own; all others have that of their kind. */
const iconsOfTools: Readonly<Record<string, IconShape>> = {
  list_dir: FolderOpen,
  glob_search: FileSearch,
  write_file: FilePlus,
}

const iconsOfKinds: Readonly<Record<ToolKind, IconShape>> = {
  read: FileText,
  search: Search,
  edit: Pencil,
  run: Terminal,
  other: Wrench,
}

interface ToolRowProps {
  tool: ToolItem
  lastCommand: boolean
  brief: boolean | undefined
}

/** One call: what it does to what, how it ended, and what came of it underneath. */
export const ToolRow = memo(function ToolRow({ tool, lastCommand, brief }: ToolRowProps) {
  const chatKey = useChatKey()
  const id = `${chatKey}/${tool.callId}`
  const live = tool.state === 'running' && toolKindOf(tool) === 'run'
  const [open, toggle] = useFold(id, (hasDiff(tool) && !brief) || live || (lastCommand && hasRun(tool)))
  const hasBody = hasDiff(tool) || tool.output !== '' || tool.omitted !== undefined
  const head = (
    <>
      <StateIcon tool={tool} />
      <span className="v">{tool.verb}</span>
      <Target text={tool.target} />
      {tool.recovered && <span className="badge info">recovered</span>}
      {wasCut(tool) && <span className="badge warn">cut</span>}
      <span className="m">
        <Outcome tool={tool} />
        {live && <EndButton />}
        {hasBody && !live && <Icon of={open ? ChevronDown : ChevronRight} small />}
      </span>
    </>
  )
  return (
    <>
      {hasBody && !live ? (
        <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
          {head}
        </button>
      ) : (
        <div className="tool">{head}</div>
      )}
      {open && hasBody && (
        <div className="tool-body">
          {tool.omitted === undefined ? (
            <ToolBody tool={tool} id={id} live={live} />
          ) : (
            <div className="let-go">
              <LongText text="" omitted={tool.omitted} />
            </div>
          )}
        </div>
      )}
    </>
  )
})

function ToolBody({ tool, id, live }: { tool: ToolItem; id: string; live: boolean }) {
  return (
    <>
      <BodyActions tool={tool} />
      {tool.diff && hasDiff(tool) ? (
        <DiffView diff={tool.diff} folds />
      ) : (
        <ToolOutput id={id} name={tool.target} output={tool.output} live={live} />
      )}
    </>
  )
}

function hasDiff({ diff }: ToolItem): boolean {
  return diff !== undefined && diff.hunks.length > 0
}

function hasRun({ state, output }: ToolItem): boolean {
  return output !== '' && (state === 'done' || state === 'failed')
}

function StateIcon({ tool }: { tool: ToolItem }) {
  if (tool.state === 'waiting') return <Icon of={Hand} className="c-waiting" />
  if (tool.state === 'running') return <Ring label="running:" />
  if (tool.state === 'denied') return <Icon of={Ban} />
  // It never began: its own icon would say that it half ran.
  if (tool.state === 'not-run') return <Icon of={CircleSlash} className="ink3" />
  if (tool.verify) return <Icon of={BadgeCheck} />
  return <Icon of={iconsOfTools[tool.name] ?? iconsOfKinds[toolKindOf(tool)]} />
}

/** A path gives way in its middle: the file's own name stays. */
function Target({ text }: { text: string }) {
  const slash = text.lastIndexOf('/')
  if (slash <= 0 || /\s/.test(text)) {
    return (
      <span className="x cut" title={text}>
        {text}
      </span>
    )
  }
  return (
    <span className="x path" title={text}>
      <span className="cut">{text.slice(0, slash)}</span>
      <span>{text.slice(slash)}</span>
    </span>
  )
}

function Outcome({ tool }: { tool: ToolItem }) {
  switch (tool.state) {
    case 'waiting':
      return <span className="c-waiting">waits for you</span>
    case 'running':
      return (
        <>
          {answered(tool)}
          <Elapsed since={tool.startedAt} />
        </>
      )
    case 'denied':
      return tool.summary || 'denied'
    case 'not-run':
      return tool.summary || 'not run'
    default:
      return (
        <>
          {answered(tool)}
          <Ended tool={tool} />
        </>
      )
  }
}

function answered({ answer }: ToolItem) {
  if (!answer || answer.decision === 'deny') return null
  return (
    <span className="hide-s row">
      {answer.decision === 'allow-once' ? 'allowed once' : 'allowed for this session'}
      <span className="sep">·</span>
    </span>
  )
}

function Ended({ tool }: { tool: ToolItem }) {
  if (tool.exitCode !== undefined) {
    const fine = tool.exitCode === 0
    return (
      <>
        {tool.durationMs !== null && formatDuration(tool.durationMs, true)}
        <span className={`row exit ${fine ? 'c-ok' : 'c-danger'}`}>
          <Icon of={fine ? Check : X} small />
          {endWords(tool)}
        </span>
      </>
    )
  }
  if (tool.state === 'failed') return <span className="c-danger">{tool.summary || 'failed'}</span>
  if (tool.diff) return <LineCounts added={tool.diff.added} removed={tool.diff.removed} />
  return tool.summary
}

function EndButton() {
  const sessionId = useChatSession()
  if (!sessionId) return null
  return (
    // Not "Stop": that name belongs to the one button of the composer.
    <StopButton sessionId={sessionId} className="btn quiet sm" name="End this command and the turn">
      End
    </StopButton>
  )
}
