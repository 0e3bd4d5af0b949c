import { z } from 'zod'

/** Ten lowercase letters and digits, random, so that a short prefix is already unique. */
const pattern = /^[0-9a-z]{10}$/

export const SessionId = z.string().regex(pattern).brand<'SessionId'>()
export type SessionId = z.infer<typeof SessionId>

export const TurnId = z.string().regex(pattern).brand<'TurnId'>()
export type TurnId = z.infer<typeof TurnId>

/** Of a message that was written while a turn ran. */
export const MessageId = z.string().regex(pattern).brand<'MessageId'>()
export type MessageId = z.infer<typeof MessageId>

/** Of a background run. */
export const RunId = z.string().regex(pattern).brand<'RunId'>()
export type RunId = z.infer<typeof RunId>

/** Lowercase letters, digits and dashes; `environment` and `demo` are built in. */
export const ProfileId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
  .brand<'ProfileId'>()
export type ProfileId = z.infer<typeof ProfileId>
