import type { Permissions } from './permissions.ts'

/** The named tiers that a person picks from, in widening order. */
export const permissionTiers = [
  { id: 'read-only', label: 'Read only', permissions: { write: 'deny', shell: 'deny', sandbox: true } },
  { id: 'ask', label: 'Ask before changes', permissions: { write: 'ask', shell: 'ask', sandbox: true } },
  { id: 'write', label: 'Write, ask for shell', permissions: { write: 'allow', shell: 'ask', sandbox: true } },
  { id: 'full', label: 'Write and run', permissions: { write: 'allow', shell: 'allow', sandbox: true } },
  { id: 'unsafe', label: 'Unsafe, no sandbox', permissions: { write: 'allow', shell: 'allow', sandbox: false } },
] as const satisfies readonly { id: string; label: string; permissions: Permissions }[]

/** The label of a tier, or a description where flags made a mix that is none. */
export function permissionLabel(permissions: Permissions): string {
  const tier = permissionTiers.find(
    ({ permissions: p }) =>
      p.write === permissions.write && p.shell === permissions.shell && p.sandbox === permissions.sandbox,
  )
  return (
    tier?.label ??
    `Write: ${permissions.write}, shell: ${permissions.shell}${permissions.sandbox ? '' : ', no sandbox'}`
  )
}
