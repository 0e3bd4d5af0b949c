import { CircleAlert, X } from 'lucide-react'
import { failureWords } from '../lib/failure-words.ts'
import { useChatPlace } from '../stores/chat-place.ts'
import { clearProblem, useProblemStore } from '../stores/problem-store.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

/** What a person asked for here and did not get. */
export function ProblemBox() {
  const place = useChatPlace()
  const problem = useProblemStore(({ problems }) => problems.find((one) => one.place === place))
  if (!problem) return null
  return (
    <div className="notice box danger problem" role="alert">
      <Icon of={CircleAlert} />
      <div className="grow">{failureWords(problem.failure)}</div>
      <IconButton icon={X} small label="Close" onClick={() => clearProblem(place)} />
    </div>
  )
}
