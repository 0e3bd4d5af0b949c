import { z } from 'zod'

/** `deny`: the model is told no. `ask`: a person answers, or the run ends where nobody can. `allow`: it happens. */
const Answer = z.enum(['deny', 'ask', 'allow'])

/** Reading is always allowed inside the workspace. `sandbox: false` (`--unsafe`) lifts the operating system's sandbox. */
export const Permissions = z.object({ write: Answer, shell: Answer, sandbox: z.boolean() })
export type Permissions = z.infer<typeof Permissions>
