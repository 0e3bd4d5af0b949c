import type { z } from 'zod'
import { FailureError, failure, type Reply } from './failure.ts'

/** What can be asked by name, and what must be said with it. No transforms and no defaults: one type serves both sides. */
export type QuestionTable<Inputs> = { readonly [Name in keyof Inputs]: { readonly input: z.ZodType<Inputs[Name]> } }

export interface AnswerOptions<Inputs> {
  /** Does what was asked. The table has let the input through. A `FailureError` is told to whoever asked. */
  answer<Name extends keyof Inputs>(name: Name, input: Inputs[Name]): unknown
  /** Hears of a defect of ours, of which whoever asked learns nothing but that it was one. */
  onDefect(error: unknown): void
}

/**
 * The one way in for what another process asks by name. Nothing that it sends is trusted: a name that is not in the table
 * and an input that does not fit are a reply with the failure `invalid-input`. The function never rejects.
 */
export function answerTable<Inputs>(
  table: QuestionTable<Inputs>,
  { answer, onDefect }: AnswerOptions<Inputs>,
): (name: unknown, input: unknown) => Promise<Reply<unknown>> {
  const isKnown = (name: unknown): name is keyof Inputs & string =>
    typeof name === 'string' && Object.hasOwn(table, name)
  const reply = async <Name extends keyof Inputs & string>(name: Name, input: unknown): Promise<Reply<unknown>> => {
    const parsed = table[name].input.safeParse(input)
    if (!parsed.success) return refused(`"${name}" was asked in a way that does not fit.`)
    return { ok: true, value: await answer(name, parsed.data) }
  }
  return async (name, input) => {
    if (!isKnown(name)) return refused('Something was asked that this app does not know.')
    try {
      return await reply(name, input)
    } catch (error) {
      if (error instanceof FailureError) return { ok: false, failure: error.failure }
      onDefect(error)
      return { ok: false, failure: failure('internal', 'That did not work because of a defect in the app. Try again.') }
    }
  }
}

function refused(message: string): Reply<never> {
  return { ok: false, failure: failure('invalid-input', message) }
}
