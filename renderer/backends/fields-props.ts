import type { FieldName, Problems, ProfileFields } from './profile-form.ts'

/** What every part of the form of a profile is given. */
export interface FieldsProps {
  fields: ProfileFields
  /** Only of fields that the person has left, or of all after a try to save. */
  problems: Problems
  change: (change: Partial<ProfileFields>) => void
  leave: (name: FieldName) => void
}
