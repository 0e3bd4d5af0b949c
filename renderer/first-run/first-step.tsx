import { presets } from '#shared/profile/presets.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { openLink } from '../stores/actions.ts'
import { WINDOW } from '../stores/app-actions.ts'
import { CopyCommand } from '../ui/copy-command.tsx'

const OPENROUTER_KEYS = 'https://openrouter.ai/keys'

const notes: Partial<Record<BackendKind, string>> = {
  vllm: 'needs a GPU with about 40 GB, or a quantised model',
  ollama: 'the model is about 19 GB to download',
  litellm: 'or ask your team where theirs is',
  'llama-server': 'with the file of the model beside it',
  'lm-studio': 'after loading a model in the app',
}

/** What has to happen outside of Claw: a command to run, or a key to get. */
export function FirstStep({ kind }: { kind: BackendKind }) {
  const command = presets.find((preset) => preset.kind === kind)?.command ?? ''
  if (kind === 'openrouter')
    return (
      <div className="row">
        <span className="step">1</span>
        <span>Get a key</span>
        <button type="button" className="link" onClick={() => void openLink(WINDOW, OPENROUTER_KEYS)}>
          openrouter.ai/keys
        </button>
      </div>
    )
  if (command === '') return null
  return (
    <div className="stack g2">
      <span className="row step-head">
        <span className="step">1</span>
        <span>Start the server</span>
        <span className="xs ink3 step-note">{notes[kind]}</span>
      </span>
      <CopyCommand command={command} />
    </div>
  )
}
