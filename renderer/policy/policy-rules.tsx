import { visibleLine } from '#shared/lib/visible-text.ts'
import type { PolicyFile, PolicyRule } from '#shared/policy/policy.ts'
import { useAppStore } from '../stores/app-store.ts'
import './policy.css'

/** Where a manifest is: `~` for the home folder, its name never cut. */
export function PolicyPath({ path }: { path: string }) {
  const home = useAppStore((state) => state.environment.homeFolder)
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1
  const folder = visibleLine(path.slice(0, at))
  return (
    <span className="policy-path mono" title={path}>
      <span className="cut">{home && folder.startsWith(home) ? `~${folder.slice(home.length)}` : folder}</span>
      <span>{path.slice(at)}</span>
    </span>
  )
}

const titles: Record<PolicyRule['state'], string> = {
  counts: 'Counts now',
  waits: 'Counts when you trust it',
  nothing: 'Has no effect',
}

/** What a manifest says, and whether it counts. `asks` = what would count comes first. */
export function PolicyRules({ file, asks }: { file: PolicyFile; asks?: boolean }) {
  if (file.problem !== null) return <p className="policy-problem">{file.problem}</p>
  const order = asks ? (['waits', 'counts', 'nothing'] as const) : (['counts', 'waits', 'nothing'] as const)
  const there = order.filter((state) => file.rules.some((rule) => rule.state === state))
  if (there.length === 0) return <p className="xs ink3">It says nothing.</p>
  return there.map((state) => (
    <div key={state}>
      <h4 className="xs med">{titles[state]}</h4>
      <dl className={state === 'nothing' ? 'facts ink3' : 'facts'}>
        {file.rules.map((rule, at) =>
          rule.state === state ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole
            <div key={at} className="policy-rule">
              <dt>{rule.title}</dt>
              <dd>{rule.text}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </div>
  ))
}
