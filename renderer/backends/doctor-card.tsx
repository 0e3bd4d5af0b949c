import { Check, CircleSlash, CircleX, TriangleAlert } from 'lucide-react'
import type { DoctorChange, DoctorCheck, DoctorRemedy, DoctorReport, DoctorState } from '#shared/doctor/doctor.ts'
import { commandText, countChecks, DOCTOR_CHECKS, sortedChecks } from '#shared/doctor/doctor-summary.ts'
import { counted } from '#shared/lib/counted.ts'
import { tokens } from '../lib/backend-state.ts'
import { commandLines } from '../lib/command-lines.ts'
import { formatDuration, formatTime } from '../lib/format.ts'
import { CopyCommand } from '../ui/copy-command.tsx'
import { Icon, type IconShape } from '../ui/icon.tsx'
import { Ring } from '../ui/ring.tsx'
import { foldUntried, untriedReason } from './untried.ts'
import './doctor.css'

interface Acts {
  /** null = this profile cannot be changed here. */
  apply: ((change: DoctorChange) => void) | null
  editKey: (() => void) | null
  load: () => void
}

/** What the test of a backend found, or finds right now. Problems come first and are open; what passed is one line. */
export function DoctorCard(props: { running: DoctorState['running']; report: DoctorReport | null; acts: Acts }) {
  const { running, report, acts } = props
  // While it runs rows stay where they came: nothing moves under the eyes.
  const checks = running ? running.checks : sortedChecks(report?.checks ?? [])
  if (!running && !report) return null
  const wantsLoad = report?.wantsLoad === true && !running
  const { rows, untried } = foldUntried(checks, wantsLoad)
  const problems = countChecks(checks, 'problem')
  const warnings = countChecks(checks, 'warning')
  return (
    <section className="card doctor" aria-label="Doctor" aria-busy={running !== null}>
      <div className="ch">
        <h2>Doctor</h2>
        {problems > 0 && <span className="badge danger">{counted(problems, 'problem')}</span>}
        {warnings > 0 && <span className="badge warn">{counted(warnings, 'warning')}</span>}
        <span className="end xs ink3 row">
          {running ? (
            <>
              <Ring small />
              {running.waits && `queued: ${running.waits} · `}
              {Math.min(checks.length + 1, DOCTOR_CHECKS)} of {DOCTOR_CHECKS}
            </>
          ) : (
            report && sumWords(report)
          )}
        </span>
      </div>
      {checks.length > 0 && (
        <ul>
          {rows.map((check) => (
            <CheckRow key={check.id} check={check} wantsLoad={wantsLoad} acts={acts} />
          ))}
          {untried.length > 0 && <UntriedRow checks={untried} />}
        </ul>
      )}
    </section>
  )
}

const appearances: Record<DoctorCheck['state'], { icon: IconShape; tone: string; row: string; word: string }> = {
  ok: { icon: Check, tone: 'c-ok', row: '', word: 'passed' },
  warning: { icon: TriangleAlert, tone: 'c-warn', row: ' meh', word: 'warning' },
  problem: { icon: CircleX, tone: 'c-danger', row: ' bad', word: 'failed' },
  'not-tried': { icon: CircleSlash, tone: 'ink3', row: '', word: 'not tried' },
}

/** All that was not tried is one line: why stands there once, and which it is is told. */
function UntriedRow({ checks }: { checks: readonly DoctorCheck[] }) {
  const names = checks.map(({ title }) => title).join(', ')
  return (
    <li className="check" title={names}>
      <Icon of={CircleSlash} className="ink3" />
      <span>
        {checks.length} not tried<span className="sr">: {names}</span>
      </span>
      <span className="ev">{untriedReason(checks)}</span>
      <span className="ms" />
    </li>
  )
}

function CheckRow(props: { check: DoctorCheck; wantsLoad: boolean; acts: Acts }) {
  const { check, wantsLoad, acts } = props
  const appearance = appearances[check.state]
  const open = check.state === 'problem' || check.state === 'warning'
  const load = wantsLoad && check.id === 'model'
  return (
    <li className={`check${appearance.row}`}>
      <Icon of={appearance.icon} className={appearance.tone} />
      <span className={open ? 'med' : ''}>
        <span className="sr">{appearance.word}: </span>
        {check.title}
      </span>
      <span className="ev">{check.evidence}</span>
      <span className="ms">{check.status ?? (check.ms === null ? '' : timeWords(check.ms))}</span>
      {(open || load) && (
        <div className="more">
          {check.quote && (
            <>
              <div className="xs ink2">It said:</div>
              <pre className="mono doctor-quote">{check.quote}</pre>
            </>
          )}
          {check.remedies.map((remedy) => (
            <Remedy key={remedy.text} remedy={remedy} acts={acts} />
          ))}
          {check.id === 'key' && acts.editKey && (
            <div className="row">
              <button type="button" className="btn sm" onClick={acts.editKey}>
                Set a new key
              </button>
            </div>
          )}
          {load && (
            <div className="row doctor-remedy">
              <button type="button" className="btn sm" onClick={acts.load}>
                Load the model and test
              </button>
              <span className="xs ink2">it takes memory on the server, and some time</span>
            </div>
          )}
        </div>
      )}
    </li>
  )
}

function Remedy(props: { remedy: DoctorRemedy; acts: Acts }) {
  const { text, command, apply } = props.remedy
  const { apply: change } = props.acts
  return (
    <>
      {apply && change ? (
        <div className="row doctor-remedy">
          <button type="button" className="btn sm" onClick={() => change(apply.change)}>
            {apply.label}
          </button>
          <span className="xs ink2">{text}</span>
        </div>
      ) : (
        <div className="xs ink2">{text}</div>
      )}
      {command && (
        <CopyCommand command={commandText(command)}>
          <MarkedCommand parts={command} />
        </CopyCommand>
      )}
    </>
  )
}

/** As much as fits into one line of the card. */
const LINE = 76

function MarkedCommand(props: { parts: NonNullable<DoctorRemedy['command']> }) {
  const joint = commandText(props.parts).length <= LINE ? ' ' : ' \\\n  '
  return props.parts.map(({ text, added }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a command have no other identity and never move
    <span key={index}>
      {index > 0 && joint}
      {added ? <mark>{text}</mark> : commandLines(text)}
    </span>
  ))
}

function sumWords({ startedAt, ms, tokens: used, tokensEstimated }: DoctorReport): string {
  const now = Date.now()
  const today = new Date(startedAt).toDateString() === new Date(now).toDateString()
  const took = ms < 1000 ? 'less than 1 s' : formatDuration(ms)
  const at = `${today ? 'today ' : ''}${formatTime(startedAt, now)}`
  return `${at}, took ${took}, used ${tokensEstimated && used > 0 ? 'about ' : ''}${tokens(used)} tokens`
}

function timeWords(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds, true)
}
