import { create } from 'zustand'
import { type PolicyFile, type PolicyView, undecidedFiles } from '#shared/policy/policy.ts'
import { request } from '../bridge/bridge.ts'
import { clearProblem, reportProblem } from './problem-store.ts'

interface PolicyStore {
  /** By the folder that was asked for; as it was at the last look. */
  views: Readonly<Record<string, PolicyView>>
  /** The folder whose files a person is asked about, and those files as they are shown; null = nobody is asked. */
  asking: { folder: string; files: readonly PolicyFile[] } | null
}

export const usePolicyStore = create<PolicyStore>()(() => ({ views: {}, asking: null }))

/**
 * Looks again what applies in a folder. Files that nobody decided on are asked about, once, where nobody types: `mayAsk` is
 * asked when the answer is there, because a person may have begun meanwhile.
 */
export async function lookAtPolicy(folder: string, mayAsk: () => boolean): Promise<void> {
  const reply = await request('policy.show', { folder })
  // A folder that is gone has no policy; whoever wants to work there is told by the message that cannot be sent.
  const view = reply.ok ? reply.value : { folder, files: [], limits: [] }
  usePolicyStore.setState(({ views }) => ({ views: { ...views, [folder]: view } }))
  const files = undecidedFiles(view).filter((file) => !askedFor.has(keyOf(file)))
  if (files.length > 0 && mayAsk()) askAbout(folder, files)
}

/** Shows the question for these files. */
export function askAbout(folder: string, files: readonly PolicyFile[]): void {
  for (const file of files) askedFor.add(keyOf(file))
  usePolicyStore.setState({ asking: { folder, files } })
}

/** A yes or no to the files that are asked about. Problems are shown in `area`. */
export async function answerPolicy(area: string, trusted: boolean): Promise<void> {
  const { asking } = usePolicyStore.getState()
  usePolicyStore.setState({ asking: null })
  if (!asking) return
  const files = asking.files.map(({ path, hash }) => ({ path, hash }))
  await changed(area, asking.folder, request('policy.answer', { files, trusted }))
}

/** Takes the trust in one file back. */
export async function revokePolicy(area: string, folder: string, path: string): Promise<void> {
  await changed(area, folder, request('policy.revoke', { paths: [path] }))
}

async function changed(area: string, folder: string, reply: ReturnType<typeof request>): Promise<void> {
  const answer = await reply
  if (answer.ok) clearProblem(area)
  else reportProblem(area, answer.failure)
  await lookAtPolicy(folder, () => false)
}

/** What was asked since the window opened, by path and content: a no in the dialog is kept by main as well. */
const askedFor = new Set<string>()

function keyOf({ path, hash }: PolicyFile): string {
  return `${hash} ${path}`
}
