import type { Profile, ServerCompat } from '#shared/profile/profile.ts'

/** What a server taught us by refusing a request, as the client uses it for the next ones. A profile keeps it as its `compat`. */
export interface LearnedCompat {
  /** Parameters that it does not take, and the name it wants instead where it said one. */
  refused: Map<string, string | undefined>
  /** It wants its reasoning back in the history. */
  wantsReasoning: boolean
  /** Its chat template wants user and assistant to take turns. */
  alternates: boolean
}

/** What is learned of a server that has refused nothing yet. */
export function noCompat(): LearnedCompat {
  return { refused: new Map(), wantsReasoning: false, alternates: false }
}

/** What the doctor has learned before, if the profile still is about the same address and model. */
export function learnedCompatOf({
  baseUrl,
  model,
  compat,
}: Pick<Profile, 'baseUrl' | 'model' | 'compat'>): LearnedCompat {
  if (!compat || compat.baseUrl !== baseUrl || compat.model !== model) return noCompat()
  const { leaveOut = [], outputLimitName } = compat
  return {
    refused: new Map([
      ...leaveOut.map((name) => [name, undefined] as const),
      ...(outputLimitName === undefined ? [] : [['max_tokens', outputLimitName] as const]),
    ]),
    wantsReasoning: compat.returnReasoning === true,
    alternates: compat.takeTurns === true,
  }
}

/** What was learned of the server of that profile, as the profile keeps it; null = there is nothing to keep. */
export function serverCompatOf(
  { refused, wantsReasoning, alternates }: LearnedCompat,
  { baseUrl, model }: Pick<Profile, 'baseUrl' | 'model'>,
): ServerCompat | null {
  const leaveOut = [...refused].flatMap(([name, renamed]) => (renamed === undefined ? [name] : [])).sort()
  const outputLimitName = refused.get('max_tokens')
  if (refused.size === 0 && !wantsReasoning && !alternates) return null
  return {
    baseUrl,
    model,
    ...(leaveOut.length > 0 && { leaveOut }),
    ...(outputLimitName !== undefined && { outputLimitName }),
    ...(wantsReasoning && { returnReasoning: true }),
    ...(alternates && { takeTurns: true }),
  }
}
