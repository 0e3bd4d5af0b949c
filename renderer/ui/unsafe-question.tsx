import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { PermissionTier } from '#shared/policy/permission-tiers.ts'
import type { Permissions } from '#shared/policy/permissions.ts'

const ConfirmDialog = lazy(async () => ({ default: (await import('./confirm-dialog.tsx')).ConfirmDialog }))

/**
 * Whoever takes the sandbox away is asked first; every other tier is taken at once. The second value is the question: it is
 * drawn by the caller. `whose`: what it is for, such as "this chat".
 */
export function useUnsafeQuestion(
  whose: string,
  onChoose: (tier: PermissionTier) => void,
): [choose: (tier: PermissionTier) => void, question: ReactNode] {
  const [asked, setAsked] = useState<PermissionTier | null>(null)
  const choose = (tier: PermissionTier) => {
    if (tier.permissions.sandbox) onChoose(tier)
    else setAsked(tier)
  }
  const question = asked && (
    <Suspense>
      <ConfirmDialog
        title={`No sandbox and no questions for ${whose}?`}
        confirm="Take the sandbox away"
        cancel="Keep the sandbox"
        onConfirm={() => onChoose(asked)}
        onClose={() => setAsked(null)}
      >
        Commands of the model run at once, with all that you may do: they can read, change and delete everything that
        you can, and send it over the network. Nothing asks you before.
      </ConfirmDialog>
    </Suspense>
  )
  return [choose, question]
}

export function isUnsafe(permissions: Permissions | null): boolean {
  return permissions !== null && !permissions.sandbox
}
