import { ChevronLeft, MessageSquare, Square, Terminal } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { SessionId } from '#shared/ids.ts'
import type { BackgroundRun, RunWorktree } from '#shared/run/background.ts'
import { canResume, isOver, runState } from '#shared/run/run-words.ts'
import { worktreeCommands, worktreeWords } from '#shared/run/worktree-commands.ts'
import type { PendingApproval } from '#shared/session/session-view.ts'
import { ApprovalCard } from '../approvals/approval-card.tsx'
import { BudgetCard } from '../approvals/budget-card.tsx'
import { useNow } from '../lib/clock.ts'
import { followSession, unfollowSession } from '../stores/feed.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { resumeRun, stopRun } from '../stores/run-actions.ts'
import { backToList, setRunPlace, useRunPlace } from '../stores/run-place.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { ChatSession, useView } from '../stores/shown-chat.ts'
import { markSeen, useUnseenStore } from '../stores/unseen-store.ts'
import { Announcer } from '../transcript/announcer.tsx'
import { TurnEndNotice } from '../transcript/turn-end-notice.tsx'
import { CopyCommand } from '../ui/copy-command.tsx'
import { Icon } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { LastSteps } from './last-steps.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunGlyph } from './run-glyph.tsx'
import { runLine, startedWords } from './run-line.ts'
import { RunLog } from './run-log.tsx'
import { RunMessage } from './run-message.tsx'
import { RunPlan } from './run-plan.tsx'

const noApprovals: readonly PendingApproval[] = []

/** One run, live: what it asks first, then how it stands, what it did, and a word to it. */
export function RunDetails(props: { run: BackgroundRun; logs: boolean }) {
  const { run, logs } = props
  // Nobody answers for a run that is just starting; its next state comes by itself.
  const followed = run.usable && run.status !== 'starting' ? run.sessionId : null
  useEffect(() => {
    followSession(followed)
    return () => unfollowSession(followed)
  }, [followed])
  const unseen = useUnseenStore((state) => state.unseen.has(run.sessionId))
  useEffect(() => {
    if (unseen && document.visibilityState === 'visible') markSeen(run.sessionId)
  }, [unseen, run.sessionId])
  return (
    <ChatSession value={run.sessionId}>
      <RunHead run={run} logs={logs} />
      {run.usable ? (
        <>
          <Closed sessionId={run.sessionId} />
          <Approval />
          <BudgetQuestion />
          {logs ? <RunLog /> : <Overview run={run} />}
          <RunMessage run={run} />
          <Announcer />
        </>
      ) : (
        <>
          <div className="notice box warn">
            Another version of the app started this run, and only that version can look into it, answer or stop it. It
            is not disturbed by this one.
          </div>
          <RunFacts run={run} />
        </>
      )}
    </ChatSession>
  )
}

function RunHead({ run, logs }: { run: BackgroundRun; logs: boolean }) {
  const now = useNow(30_000)
  const heading = useFocusOnVisit()
  const { state, word } = runLine(run)
  const ended = isOver(run)
  return (
    <div className="row top run-head">
      <div className="stack grow">
        <button type="button" className="link xs split-back" onClick={() => backToList(run.runId)}>
          <Icon of={ChevronLeft} small />
          All runs
        </button>
        <h2 className="strong split-name" ref={heading} tabIndex={-1}>
          {run.title || run.prompt}
        </h2>
      </div>
      {run.usable && (
        <div className="row run-head-acts">
          <button type="button" className="btn" onClick={() => useRouteStore.getState().go('chat', run.sessionId)}>
            <Icon of={MessageSquare} small />
            Open as chat
          </button>
          <button
            type="button"
            className="btn"
            aria-pressed={logs}
            onClick={() => setRunPlace({ step: 'run', runId: run.runId, logs: !logs })}
          >
            <Icon of={Terminal} small />
            Logs
          </button>
          {!ended && (
            <LeavingButton className="btn" onClick={() => void stopRun(run.runId)}>
              <Icon of={Square} small className="filled" />
              Stop
            </LeavingButton>
          )}
          {canResume(run) && (
            <LeavingButton className="btn primary" onClick={() => void resumeRun(run.runId)}>
              Resume
            </LeavingButton>
          )}
        </div>
      )}
      <div className="row xs ink3 run-meta">
        <span className="row">
          <RunGlyph state={state} />
          {word}
        </span>
        <span className="mono" title="As terminals call it">
          {run.runId}
        </span>
        <span>{startedWords(run, now)}</span>
        {run.viewers > 1 && <span>{run.viewers} viewers</span>}
      </div>
    </div>
  )
}

/** Why nothing more comes of it, in words. */
function Closed({ sessionId }: { sessionId: SessionId }) {
  const closed = useSessionStore(({ sessions }) => sessions[sessionId]?.closed ?? null)
  if (closed === null) return null
  return (
    <div className="notice box danger" role="alert">
      <span className="grow">{closed}</span>
      <LeavingButton className="btn sm" onClick={() => followSession(sessionId)}>
        Try again
      </LeavingButton>
    </div>
  )
}

function Approval() {
  const approvals = useView((view) => view.approvals) ?? noApprovals
  const [asked] = approvals
  const element = useRef<HTMLDivElement>(null)
  if (!asked) return null
  return (
    <div ref={element}>
      <ApprovalCard
        key={`${asked.request.callId} ${asked.since}`}
        approval={asked}
        others={approvals.length - 1}
        onSeek={() => element.current?.scrollIntoView({ block: 'nearest' })}
      />
    </div>
  )
}

/** What was done in a worktree stays there until somebody takes it over or throws it away. */
function WorktreeEnd({ worktree }: { worktree: RunWorktree }) {
  const { show, keep, discard } = worktreeCommands(worktree)
  const { left } = worktree
  const changed = !left || left.uncommitted + left.commits > 0
  return (
    <section className="stack g2" aria-labelledby="run-worktree">
      <h3 id="run-worktree" className="med">
        Worktree
      </h3>
      <p className="ink2">
        {worktreeWords(worktree)} Branch <code>{worktree.branch}</code>
      </p>
      {left?.uncommitted !== 0 && <CommandOf name="See what is not committed" command={show} />}
      {changed && <CommandOf name="Take it over: commit, merge, put the copy away" command={keep} />}
      <CommandOf name={changed ? 'Throw it away' : 'Put the copy away'} command={discard} />
    </section>
  )
}

function CommandOf(props: { name: string; command: string }) {
  return (
    <div className="stack">
      <span className="xs ink2">{props.name}</span>
      <CopyCommand command={props.command} />
    </div>
  )
}

function BudgetQuestion() {
  const request = useView((view) => view.budgetRequest)
  return request && <BudgetCard key={request.since} request={request} />
}

function Overview({ run }: { run: BackgroundRun }) {
  const turn = useView((view) => view.turns.at(-1) ?? null)
  const state = runState(run)
  const ended = state !== 'killed' && turn?.end ? turn : null
  return (
    <>
      {ended && <TurnEndNotice turn={ended} newest={false} />}
      <div className="run-about">
        <div className="stack g4">
          <section className="stack g2" aria-labelledby="run-task">
            <h3 id="run-task" className="med">
              Task
            </h3>
            <p className="run-prompt ink2">{run.prompt}</p>
          </section>
          <RunPlan state={state} />
        </div>
        <section className="stack g2" aria-labelledby="run-facts">
          <h3 id="run-facts" className="med">
            Run
          </h3>
          <RunFacts run={run} />
        </section>
      </div>
      <LastSteps onAll={() => useRouteStore.getState().go('chat', run.sessionId)} />
      {run.worktree && isOver(run) && <WorktreeEnd worktree={run.worktree} />}
    </>
  )
}

/** A choice in the list moves the focus to what it opened, also to what was shown already; the page itself does not. */
function useFocusOnVisit() {
  const heading = useRef<HTMLHeadingElement>(null)
  const visits = useRunPlace((state) => state.visits)
  useEffect(() => {
    const { activeElement } = document
    const chosen = visits > 0 && (activeElement === document.body || activeElement?.closest('.split-list'))
    if (chosen) heading.current?.focus()
  }, [visits])
  return heading
}
