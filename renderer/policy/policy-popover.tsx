import { Popover } from '@base-ui/react/popover'
import { type ReactNode, useRef } from 'react'
import type { PolicyFile, PolicyView } from '#shared/policy/policy.ts'
import { askAbout, revokePolicy } from '../stores/policy-store.ts'
import { PolicyPath, PolicyRules } from './policy-rules.tsx'

/** What applies in the folder of the chat, file by file, the nearest last; each can be trusted, or no longer. */
export default function PolicyPopover(props: {
  view: PolicyView
  folder: string
  area: string
  label: string
  children: ReactNode
}) {
  const { view, folder, area } = props
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Popover.Root>
      <Popover.Trigger className="btn quiet sm end" aria-label={props.label}>
        {props.children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-position" side="bottom" align="end" sideOffset={6}>
          {/* The first button may be far below: it begins at its beginning. */}
          <Popover.Popup className="popup policy" ref={popup} initialFocus={popup}>
            <Popover.Title className="strong">Policy</Popover.Title>
            <Popover.Description className="xs ink2">
              From manifests in this folder and above. What tightens always counts, the rest when you trust the file.
            </Popover.Description>
            {view.files.map((file) => (
              <section key={file.path} className="policy-file" aria-label={file.path}>
                <h3 className="row">
                  <PolicyPath path={file.path} />
                  <TrustBadge file={file} />
                </h3>
                <PolicyRules file={file} />
                <TrustAction file={file} folder={folder} area={area} />
              </section>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

const badges: Record<PolicyFile['trust'], readonly [string, string]> = {
  trusted: ['ok', 'trusted'],
  untrusted: ['warn', 'not trusted'],
  declined: ['', 'not trusted'],
  changed: ['warn', 'changed'],
}

function TrustBadge({ file }: { file: PolicyFile }) {
  const [tone, words] = file.problem === null ? badges[file.trust] : ['danger', 'broken']
  return <span className={`badge ${tone} end`}>{words}</span>
}

function TrustAction({ file, folder, area }: { file: PolicyFile; folder: string; area: string }) {
  if (file.trust === 'trusted')
    return (
      <button type="button" className="btn sm" onClick={() => void revokePolicy(area, folder, file.path)}>
        Take trust back
      </button>
    )
  if (file.problem !== null) return null
  return (
    <Popover.Close className="btn sm" onClick={() => askAbout(folder, [file])}>
      Trust this file…
    </Popover.Close>
  )
}
