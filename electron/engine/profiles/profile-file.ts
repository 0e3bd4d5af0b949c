import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import { splitText } from '#shared/lib/cut-text.ts'
import { parseJson } from '#shared/lib/json.ts'
import { Profile } from '#shared/profile/profile.ts'
import { saveFile } from '../lib/atomic-file.ts'
import { saveFailure } from '../lib/storage-failure.ts'
import { checkedProfile } from './check-profile.ts'
import { firstFree } from './choose-profile.ts'

/** Backends as a file that can be given to others: without keys, and without what looks like one. */
const ProfileFile = z.object({
  format: z.literal('claw-profiles'),
  version: z.literal(1),
  profiles: z.array(z.unknown()),
})

/** A file larger than this holds no profiles. */
const FILE_LIMIT = 1_000_000
const MOST_PROFILES = 200

/** The text of a file. `FailureError`: `not-found` it cannot be read, `invalid-input` it is too large to be one. */
export async function loadProfileFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > FILE_LIMIT) refuse(`${path} is too large to hold backends. Nothing was imported.`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof FailureError) throw error
    const message = `${path} cannot be read. Check that it is there and that you may read it.`
    throw new FailureError(failure('not-found', message), { cause: error })
  }
}

/** Replaces what is there. `FailureError`: `storage`. */
export async function saveProfileFile(path: string, text: string): Promise<void> {
  try {
    await saveFile(path, text)
  } catch (error) {
    throw new FailureError(saveFailure(path, error), { cause: error })
  }
}

/** What a file holds, ready to be added. */
export interface ProfilesToAdd {
  profiles: Profile[]
  /** One sentence each: renamed, or a key that has to be entered. */
  notes: string[]
}

/** The text of a file with these profiles. `left` names what was left out because it looks like a secret. */
export function writeProfileFile(profiles: readonly Profile[]): { text: string; left: string[] } {
  const left: string[] = []
  const file = {
    format: 'claw-profiles',
    version: 1,
    profiles: profiles.map((profile) => withoutSecrets(profile, left)),
  }
  return { text: `${JSON.stringify(file, null, 2)}\n`, left }
}

/**
 * Reads such a file. Ids and names that `taken` has get a number. `FailureError` `invalid-input`: what is wrong, one
 * sentence for each entry; then nothing of the file is taken.
 */
export function readProfileFile(text: string, taken: readonly Profile[]): ProfilesToAdd {
  const entries = entriesOf(text)
  const problems: string[] = []
  const notes: string[] = []
  const parsed: Profile[] = []
  for (const [index, entry] of entries.entries()) {
    const result = Profile.safeParse(entry)
    if (result.success) parsed.push(result.data)
    else problems.push(problemOf(entry, index, result.error))
  }
  const profiles: Profile[] = []
  const newIds = new Map<ProfileId, ProfileId>()
  for (const profile of parsed) {
    const renamed = withFreeNames(profile, [...taken, ...profiles], notes)
    newIds.set(profile.id, renamed.id)
    profiles.push(renamed)
  }
  const linked = profiles.map((profile) => withFallback(profile, newIds, [...taken, ...profiles], notes))
  for (const profile of linked) {
    try {
      checkedProfile(profile, [...taken, ...linked])
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      problems.push(`${profile.name}: ${error.failure.message}`)
    }
    const note = keyNote(profile)
    if (note) notes.push(note)
  }
  if (problems.length > 0) refuse(`Nothing was imported. ${problems.join(' ')}`)
  return { profiles: linked, notes }
}

function entriesOf(text: string): unknown[] {
  const value = parseJson(text)
  if (value === undefined) return refuse('This file is not JSON, so nothing was imported.')
  const file = ProfileFile.safeParse(value)
  if (!file.success) return refuse('This file holds no backends: it was not exported from here. Nothing was imported.')
  const { profiles } = file.data
  if (profiles.length === 0) refuse('This file holds no backends. Nothing was imported.')
  if (profiles.length > MOST_PROFILES) {
    refuse(`This file holds ${profiles.length} backends; ${MOST_PROFILES} are the most. Nothing was imported.`)
  }
  return profiles
}

function problemOf(entry: unknown, index: number, error: z.ZodError): string {
  const named = z.object({ name: z.string().min(1).max(60) }).safeParse(entry)
  const who = named.success ? `Backend ${index + 1} (${named.data.name})` : `Backend ${index + 1}`
  const [issue] = error.issues
  const where = issue?.path.join('.') ?? ''
  return where ? `${who}: ${where} is not right: ${issue?.message ?? ''}.` : `${who} is no backend.`
}

function withFreeNames(profile: Profile, taken: readonly Profile[], notes: string[]): Profile {
  const id = firstFree(profile.id.slice(0, 36), '-', (text) => taken.some((other) => other.id === text))
  const name = firstFree(splitText(profile.name.trim(), 56)[0], ' ', (text) =>
    taken.some((other) => other.name.toLowerCase() === text.toLowerCase()),
  )
  if (name !== profile.name.trim())
    notes.push(`There already is a backend called ${profile.name}; this one is called ${name}.`)
  return { ...profile, id: ProfileId.parse(id), name }
}

/** A stand-in out of the same file is followed to its new id; one that is nowhere is left out. */
function withFallback(
  profile: Profile,
  newIds: ReadonlyMap<ProfileId, ProfileId>,
  known: readonly Profile[],
  notes: string[],
): Profile {
  const { fallbackProfileId: wanted, ...rest } = profile
  if (wanted === undefined) return profile
  const id = newIds.get(wanted) ?? wanted
  if (id !== profile.id && known.some((other) => other.id === id)) return { ...rest, fallbackProfileId: id }
  notes.push(`${profile.name} names a stand-in that is not here; it is left out.`)
  return rest
}

/** A variable is named because its value will be sent to the address beside it. */
function keyNote({ name, key }: Profile): string | null {
  switch (key.source) {
    case 'none':
      return null
    case 'env':
      return `${name} takes its key from ${key.name}.`
    case 'keychain':
    case 'file':
      return `The key of ${name} has to be entered here.`
  }
}

const secretName =
  /^(cookie|proxy-authorization|authorization)$|api[-_]?key|apikey|token$|secret|password|credential|auth[-_]?key/i

function withoutSecrets(profile: Profile, left: string[]): Profile {
  const leave = (name: string) => left.push(`${name} of ${profile.name}`)
  const { headers, extraBody, ...rest } = profile
  const address = URL.canParse(profile.baseUrl) ? new URL(profile.baseUrl) : null
  for (const name of [...(address?.searchParams.keys() ?? [])]) {
    if (!secretName.test(name) && name !== 'key') continue
    address?.searchParams.delete(name)
    leave(name)
  }
  const keptHeaders = headers && Object.fromEntries(Object.entries(headers).filter(([name]) => kept(name, leave)))
  const keptBody = extraBody && cleaned(extraBody, leave)
  return {
    ...rest,
    baseUrl: address && address.search !== new URL(profile.baseUrl).search ? address.href : profile.baseUrl,
    ...(keptHeaders && Object.keys(keptHeaders).length > 0 && { headers: keptHeaders }),
    ...(keptBody && Object.keys(keptBody).length > 0 && { extraBody: keptBody }),
  }
}

type Json = NonNullable<Profile['extraBody']>[string]

function cleaned(object: Record<string, Json>, leave: (name: string) => void): Record<string, Json> {
  const deeper = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(deeper)
    return typeof value === 'object' && value !== null ? cleaned(value, leave) : value
  }
  const entries = Object.entries(object).filter(([name]) => kept(name, leave))
  return Object.fromEntries(entries.map(([name, value]) => [name, deeper(value)]))
}

function kept(name: string, leave: (name: string) => void): boolean {
  if (!secretName.test(name)) return true
  leave(name)
  return false
}

function refuse(message: string): never {
  throw new FailureError(failure('invalid-input', message))
}
