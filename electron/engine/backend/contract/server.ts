import type { Profile } from '#shared/profile/profile.ts'
import type { Address } from './resolve-base-url.ts'

/** The server as failures speak of it. */
export interface Server {
  /** The profile's name. */
  name: string
  model: string
  kind: Profile['kind']
  address: Address
  /** Only to find it in the server's words and take it out. */
  key: string | null
}
