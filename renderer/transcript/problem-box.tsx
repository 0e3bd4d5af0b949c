import { CircleAlert, X } from 'lucide-react'
import { failureWords } from '../lib/failure-words.ts'
import { clearProblem, useProblemStore } from '../stores/problem-store.ts'
import { useChatKey } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

/** What a person asked for here and did not get. */
export function ProblemBox() {
  const chatKey = useChatKey()
  const problem = useProblemStore(({ problems }) => problems.find((one) => one.area === chatKey))
  if (!problem) return null
  return (
    <div className="notice box danger problem" role="alert">
      <Icon of={CircleAlert} />
      <div className="grow">{failureWords(problem.failure)}</div>
      <IconButton icon={X} small label="Close" onClick={() => clearProblem(chatKey)} />
    </div>
  )
}
