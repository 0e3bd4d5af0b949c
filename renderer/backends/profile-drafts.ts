import type { ProfileFields } from './profile-form.ts'

/** Half-filled forms by what they are about, so that a look at another page loses nothing. Never a key. */
const drafts = new Map<string, ProfileFields>()

/** What a form is about that changes a saved profile. */
export function editOf(profileId: string): string {
  return `edit ${profileId}`
}

export function draftOf(about: string): ProfileFields | undefined {
  return drafts.get(about)
}

export function keepDraft(about: string, fields: ProfileFields): void {
  drafts.set(about, { ...fields, newKey: '' })
}

export function dropDraft(about: string): void {
  drafts.delete(about)
}
