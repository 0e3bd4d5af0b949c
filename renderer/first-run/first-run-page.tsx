import { Play } from 'lucide-react'
import { useState } from 'react'
import type { Failure, Reply } from '#shared/failure.ts'
import type { RequestInput } from '#shared/feed/requests.ts'
import type { ProfileId } from '#shared/ids.ts'
import { request } from '../bridge/bridge.ts'
import { focusMessage } from '../lib/focus.ts'
import { useAppStore } from '../stores/app-store.ts'
import { ProblemBox } from '../ui/failure-box.tsx'
import { Icon } from '../ui/icon.tsx'
import { Logo } from '../ui/logo.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { FoundServers } from './found-servers.tsx'
import { emptySetup, type Setup } from './setup.ts'
import { SetupForm } from './setup-form.tsx'
import './first-run.css'

/** Nothing is configured and nothing was chosen: three ways to the first chat. */
export default function FirstRunPage() {
  const demo = useAppStore((state) => state.backends.find(({ profile }) => profile.kind === 'demo'))
  const [problem, setProblem] = useState<Failure | null>(null)
  const [setup, setSetup] = useState<Setup>(emptySetup)

  /** Every way ends here: the profile answers new chats, and this page gives way to the first one. */
  const start = async (profileId: ProfileId) => {
    const reply = await request('profile.use', { profileId })
    setProblem(reply.ok ? null : reply.failure)
    if (reply.ok) focusMessage()
  }
  const saveAndStart = async (input: RequestInput<'profile.save'>): Promise<Reply<unknown>> => {
    const reply = await request('profile.save', input)
    if (reply.ok) {
      // Its outcome comes by the feed.
      void request('profile.check', { profileId: reply.value.profile.id })
      await start(reply.value.profile.id)
    }
    return reply
  }

  return (
    <div className="page">
      <div className="wrap first-run">
        <div className="row first-run-head">
          <Logo big />
          <div className="stack">
            <PageTitle className="fig first-run-title">Connect a backend</PageTitle>
            <p className="ink2">
              Claw works with any server that speaks the OpenAI chat format. Nothing leaves this computer until you
              choose one.
            </p>
          </div>
        </div>
        {problem && <ProblemBox failure={problem} />}
        <FoundServers
          onSetUp={({ kind, baseUrl }) => {
            setSetup((known) => ({ ...known, kind, baseUrl }))
            document.getElementById('setup-key')?.focus()
          }}
          onUse={(input) => void saveAndStart(input).then((reply) => setProblem(reply.ok ? null : reply.failure))}
        />
        <SetupForm setup={setup} onChange={setSetup} onSave={saveAndStart} />
        {demo && (
          <div className="notice box first-run-demo">
            <Icon of={Play} />
            <div className="grow">
              <div className="med">No server at hand?</div>
              <div className="xs ink2">
                The demo backend walks you through reading, editing and approving in your folder. Demo, no model.
              </div>
            </div>
            <button type="button" className="btn" onClick={() => void start(demo.profile.id)}>
              Try the demo
            </button>
          </div>
        )}
      </div>
    </div>
  )
}
