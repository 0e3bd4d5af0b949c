import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'

/**
 * The CA file of a profile in PEM, undefined = it names none. `FailureError` `invalid-input`: not a full path, not
 * readable, or no certificate in it.
 */
export async function readCertificates({
  name,
  caFile,
}: Pick<Profile, 'name' | 'caFile'>): Promise<string | undefined> {
  if (caFile === undefined) return undefined
  if (!isAbsolute(caFile)) refuse(`The CA file of ${name} has to be a full path, not "${caFile}".`)
  let text: string
  try {
    text = await readFile(caFile, 'utf8')
  } catch (error) {
    refuse(`The CA file of ${name} cannot be read: ${caFile}. Check the path in the profile.`, error)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    refuse(`The CA file of ${name} holds no certificate in PEM form: ${caFile}.`)
  }
  return text
}

function refuse(message: string, cause?: unknown): never {
  throw new FailureError(failure('invalid-input', message), { cause })
}
