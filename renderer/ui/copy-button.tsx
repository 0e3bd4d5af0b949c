import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from '../stores/actions.ts'
import { useChatKey } from '../stores/shown-chat.ts'
import { Icon } from './icon.tsx'

/** How long the tick stays, in milliseconds. */
const TICK = 1500

/** Copies and says so for a moment. The name does not change, so that a reader finds it again. */
export function CopyButton(props: { text: () => string; name: string; caption?: string }) {
  const chatKey = useChatKey()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(false), TICK)
    return () => window.clearTimeout(timer)
  }, [copied])
  return (
    <button
      type="button"
      className={props.caption ? 'btn quiet sm' : 'ib sm'}
      aria-label={props.name}
      title={props.caption ? undefined : props.name}
      onClick={() => void copyText(chatKey, props.text()).then(setCopied)}
    >
      <Icon of={copied ? Check : Copy} small />
      {props.caption && (copied ? 'Copied' : props.caption)}
      <span className="sr" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  )
}
