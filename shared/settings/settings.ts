import { z } from 'zod'
import { ProfileId } from '../ids.ts'
import { LimitRule } from '../limits/budget.ts'
import { Permissions } from '../policy/permissions.ts'
import { Profile } from '../profile/profile.ts'

/** The settings file, the same for the window and the terminal. No secrets in here. */
export const Settings = z.object({
  version: z.literal(1),
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'more']),
  profiles: z.array(Profile),
  defaultProfileId: ProfileId.nullable(),
  /** What a new chat may do, unless its person chooses otherwise for it in the composer. */
  permissions: Permissions,
  /** What runs may spend, beside what their flags say. */
  limits: z.array(LimitRule),
  lastFolder: z.string().nullable(),
  /** Newest first. */
  recentFolders: z.array(z.string()).max(20),
  /** The desktop starts the app, without its window, when the person logs in. */
  autostart: z.boolean(),
  /** What closing the window does where there is a tray. */
  closeTo: z.enum(['tray', 'quit']),
  /** By the desktop, of what happens while nobody looks. */
  notifications: z.boolean(),
  sidebar: z.object({ width: z.number().int().min(220).max(360), hidden: z.boolean() }),
})
export type Settings = z.infer<typeof Settings>

/** What the window may change by itself; profiles have requests of their own. */
export const SettingsPatch = Settings.pick({
  theme: true,
  contrast: true,
  permissions: true,
  sidebar: true,
  autostart: true,
  closeTo: true,
  notifications: true,
}).partial()
export type SettingsPatch = z.infer<typeof SettingsPatch>
