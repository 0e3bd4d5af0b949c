import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from '../stores/actions.ts'
import { WINDOW } from '../stores/app-actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { Option } from './option.tsx'

export function DataSection() {
  const folder = useAppStore((state) => state.environment.dataFolder)
  const home = useAppStore((state) => state.environment.homeFolder)
  const [copied, setCopied] = useState(false)
  return (
    <div className="card">
      <Option
        title="Data folder"
        text={
          <>
            <span className="mono">{fromHome(folder, home)}</span>, readable by you only: settings and sessions.
          </>
        }
      >
        <button type="button" className="btn" onClick={() => void copyText(WINDOW, folder).then(setCopied)}>
          <Icon of={copied ? Check : Copy} small />
          {copied ? 'Copied' : 'Copy path'}
        </button>
      </Option>
    </div>
  )
}

function fromHome(folder: string, home: string): string {
  return home !== '' && folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder
}
