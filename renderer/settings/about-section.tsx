import { Info } from 'lucide-react'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'

export function AboutSection() {
  const environment = useAppStore((state) => state.environment)
  const { electronSource } = environment
  return (
    <div className="card about">
      <dl className="facts about-facts">
        <dt>Claw Code Agent</dt>
        <dd>{environment.appVersion}</dd>
        <dt>Electron</dt>
        <dd>
          {environment.electronVersion}
          {electronSource === 'official' && ', from its own download'}
          {electronSource === 'override' && ', from the folder that ELECTRON_OVERRIDE_DIST_PATH names'}
        </dd>
        <dt>Node.js</dt>
        <dd>{environment.nodeVersion}</dd>
        <dt>System</dt>
        <dd>{environment.platform}</dd>
      </dl>
      {electronSource === 'registry' && (
        <div className="notice box warn">
          <Icon of={Info} />
          <div className="grow">
            This Electron is an older one out of a third party’s package, because the official download could not be
            reached. It is good for trying and testing; for daily work start with <code>CLAW_ELECTRON=official</code>.
          </div>
        </div>
      )}
    </div>
  )
}
