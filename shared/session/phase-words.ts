import type { Phase } from './session-event.ts'
import type { SessionView } from './session-view.ts'

/** What a running turn is doing, for a person. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  connecting: 'connecting',
  'loading-model': 'loading the model',
  paused: 'paused',
  queued: 'queued',
  'reading-prompt': 'reading the prompt',
  thinking: 'thinking',
  writing: 'writing',
  'running-tool': 'running a tool',
  'waiting-approval': 'waiting for your answer',
  retrying: 'trying again',
}

const known: ReadonlyMap<string, string> = new Map(Object.entries(phaseWords))

/** A phase in words, out of a run's record: a phase of another version of the app is told as it is written. */
export function wordsOfPhase(phase: string): string {
  return known.get(phase) ?? phase
}

/** What the tool that runs is at, such as a command; empty = none runs. */
export function runningTarget(view: SessionView): string {
  const tool = view.turns.at(-1)?.items.findLast((item) => item.kind === 'tool' && item.state === 'running')
  return tool?.kind === 'tool' ? tool.target : ''
}
