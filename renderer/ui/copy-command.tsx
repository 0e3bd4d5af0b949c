import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { commandLines } from '../lib/command-lines.ts'
import { copyText } from '../stores/actions.ts'
import { WINDOW } from '../stores/app-actions.ts'
import { Icon } from './icon.tsx'
import './copy-command.css'

/** A command to run elsewhere, with its button; `children` are another look of the same command. */
export function CopyCommand(props: { command: string; children?: ReactNode }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(false), 2000)
    return () => window.clearTimeout(timer)
  }, [copied])
  return (
    <div className="shell">
      <pre>{props.children ?? commandLines(props.command)}</pre>
      <button
        type="button"
        className="btn quiet sm"
        onClick={() => void copyText(WINDOW, props.command).then(setCopied)}
      >
        <Icon of={copied ? Check : Copy} small />
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}
