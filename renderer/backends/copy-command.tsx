import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { WINDOW } from '../app/app-actions.ts'
import { copyText } from '../stores/actions.ts'
import { Icon } from '../ui/icon.tsx'
import { commandLines } from './command-lines.ts'

/** A command to run elsewhere, with its button. */
export function CopyCommand(props: { command: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(false), 2000)
    return () => window.clearTimeout(timer)
  }, [copied])
  const text = commandLines(props.command)
  return (
    <div className="shell">
      <pre>{text}</pre>
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
