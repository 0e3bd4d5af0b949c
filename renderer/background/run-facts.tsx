import { counted } from '#shared/lib/counted.ts'
import { formatMicroUsd } from '#shared/lib/money.ts'
import { permissionLabel } from '#shared/policy/permission-tiers.ts'
import { localKinds } from '#shared/profile/presets.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import { stateLine } from '../lib/backend-state.ts'
import { folderName, formatCount, roughDuration } from '../lib/format.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { useSeconds } from '../ui/elapsed.tsx'
import { LineCounts } from '../ui/line-counts.tsx'
import { Meter } from '../ui/meter.tsx'

/** What a run is allowed and what it used so far. */
export function RunFacts({ run }: { run: BackgroundRun }) {
  const backend = useAppStore(({ backends }) => findBackend(backends, run.profileId))
  const now = useSeconds()
  const time = (run.endedAt ?? now) - run.startedAt
  const model = run.model.split('/').at(-1) ?? run.model
  return (
    <dl className="facts run-facts">
      <dt>Profile</dt>
      <dd className="row">
        {backend && <span className={`dot ${stateLine(backend).tone}`} aria-hidden="true" />}
        <span className="cut">
          {run.profileName}
          {model !== '' && ` · ${model}`}
        </span>
      </dd>
      <dt>Folder</dt>
      <dd className="cut" title={run.cwd}>
        {folderName(run.cwd)}
        {run.worktree && `, worktree ${run.worktree.branch}`}
      </dd>
      <dt>May</dt>
      <dd>{permissionLabel(run.permissions)}</dd>
      {run.changes && (
        <>
          <dt>Changes</dt>
          <dd className="row">
            <LineCounts added={run.changes.added} removed={run.changes.removed} />
            in {counted(run.changes.files, 'file')}
          </dd>
        </>
      )}
      {run.verify && (isOver(run) || !run.verify.ok) && (
        <>
          <dt>Verified</dt>
          <dd className="row">
            <span className="mono cut" title={run.verify.command}>
              {run.verify.command}
            </span>
            <span className={run.verify.ok ? 'c-ok nowrap' : 'c-danger nowrap'}>
              {run.verify.ok ? 'passed' : 'failed'}
              {run.verify.rounds > 1 && `, round ${run.verify.rounds}`}
            </span>
          </dd>
        </>
      )}
      <dt>Tokens</dt>
      <dd className="row">
        <Tokens run={run} />
      </dd>
      <dt>Time</dt>
      <dd>
        {roughDuration(time)}
        {run.limits.wallTime !== undefined && ` of ${roughDuration(run.limits.wallTime)}`}
      </dd>
      <dt>Cost</dt>
      <dd className="row">
        <Cost run={run} isFree={backend !== null && localKinds.has(backend.profile.kind)} />
      </dd>
      <dt>Process</dt>
      <dd>{processWords(run)}</dd>
    </dl>
  )
}

function Tokens({ run }: { run: BackgroundRun }) {
  const { usage, limits } = run
  const known = usage.inputTokens !== null || usage.outputTokens !== null
  const used = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
  const about = usage.source === 'reported' ? '' : 'about '
  const words = known ? `${about}${formatCount(used)}` : 'not known yet'
  if (limits.totalTokens === undefined) return words
  const text = `${words} of ${formatCount(limits.totalTokens)}`
  return (
    <>
      {text}
      <Meter label="Tokens of this run" text={text} share={used / limits.totalTokens} className="run-meter" />
    </>
  )
}

function Cost({ run, isFree }: { run: BackgroundRun; isFree: boolean }) {
  const cost = run.usage.costMicroUsd
  if (isFree) return 'free, the server is your own'
  const words = cost === null ? 'not known' : cost === 0 ? 'free' : formatMicroUsd(cost)
  const limit = run.limits.costUsd
  if (limit === undefined) return words
  const text = `${words} of ${formatMicroUsd(limit)}`
  return (
    <>
      {text}
      {cost !== null && <Meter label="Cost of this run" text={text} share={cost / limit} className="run-meter" />}
    </>
  )
}

function processWords(run: BackgroundRun): string {
  if (isOver(run)) return run.exitCode === null ? 'ended' : `ended, exit code ${run.exitCode}`
  return run.pid === null ? 'not there yet' : `${run.pid}, alive`
}
