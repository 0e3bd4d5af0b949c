import { Profile } from '#shared/profile/profile.ts'
import {
  escapeLine,
  readHeaders,
  readObject,
  readPath,
  readPrice,
  readProvider,
  readSampling,
  readSeconds,
  readSeed,
  readSlots,
  readStop,
  readTemperature,
  readTokens,
  readTopP,
  readVerifyCommands,
} from '../lib/read-field.ts'

/** What the form cannot leave out of a profile, or keeps by other means than a box of text. */
export type OtherMember =
  | 'id'
  | 'name'
  | 'kind'
  | 'baseUrl'
  | 'model'
  | 'key'
  | 'plainHttp'
  | 'compat'
  | 'fallbackProfileId'
  | 'reasoningCostPerMillion'

/** What stands in the place of a text where a box is checked. */
export const ON = 'on'

interface OptionField<Member extends keyof Profile = keyof Profile> {
  member: Member
  /** The text of the box; empty = not set. A box to check is `on` or empty. */
  show(profile: Profile): string
  /** What the text sets. Throws `FieldProblem`, whose message is for the person. */
  read(text: string): Partial<Profile>
}

/**
 * The options of a profile that stand as text in a box of the form, in the order in which they do: how each is shown, and
 * how it is read. An option is one row here, one in the terminal's `profile-flags.ts`, and one box.
 */
export const optionFields = {
  contextWindow: option('contextWindow', text, readTokens),
  maxOutputTokens: option('maxOutputTokens', text, readTokens),
  temperature: option('temperature', text, readTemperature),
  topP: option('topP', text, readTopP),
  seed: option('seed', text, readSeed),
  /** JSON, as are `provider`, `headers` and `extraBody`. */
  sampling: option('sampling', json, readSampling),
  /** One a line. */
  stop: option('stop', (lines) => lines?.map(escapeLine).join('\n') ?? '', readStop),
  /** One a line. */
  verify: option('verify', (commands) => commands?.join('\n') ?? '', readVerifyCommands),
  provider: option('provider', json, readProvider),
  inputCost: option('inputCostPerMillion', text, readPrice),
  outputCost: option('outputCostPerMillion', text, readPrice),
  cachedInputCost: option('cachedInputCostPerMillion', text, readPrice),
  connectTime: timeout('connectMs'),
  firstByteTime: timeout('firstByteMs'),
  idleTime: timeout('idleMs'),
  wholeTime: timeout('wholeMs'),
  approvalTime: timeout('approvalMs'),
  slots: option('slots', text, readSlots),
  vision: check('vision'),
  caFile: option('caFile', (path) => path ?? '', readPath),
  headers: option('headers', json, readHeaders),
  extraBody: option('extraBody', json, (value) => Profile.shape.extraBody.parse(readObject(value, '{"top_k": 20}'))),
}
export type OptionName = keyof typeof optionFields

/** Every member of a profile has its row, or is kept by other means: a new one that is forgotten does not compile. */
type Forgotten = Exclude<keyof Profile, (typeof optionFields)[OptionName]['member'] | OtherMember>
const forgotten: [Forgotten] extends [never] ? true : Forgotten = true
void forgotten

export const optionNames = Object.keys(optionFields) as OptionName[]

/** Seconds in the box, milliseconds in the profile. */
function timeout(name: keyof NonNullable<Profile['timeouts']>): OptionField<'timeouts'> {
  return {
    member: 'timeouts',
    show: ({ timeouts }) => text(timeouts?.[name] === undefined ? undefined : timeouts[name] / 1000),
    read: (value) => ({ timeouts: { [name]: readSeconds(value) } }),
  }
}

function option<Member extends keyof Profile>(
  member: Member,
  show: (value: Profile[Member] | undefined) => string,
  read: (text: string) => Profile[Member] | undefined,
): OptionField<Member> {
  return { member, show: (profile) => show(profile[member]), read: (value) => ({ [member]: read(value) }) }
}

function check(member: 'vision'): OptionField<typeof member> {
  return {
    member,
    show: (profile) => (profile[member] ? ON : ''),
    read: (value) => ({ [member]: value === ON || undefined }),
  }
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2)
}
