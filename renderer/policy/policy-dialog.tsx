import { useRef } from 'react'
import type { PolicyFile } from '#shared/policy/policy.ts'
import { answerPolicy } from '../stores/policy-store.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { PolicyPath, PolicyRules } from './policy-rules.tsx'

/** Asks for trust in manifests, and shows per file what would count. Every way out but the button is a no. */
export default function PolicyDialog({ files, area }: { files: readonly PolicyFile[]; area: string }) {
  const trusted = useRef(false)
  const one = files.length === 1
  const them = one ? 'it' : 'them'
  const changed = files.some(({ trust }) => trust === 'changed')
  return (
    <ConfirmDialog
      title={one ? 'Trust this policy?' : 'Trust these policies?'}
      confirm={`Trust ${them}`}
      cancel="Go on without"
      harmless
      onConfirm={() => {
        trusted.current = true
      }}
      onClose={() => void answerPolicy(area, trusted.current)}
      details={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
        <section className="policy-details" aria-label="What the policy says" tabIndex={0}>
          {files.map((file) => (
            <div key={file.path} className="policy-file">
              <h3 className="row">
                <PolicyPath path={file.path} />
              </h3>
              <PolicyRules file={file} asks />
            </div>
          ))}
        </section>
      }
    >
      {changed
        ? 'A file changed since you decided, so only what tightens counts.'
        : `${one ? 'It speaks to the model or loosens' : 'They speak to the model or loosen'} what you allowed. Until you trust ${them}, only what tightens counts.`}
    </ConfirmDialog>
  )
}
