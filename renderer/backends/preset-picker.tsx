import { ChevronLeft } from 'lucide-react'
import { presets } from '#shared/profile/presets.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { Icon } from '../ui/icon.tsx'
import { focusHeading } from './focus-heading.ts'
import { presetNote } from './preset-note.ts'

/** The first step of a new backend: what kind of server it is. */
export function PresetPicker(props: { onPick: (kind: BackendKind) => void; onBack: () => void }) {
  return (
    <>
      <div className="stack">
        <button type="button" className="link xs split-back" onClick={props.onBack}>
          <Icon of={ChevronLeft} small />
          All backends
        </button>
        <h2 className="strong split-name" tabIndex={-1} ref={focusHeading}>
          Add a backend
        </h2>
        <p className="ink2">What kind of server is it? Everything can be changed in the next step.</p>
      </div>
      <div className="grid preset-grid">
        {presets.map((preset) => (
          <button
            key={preset.kind}
            type="button"
            className="card preset-card"
            onClick={() => props.onPick(preset.kind)}
          >
            <span className="med">{preset.name}</span>
            <span className="xs ink2">{preset.tagline}</span>
            <span className="xs ink3">{presetNote(preset)}</span>
          </button>
        ))}
      </div>
    </>
  )
}
