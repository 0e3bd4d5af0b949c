import { z } from 'zod'

/** For one run: what flags of the terminal change about a saved profile. */
export const ProfileOverrides = z.object({
  model: z.string().optional(),
  baseUrl: z.string().optional(),
  temperature: z.number().optional(),
  inputCostPerMillion: z.number().optional(),
  outputCostPerMillion: z.number().optional(),
})
export type ProfileOverrides = z.infer<typeof ProfileOverrides>
