import type { Permissions } from './permissions.ts'

/** The named tiers that a person picks from, in widening order. */
export const permissionTiers = [
  { id: 'read-only', label: 'Read only', permissions: { write: 'deny', shell: 'deny', sandbox: true } },
  { id: 'ask', label: 'Ask before changes', permissions: { write: 'ask', shell: 'ask', sandbox: true } },
  { id: 'write', label: 'Write, ask for shell', permissions: { write: 'allow', shell: 'ask', sandbox: true } },
  { id: 'full', label: 'Write and run', permissions: { write: 'allow', shell: 'allow', sandbox: true } },
  { id: 'unsafe', label: 'Unsafe, no sandbox', permissions: { write: 'allow', shell: 'allow', sandbox: false } },
] as const satisfies readonly { id: string; label: string; permissions: Permissions }[]

export type PermissionTier = (typeof permissionTiers)[number]

/** The tier that permissions are; null = flags made a mix that is none of them. */
export function tierOf({ write, shell, sandbox }: Permissions): PermissionTier | null {
  const same = ({ permissions: p }: PermissionTier) => p.write === write && p.shell === shell && p.sandbox === sandbox
  return permissionTiers.find(same) ?? null
}

/** The label of a tier, or a description of a mix that is none. */
export function permissionLabel(permissions: Permissions): string {
  return (
    tierOf(permissions)?.label ??
    `Write: ${permissions.write}, shell: ${permissions.shell}${permissions.sandbox ? '' : ', no sandbox'}`
  )
}
