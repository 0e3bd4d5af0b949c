import { Popover } from '@base-ui/react/popover'
import { BadgeCheck } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { counted } from '#shared/lib/counted.ts'
import { FieldProblem, readVerifyCommands } from '../lib/read-field.ts'
import { chooseVerify } from '../stores/actions.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { useDraftStore } from '../stores/draft-store.ts'
import { useChatKey, useChatSession, useView } from '../stores/shown-chat.ts'
import { FormField } from '../ui/form-field.tsx'
import { Icon } from '../ui/icon.tsx'

/** What was typed and not saved, by chat: closing the form loses nothing. */
const drafts = new Map<string, string>()

/** With what the work of this chat is verified: its own commands, else those of its profile. Those of a trusted policy stand there. */
export function VerifyButton() {
  const sessionId = useChatSession()
  const chatKey = useChatKey()
  const ofSession = useView((view) => view.verify ?? null) ?? null
  const chosen = useDraftStore((state) => (sessionId ? null : (state.newChat.verify ?? null)))
  const profileId = useView((view) => view.profile.profileId)
  const ofProfile = useAppStore(
    ({ backends, activeProfileId }) => findBackend(backends, profileId ?? activeProfileId)?.profile.verify,
  )
  const own = ofSession ?? chosen
  const commands = own ?? ofProfile ?? []
  const [isOpen, setIsOpen] = useState(false)
  const [first] = commands
  const words =
    first === undefined ? 'not verified' : commands.length === 1 ? first : counted(commands.length, 'command')
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger className="pick" aria-label={`Verify: ${words}`} title={commands.join('\n') || undefined}>
        <Icon of={BadgeCheck} small className={first === undefined ? 'ink3' : 'c-accent'} />
        <span className={first === undefined ? 'cut hide-s' : 'cut hide-s mono verify-first'}>
          {first === undefined ? 'Verify' : words}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-position" side="top" align="start" sideOffset={6}>
          <Popover.Popup className="popup verify">
            <VerifyForm
              own={own}
              asked={ofProfile ?? []}
              chatKey={chatKey}
              onChoose={(next) => {
                void chooseVerify(sessionId, next).then((isKept) => {
                  if (!isKept) return
                  drafts.delete(chatKey)
                  setIsOpen(false)
                })
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function VerifyForm(props: {
  own: readonly string[] | null
  asked: readonly string[]
  chatKey: string
  onChoose: (commands: string[] | null) => void
}) {
  const { own, asked, chatKey } = props
  const box = useRef<HTMLTextAreaElement>(null)
  const [problem, setProblem] = useState('')
  const save = (event: FormEvent) => {
    event.preventDefault()
    try {
      props.onChoose(readVerifyCommands(box.current?.value ?? '') ?? (own !== null || asked.length > 0 ? [] : null))
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error
      setProblem(error.message)
    }
  }
  return (
    <form className="stack g3" noValidate onSubmit={save}>
      <Popover.Title className="strong">Verify the work</Popover.Title>
      <FormField
        label="Commands, one a line"
        wide
        problem={problem || undefined}
        hint="Work counts as done when they pass. What fails goes back to the model, three times at the most."
      >
        {(ids) => (
          <textarea
            {...ids}
            ref={box}
            className="form-json mono"
            rows={3}
            spellCheck={false}
            placeholder="npm test"
            defaultValue={drafts.get(chatKey) ?? (own ?? asked).join('\n')}
            onInput={(event) => drafts.set(chatKey, event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
            }}
          />
        )}
      </FormField>
      <div className="row">
        <button type="submit" className="btn primary sm">
          Save
        </button>
        {own !== null && (
          <button type="button" className="btn sm" onClick={() => props.onChoose(null)}>
            {asked.length > 0 ? 'As the backend says' : 'As the folder says'}
          </button>
        )}
      </div>
    </form>
  )
}
