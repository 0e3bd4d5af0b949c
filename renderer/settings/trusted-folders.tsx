import { useEffect } from 'react'
import { visibleLine } from '#shared/lib/visible-text.ts'
import { WINDOW } from '../stores/app-actions.ts'
import { lookAtAnsweredFolders, revokeFolder, useInstructionsStore } from '../stores/instructions-store.ts'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { Option } from './option.tsx'

/** Whose AGENTS.md counts, each with the way to take the answer back; nothing where nobody was asked yet. */
export function TrustedFolders() {
  const answered = useInstructionsStore((state) => state.answered)
  useEffect(() => void lookAtAnsweredFolders(WINDOW), [])
  return answered.map(({ folder, trusted }) => {
    const name = visibleLine(folder)
    return (
      <Option
        key={folder}
        title={trusted ? 'Trusted folder' : 'Folder that is not trusted'}
        text={
          <>
            <span className="mono">{name}</span>: its AGENTS.md{' '}
            {trusted ? 'counts, also when it changes.' : 'does not count.'}
          </>
        }
      >
        <LeavingButton
          className="btn"
          aria-label={trusted ? `Take trust back: ${name}` : `Ask again: ${name}`}
          onClick={() => void revokeFolder(WINDOW, folder)}
        >
          {trusted ? 'Take trust back' : 'Ask again'}
        </LeavingButton>
      </Option>
    )
  })
}
