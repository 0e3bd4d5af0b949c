import { z } from 'zod'
import { ProfileId, RunId, SessionId } from '../ids.ts'
import { BudgetScope, LimitName } from '../limits/budget.ts'
import { AnsweredFolder, InstructionsView } from '../policy/instructions.ts'
import { Permissions } from '../policy/permissions.ts'
import { PolicyView, SeenManifest } from '../policy/policy.ts'
import { FoundServer, ModelInfo, Profile } from '../profile/profile.ts'
import { FolderConflict, NewRun } from '../run/background.ts'
import { MessageText, sessionVerbs } from '../session/session-verbs.ts'
import { SettingsPatch } from '../settings/settings.ts'
import { WindowMemory, WindowMemoryChange } from '../settings/window-memory.ts'
import { SpendingQuery, SpendingReport } from '../spending/spending.ts'
import { sessionRequests } from './session-requests.ts'

/**
 * The request table: everything the window can ask of main. A request that is not here cannot be made, one whose
 * input does not fit is refused. No transforms and no defaults, so that one inferred type serves both sides.
 */
function request<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { input, output }
}

const nothing = z.object({})
const done = z.null()
const Folder = z.string().min(1).max(4096)
/** A key on its way into the keychain; it never comes back. */
const NewKey = z.string().min(1).max(10_000)

export const requests = {
  'session.create': request(
    z.object({ cwd: Folder, profileId: ProfileId, permissions: Permissions }),
    z.object({ sessionId: SessionId }),
  ),
  ...sessionRequests(sessionVerbs),
  /** From now on it works in another folder, as where its own is gone. */
  'session.setFolder': request(z.object({ sessionId: SessionId, folder: Folder }), done),
  'session.remove': request(z.object({ sessionId: SessionId }), done),

  /** Starts a run in the background; it goes on without the window. */
  'run.start': request(NewRun, z.object({ runId: RunId, sessionId: SessionId })),
  /** Who works in that folder already, if both may change something there; null = nobody. */
  'run.conflicts': request(
    z.object({ cwd: Folder, permissions: Permissions }),
    z.object({ conflict: FolderConflict.nullable() }),
  ),
  /** Ends it for good; `force` = at once. Resolves when nothing of it is left. */
  'run.stop': request(z.object({ runId: RunId, force: z.boolean() }), done),
  /** Goes on with the session of a run that is over, in a new run; without a prompt with a turn that was cut. */
  'run.resume': request(z.object({ runId: RunId, prompt: MessageText.optional() }), z.object({ runId: RunId })),
  /** Runs that are over leave the list; their sessions stay. */
  'run.clearFinished': request(nothing, done),
  /** Sends a chat to the background: a running turn goes on there, without one the next message runs there. */
  'run.fromSession': request(z.object({ sessionId: SessionId }), z.object({ runId: RunId })),
  /** And back: its turn goes on in the window. */
  'run.toSession': request(z.object({ runId: RunId }), z.object({ sessionId: SessionId })),

  /** `key` present = store it where `storage` says; absent = leave what is stored. */
  'profile.save': request(
    z.object({ profile: Profile, key: NewKey.optional(), storage: z.enum(['keychain', 'file']).optional() }),
    z.object({ profile: Profile }),
  ),
  'profile.remove': request(z.object({ profileId: ProfileId }), done),
  'profile.use': request(z.object({ profileId: ProfileId }), done),
  /** Asks the server again; the answer also comes by the feed. */
  'profile.check': request(z.object({ profileId: ProfileId }), done),
  /** Examines the backend with real calls; resolves at the end, what it finds comes by the feed. `busy`, `aborted`. */
  'profile.test': request(z.object({ profileId: ProfileId, allowLoad: z.boolean() }), done),
  'profile.stopTest': request(z.object({ profileId: ProfileId }), done),
  /** Looks at a URL that is not saved yet: what answers there, and its models. */
  'profile.probe': request(
    z.object({ baseUrl: z.string().min(1).max(2000), key: NewKey.optional(), profileId: ProfileId.optional() }),
    z.object({ server: FoundServer.nullable(), models: z.array(ModelInfo) }),
  ),
  /** Writes the saved ones, without keys, into a file that the person chooses. `count` null = the person chose none. */
  'profile.export': request(nothing, z.object({ count: z.number().nullable(), left: z.array(z.string()) })),
  /** Reads a file that the person chooses; null = none was chosen. Nothing is added before `profile.add`. */
  'profile.import': request(
    nothing,
    z.object({ found: z.object({ profiles: z.array(Profile), notes: z.array(z.string()) }).nullable() }),
  ),
  /** All of them or none. */
  'profile.add': request(z.object({ profiles: z.array(Profile).min(1).max(200) }), done),
  /** Background runs hold before their next model call, until it is taken back; what runs comes to its end. */
  'run.pauseAll': request(z.object({ paused: z.boolean() }), done),

  'discovery.look': request(nothing, done),

  'budget.report': request(SpendingQuery, SpendingReport),
  /** `value` in the unit of the limit; null takes it away. */
  'budget.setLimit': request(
    z.object({
      scope: BudgetScope,
      profileId: ProfileId.nullable(),
      limit: LimitName,
      value: z.number().int().nonnegative().nullable(),
    }),
    done,
  ),
  /** Writes the calls of the range into a file that the person chooses. `saved` false = the person chose none. */
  'budget.export': request(
    z.object({ query: SpendingQuery, format: z.enum(['csv', 'json']) }),
    z.object({ saved: z.boolean() }),
  ),

  /** What the manifests of a folder and above it say. */
  'policy.show': request(z.object({ folder: Folder }), PolicyView),
  /** A person's yes or no to manifests as they were shown. `busy`: one of them was changed meanwhile. */
  'policy.answer': request(z.object({ files: z.array(SeenManifest).min(1).max(200), trusted: z.boolean() }), done),
  /** Takes the answers back: the person is asked again. */
  'policy.revoke': request(z.object({ paths: z.array(Folder).min(1).max(200) }), done),

  /** The files that tell the agent how to work in a folder, and whether the person trusts it. */
  'policy.instructions': request(z.object({ folder: Folder }), InstructionsView),
  /** A person's yes or no to the instructions of a folder and of its repository. */
  'policy.answerFolder': request(z.object({ folder: Folder, trusted: z.boolean() }), done),
  /** The folders that were answered about. */
  'policy.answeredFolders': request(nothing, z.object({ folders: z.array(AnsweredFolder) })),
  /** Takes an answer back: the person is asked again. */
  'policy.revokeFolder': request(z.object({ folder: Folder }), done),

  /** What was written and not sent, and where a person was, when the page was last there. */
  'window.recall': request(nothing, WindowMemory),
  /** Resolves when it is on the disk. */
  'window.remember': request(z.object({ change: WindowMemoryChange }), done),

  'settings.update': request(z.object({ patch: SettingsPatch }), done),
  'folder.choose': request(nothing, z.object({ folder: z.string().nullable() })),
  /** Whether a new chat can work there; the failure says why not. */
  'folder.check': request(z.object({ folder: Folder }), done),
  'notice.dismiss': request(z.object({ id: z.string().max(100) }), done),
  'link.open': request(z.object({ url: z.string().max(4096) }), done),
  'clipboard.write': request(z.object({ text: z.string().max(5_000_000) }), done),
} as const

export type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestInput<Name extends RequestName> = z.output<Requests[Name]['input']>
export type RequestOutput<Name extends RequestName> = z.output<Requests[Name]['output']>

/** The one channel that carries requests, and the one that asks for the feed port. */
export const REQUEST_CHANNEL = 'claw:request'
export const FEED_CHANNEL = 'claw:feed'
