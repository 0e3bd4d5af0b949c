import { FailureError, failure } from '#shared/failure.ts'
import { Profile } from '#shared/profile/profile.ts'

/** What a person may save. Returns it tidied; `FailureError` `invalid-input` says what to change. */
export function checkedProfile(profile: Profile, others: readonly Profile[]): Profile {
  const { error } = Profile.safeParse(profile)
  const [issue] = error?.issues ?? []
  if (issue) refuse(`${issue.path.join('.')} of ${profile.name || 'the profile'} is not right: ${issue.message}.`)
  if (profile.kind === 'demo') refuse('The demo backend is built in and cannot be saved.')
  const name = profile.name.trim()
  if (!name) refuse('Give the profile a name.')
  if (others.some((other) => other.id !== profile.id && other.name.toLowerCase() === name.toLowerCase())) {
    refuse(`There already is a profile called ${name}. Choose another name.`)
  }
  const { fallbackProfileId } = profile
  if (fallbackProfileId === profile.id) refuse(`${name} cannot stand in for itself. Choose another profile.`)
  if (fallbackProfileId !== undefined && !others.some(({ id }) => id === fallbackProfileId)) {
    refuse(`There is no profile ${fallbackProfileId} that could stand in for ${name}.`)
  }
  return { ...profile, name, baseUrl: checkedAddress(profile.baseUrl), model: profile.model.trim() }
}

/** A web address without what does not belong in a settings file. */
export function checkedAddress(baseUrl: string): string {
  const address = baseUrl.trim().replace(/\/+$/, '')
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    refuse(`"${address}" is not a web address. It has to look like http://127.0.0.1:8000/v1.`)
  }
  if (url?.username || url?.password) refuse('Leave user and password out of the address; enter a key instead.')
  return address
}

function refuse(message: string): never {
  throw new FailureError(failure('invalid-input', message))
}
