import { create } from 'zustand'
import type { AnsweredFolder, InstructionsView } from '#shared/policy/instructions.ts'
import { request } from '../bridge/bridge.ts'
import { clearProblem, reportProblem } from './problem-store.ts'

interface InstructionsStore {
  /** By the folder that was asked for; as it was at the last look. */
  views: Readonly<Record<string, InstructionsView>>
  /** The folders that the person answered about, as they were at the last look. */
  answered: readonly AnsweredFolder[]
}

export const useInstructionsStore = create<InstructionsStore>()(() => ({ views: {}, answered: [] }))

/** Looks again which instructions there are in a folder, and whether they count. */
export async function lookAtInstructions(folder: string): Promise<void> {
  const reply = await request('policy.instructions', { folder })
  useInstructionsStore.setState(({ views: { [folder]: _before, ...views } }) => ({
    // Of a folder that is gone there is nothing to ask.
    views: reply.ok ? { ...views, [folder]: reply.value } : views,
  }))
}

/** A yes or no to the instructions of a folder. Problems are shown in `area`. */
export async function answerFolder(area: string, folder: string, trusted: boolean): Promise<void> {
  const reply = await request('policy.answerFolder', { folder, trusted })
  if (reply.ok) clearProblem(area)
  else reportProblem(area, reply.failure)
  await lookAtInstructions(folder)
}

/** Looks again which folders the person answered about. */
export async function lookAtAnsweredFolders(area: string): Promise<void> {
  const reply = await request('policy.answeredFolders', {})
  if (reply.ok) useInstructionsStore.setState({ answered: reply.value.folders })
  else reportProblem(area, reply.failure)
}

/** Takes an answer back: the person is asked again where the folder is worked in. */
export async function revokeFolder(area: string, folder: string): Promise<void> {
  const reply = await request('policy.revokeFolder', { folder })
  if (reply.ok) clearProblem(area)
  else reportProblem(area, reply.failure)
  await lookAtAnsweredFolders(area)
}
